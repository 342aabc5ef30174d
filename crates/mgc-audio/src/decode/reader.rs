//! The two kinds of audio in a file, uncompressed samples and packets with one interface.

use std::{path::Path, time::Duration};

use crate::error::{Error, Result};

use super::{
    codec::Packets,
    container::Found,
    pcm::{self, Pcm},
    source::Source,
    time::seconds,
};

/// Reads the audio of a file, whichever kind it is.
pub(super) enum Reader {
    Pcm(Pcm),
    Packets(Box<Packets>),
}

impl Reader {
    /// Opens the audio of a container.
    pub(super) fn new(name: &Path, mut source: Source, found: &Found) -> Result<Self> {
        match pcm::layout(name, &mut source, found.container)? {
            Some((layout, _)) => Pcm::new(name, source, layout).map(Self::Pcm),
            None => Packets::open(name, source, found).map(|packets| Self::Packets(Box::new(packets))),
        }
    }

    /// Returns the mean of the channels of the next block; `None` at the end.
    pub(super) fn next_block(&mut self, name: &Path) -> Result<Option<Vec<f32>>> {
        match self {
            Self::Pcm(pcm) => pcm.next_block(name),
            Self::Packets(packets) => packets.next_block(name),
        }
    }

    /// Returns the sample rate, Hz; known after the first block.
    pub(super) fn sample_rate(&self, name: &Path) -> Result<u32> {
        match self {
            Self::Pcm(pcm) => Ok(pcm.layout().sample_rate),
            Self::Packets(packets) => packets.sample_rate().ok_or_else(|| match packets.skipped() {
                0 => Error::Empty { path: name.into() },
                _ => Error::malformed(name, "not one packet could be decoded"),
            }),
        }
    }

    /// Returns the number of damaged packets so far.
    pub(super) fn skipped_packets(&self) -> usize {
        match self {
            Self::Pcm(pcm) => usize::from(pcm.truncated()),
            Self::Packets(packets) => packets.skipped(),
        }
    }

    /// Returns the largest absolute sample of any channel so far.
    pub(super) fn channel_peak(&self) -> f32 {
        match self {
            Self::Pcm(pcm) => pcm.channel_peak(),
            Self::Packets(packets) => packets.channel_peak(),
        }
    }

    /// Returns the length as the container states it.
    pub(super) fn declared_duration(&self) -> Option<Duration> {
        match self {
            Self::Pcm(pcm) => seconds(pcm.frames(), pcm.layout().sample_rate),
            Self::Packets(packets) => packets.declared_duration(),
        }
    }

    /// Returns the number of frames, where the size of the file tells.
    pub(super) fn frames(&self) -> Option<u64> {
        match self {
            Self::Pcm(pcm) => Some(pcm.frames()),
            Self::Packets(_) => None,
        }
    }

    /// Skips to a position from which `frame` can be reached by decoding and returns it; `None` if nothing is
    /// skipped.
    pub(super) fn skip_towards(&mut self, name: &Path, frame: u64) -> Result<Option<u64>> {
        match self {
            Self::Pcm(pcm) => Ok(Some(pcm.seek(frame))),
            Self::Packets(packets) => packets.skip_towards(name, frame),
        }
    }
}
