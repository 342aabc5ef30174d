//! Brings parts of other sample rates to the rate of the first.

use crate::{
    clip::Clip,
    error::Result,
    resample::{Resampler, resampled_len},
};

/// The sample rate of a track, and the part of another rate that is being converted to it.
#[derive(Default)]
pub(super) struct OneRate {
    /// Hz, of the first packet.
    first: Option<u32>,
    part: Option<Part>,
}

struct Part {
    /// Hz.
    rate: u32,
    resampler: Box<Resampler>,
}

impl OneRate {
    /// Returns the rate of the first packet, Hz.
    pub(super) fn first(&self) -> Option<u32> {
        self.first
    }

    /// Whether packets of this rate, Hz, are converted.
    pub(super) fn is_foreign(&self, rate: u32) -> bool {
        self.first.is_some_and(|first| first != rate)
    }

    /// Takes the samples of a packet and returns those at the first rate that follow from it.
    pub(super) fn take(&mut self, rate: u32, samples: Vec<f32>) -> Result<Vec<f32>> {
        let first = *self.first.get_or_insert(rate);
        let mut out = match &self.part {
            Some(part) if part.rate != rate => self.finish(),
            _ => Vec::new(),
        };
        if rate == first {
            out.extend(samples);
            return Ok(out);
        }
        Clip::check_rate(rate)?;
        Clip::check_rate(first)?;
        let new = || Part { rate, resampler: Box::new(Resampler::new(rate, first)) };
        self.part.get_or_insert_with(new).resampler.push(&samples, &mut out);
        Ok(out)
    }

    /// Ends the part of another rate and returns its last samples.
    pub(super) fn finish(&mut self) -> Vec<f32> {
        let mut out = Vec::new();
        if let Some(mut part) = self.part.take() {
            part.resampler.finish(&mut out);
        }
        out
    }
}

/// Counts the frames that a track of several rates has at the first of them.
#[derive(Default)]
pub(super) struct FrameCount {
    total: u64,
    first: Option<u32>,
    /// Rate and frames of the part of another rate.
    part: (u32, u64),
}

impl FrameCount {
    /// Adds the frames of a packet.
    pub(super) fn add(&mut self, rate: u32, frames: u64) {
        let first = *self.first.get_or_insert(rate);
        if self.part.0 != rate {
            self.total += self.converted();
            self.part = (rate, 0);
        }
        match rate == first {
            true => self.total += frames,
            false => self.part.1 += frames,
        }
    }

    /// Returns the frames so far.
    pub(super) fn total(&self) -> u64 {
        self.total + self.converted()
    }

    fn converted(&self) -> u64 {
        let (rate, frames) = self.part;
        let frames = usize::try_from(frames).unwrap_or(usize::MAX);
        let frames = resampled_len(frames, rate.max(1), self.first.unwrap_or(rate));
        frames.map_or(0, |frames| frames as u64)
    }
}
