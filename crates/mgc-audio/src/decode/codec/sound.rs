//! One decoded packet.

use std::path::Path;

use symphonia::core::audio::GenericAudioBufferRef;

use crate::{
    clip::{Clip, peak},
    error::{Error, Result},
};

/// Interleaved samples.
pub(super) struct Sound {
    pub(super) samples: Vec<f32>,
    /// Hz.
    pub(super) rate: u32,
    pub(super) channels: usize,
}

impl Sound {
    pub(super) fn new(buffer: &GenericAudioBufferRef<'_>) -> Self {
        let mut samples = Vec::new();
        buffer.copy_to_vec_interleaved(&mut samples);
        Self { samples, rate: buffer.spec().rate(), channels: buffer.spec().channels().count() }
    }

    /// Checks that the number of channels is plausible.
    pub(super) fn check(&self, name: &Path) -> Result<()> {
        if (1..=Clip::MAX_CHANNELS as usize).contains(&self.channels) {
            return Ok(());
        }
        let channels = u32::try_from(self.channels).unwrap_or(u32::MAX);
        Err(Error::Channels { path: name.into(), channels })
    }

    /// Returns the error that this packet has another sample rate than the first.
    pub(super) fn changes_rate(&self, name: &Path, first: Option<u32>) -> Error {
        let (first, now) = (first.unwrap_or(0), self.rate);
        Error::malformed(name, format!("the sample rate changes from {first} to {now} Hz inside the file"))
    }

    /// Returns the largest absolute sample of any channel.
    pub(super) fn peak(&self) -> f32 {
        peak(&self.samples)
    }

    /// Returns the mean of the channels, without the first `delay` frames.
    pub(super) fn mean(&self, delay: u64) -> Vec<f32> {
        let delay = usize::try_from(delay).unwrap_or(usize::MAX);
        let mean = |frame: &[f32]| frame.iter().sum::<f32>() / self.channels as f32;
        self.samples.chunks_exact(self.channels.max(1)).skip(delay).map(mean).collect()
    }
}
