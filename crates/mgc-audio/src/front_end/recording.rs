//! A recording at its own sample rate, read block by block.

use std::{borrow::Cow, time::Duration};

use crate::{
    clip::peak,
    decode::Blocks,
    error::{Error, Result},
};

/// Samples in memory that are passed on at once.
const BLOCK: usize = 1 << 16;

/// A recording at its own sample rate, read block by block.
pub(super) struct Recording<'a> {
    input: Input<'a>,
    sample_rate: u32,
    /// Samples read so far.
    read: u64,
    /// The largest absolute sample so far.
    peak: f32,
}

enum Input<'a> {
    File(Box<Blocks>),
    Memory { samples: &'a [f32], skipped_packets: usize },
}

impl Recording<'static> {
    pub(super) fn of_blocks(blocks: Blocks) -> Self {
        Self { sample_rate: blocks.sample_rate(), input: Input::File(Box::new(blocks)), read: 0, peak: 0.0 }
    }
}

impl<'a> Recording<'a> {
    pub(super) fn of_samples(samples: &'a [f32], sample_rate: u32, skipped_packets: usize) -> Self {
        Self { input: Input::Memory { samples, skipped_packets }, sample_rate, read: 0, peak: 0.0 }
    }

    /// Hz.
    pub(super) fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Reads the next block; `None` at the end.
    pub(super) fn next_block(&mut self) -> Result<Option<Cow<'a, [f32]>>> {
        let block: Option<Cow<[f32]>> = match &mut self.input {
            Input::File(blocks) => blocks.next().transpose()?.map(Cow::Owned),
            Input::Memory { samples, .. } => {
                samples[self.read as usize..].chunks(BLOCK).next().map(Cow::Borrowed)
            }
        };
        self.peak = block.as_ref().map_or(self.peak, |block| self.peak.max(peak(block)));
        self.read += block.as_ref().map_or(0, |block| block.len() as u64);
        Ok(block)
    }

    /// Refuses a file of which more has been read than [`decode`](crate::decode) holds in memory.
    pub(super) fn check_size(&self) -> Result<()> {
        match &self.input {
            Input::File(blocks) if self.read > blocks.limit() => {
                Err(Error::FileTooLarge { path: blocks.name().into(), limit: blocks.limit() })
            }
            _ => Ok(()),
        }
    }

    /// The error of a recording without a sample.
    pub(super) fn empty(&self) -> Error {
        match &self.input {
            Input::File(blocks) => blocks.nothing(),
            Input::Memory { .. } => Error::NoSamples,
        }
    }

    /// Length of what has been read so far.
    pub(super) fn duration(&self) -> Duration {
        seconds(self.read, self.sample_rate)
    }

    /// Length of the whole, where that is known without decoding it.
    pub(super) fn declared_duration(&self) -> Option<Duration> {
        match &self.input {
            Input::File(blocks) => blocks.declared_duration(),
            Input::Memory { samples, .. } => Some(seconds(samples.len() as u64, self.sample_rate)),
        }
    }

    /// The largest absolute sample so far, after the mean of the channels.
    pub(super) fn peak(&self) -> f32 {
        self.peak
    }

    /// The largest absolute sample of any channel so far.
    pub(super) fn channel_peak(&self) -> f32 {
        match &self.input {
            Input::File(blocks) => blocks.channel_peak(),
            Input::Memory { .. } => self.peak,
        }
    }

    /// Damaged packets so far.
    pub(super) fn skipped_packets(&self) -> usize {
        match &self.input {
            Input::File(blocks) => blocks.skipped_packets(),
            Input::Memory { skipped_packets, .. } => *skipped_packets,
        }
    }
}

/// As [`Clip::duration`](crate::Clip::duration).
fn seconds(samples: u64, sample_rate: u32) -> Duration {
    match sample_rate {
        0 => Duration::ZERO,
        rate => Duration::from_secs_f64(samples as f64 / f64::from(rate)),
    }
}
