//! A recording at the sample rate of the front end, as a stream.

use crate::{clip::Clip, error::Result, resample::Resampler};

use super::recording::Recording;

/// The samples that [`Clip::resampled`] gives, to the last bit, without the whole recording in memory.
pub(super) struct Resampled<'a> {
    recording: Recording<'a>,
    /// `None` at the rate that the recording already has.
    resampler: Option<Box<Resampler>>,
    ended: bool,
}

impl<'a> Resampled<'a> {
    pub(super) fn new(recording: Recording<'a>, sample_rate: u32) -> Result<Self> {
        let from = recording.sample_rate();
        let resampler = if from == sample_rate {
            None
        } else {
            Clip::check_rate(from)?;
            Clip::check_rate(sample_rate)?;
            Some(Box::new(Resampler::new(from, sample_rate)))
        };
        Ok(Self { recording, resampler, ended: false })
    }

    pub(super) fn recording(&self) -> &Recording<'a> {
        &self.recording
    }

    /// Reads one block and appends the samples that follow from it; `false` once everything has been read.
    pub(super) fn read(&mut self, samples: &mut Vec<f32>) -> Result<bool> {
        if self.ended {
            return Ok(false);
        }
        match (self.recording.next_block()?, &mut self.resampler) {
            (Some(block), Some(resampler)) => resampler.push(&block, samples),
            (Some(block), None) => samples.extend_from_slice(&block),
            (None, resampler) => {
                self.ended = true;
                if let Some(resampler) = resampler {
                    resampler.finish(samples);
                }
            }
        }
        Ok(true)
    }
}
