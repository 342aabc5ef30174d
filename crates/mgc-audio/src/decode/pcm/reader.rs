//! Uncompressed interleaved samples in a range of bytes, as in wav and AIFF files.

use std::{
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use crate::{
    clip::{Clip, peak},
    decode::source::Source,
    error::{Error, Result},
};

use super::encoding::Encoding;

/// The position and encoding of the samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    pub(crate) encoding: Encoding,
    pub(crate) channels: u32,
    /// Hz.
    pub(crate) sample_rate: u32,
    /// First byte of the data.
    pub(crate) start: u64,
    /// Length of the data as the header states it, bytes; `None` if its writer did not know it.
    pub(crate) stated: Option<u64>,
}

/// Reads the samples of a [`Layout`] block by block.
pub(crate) struct Pcm {
    source: Source,
    layout: Layout,
    frames: u64,
    /// Frames read so far.
    position: u64,
    bytes: Vec<u8>,
    /// The largest absolute sample of any channel so far.
    channel_peak: f32,
}

impl Pcm {
    /// Frames of one block.
    const BLOCK: u64 = 4096;

    /// Opens samples of this layout after checking it against the input.
    pub(crate) fn new(name: &Path, source: Source, layout: Layout) -> Result<Self> {
        if !(1..=Clip::MAX_CHANNELS).contains(&layout.channels) {
            return Err(Error::Channels { path: name.into(), channels: layout.channels });
        }
        let present = source.len().saturating_sub(layout.start);
        let bytes = layout.stated.map_or(present, |stated| stated.min(present));
        Ok(Self {
            frames: bytes / layout.frame(),
            source,
            layout,
            position: 0,
            bytes: Vec::new(),
            channel_peak: 0.0,
        })
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// Returns the number of whole frames.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Returns the largest absolute sample of any channel so far.
    pub(crate) fn channel_peak(&self) -> f32 {
        self.channel_peak
    }

    /// Whether the header states more frames than the file holds.
    pub(crate) fn truncated(&self) -> bool {
        self.layout.stated.is_some_and(|stated| stated / self.layout.frame() > self.frames)
    }

    /// Continues at `frame`, or at the end if that is earlier; returns the position.
    pub(crate) fn seek(&mut self, frame: u64) -> u64 {
        self.position = frame.min(self.frames);
        self.position
    }

    /// Reads the next block and returns the mean of its channels; `None` at the end.
    pub(crate) fn next_block(&mut self, name: &Path) -> Result<Option<Vec<f32>>> {
        let frames = Self::BLOCK.min(self.frames - self.position);
        if frames == 0 {
            return Ok(None);
        }
        let (start, frame) = (self.layout.start, self.layout.frame());
        self.bytes.resize((frames * frame) as usize, 0);
        let position = SeekFrom::Start(start + self.position * frame);
        let read = self.source.seek(position).and_then(|_| self.source.read_exact(&mut self.bytes));
        read.map_err(|e| Error::io(name, e))?;
        self.position += frames;
        let Layout { encoding, channels, .. } = self.layout;
        let mean = encoding.mean(&self.bytes, channels as usize);
        let loudest = if channels == 1 { peak(&mean) } else { peak(&encoding.mean(&self.bytes, 1)) };
        self.channel_peak = self.channel_peak.max(loudest);
        Ok(Some(mean))
    }
}

impl Layout {
    /// Returns the bytes of one frame: a sample of every channel.
    fn frame(&self) -> u64 {
        (self.encoding.width() * self.channels as usize) as u64
    }
}
