//! A mono recording in memory.

use std::{ops::RangeInclusive, time::Duration};

use crate::{
    error::{Error, Result},
    resample::resample,
};

/// A mono recording: what [`decode`](crate::decode) gives and [`MelSpectrogram`](crate::MelSpectrogram) eats.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Samples, full scale is -1 to 1. Louder values are kept as they are.
    pub samples: Vec<f32>,
    /// Samples per second, Hz.
    pub sample_rate: u32,
    /// Damaged packets: 0 for a sound file and for a clip made in memory.
    ///
    /// A packet that cannot be decoded is silence of its length in `samples`. What was lost between packets is missing: what
    /// follows it sits earlier than in the recording, and of ogg, whose pages are lost whole, all that is lost may count as one.
    /// A file that holds less than its header promises (a broken download) counts at least one.
    pub skipped_packets: usize,
}

impl Clip {
    /// Sample rates that are taken for true, Hz. Everything else is taken for a damaged header.
    pub const SAMPLE_RATES: RangeInclusive<u32> = 1_000..=768_000;

    /// More channels than any recording has: a header that states more is damaged.
    pub const MAX_CHANNELS: u32 = 64;

    /// The longest clip that is decoded into memory. [`Blocks`](crate::Blocks) know no such limit.
    pub const MAX_DURATION: Duration = Duration::from_secs(24 * 3600);

    /// The largest clip that is decoded into memory, in bytes of samples for each byte of the file.
    ///
    /// A loud mp3 takes 6, speech at 28 kbit/s takes 50, Opus at 16 kbit/s takes 96; a file of digital silence can claim hours in
    /// a kilobyte. Up to [`Self::SMALL`] any ratio is fine; what is beyond can still be read in [`Blocks`](crate::Blocks).
    pub const MAX_EXPANSION: u64 = 100;

    /// A clip of up to this many bytes, 12 minutes at 44.1 kHz, is decoded however small its file is.
    pub const SMALL: u64 = 128 << 20;

    /// A clip of samples made in memory.
    #[must_use]
    pub fn new(samples: Vec<f32>, sample_rate: u32) -> Self {
        Self { samples, sample_rate, skipped_packets: 0 }
    }

    /// Length in time: samples divided by the sample rate (zero at a sample rate of zero).
    #[must_use]
    pub fn duration(&self) -> Duration {
        match self.sample_rate {
            0 => Duration::ZERO,
            rate => Duration::from_secs_f64(self.samples.len() as f64 / f64::from(rate)),
        }
    }

    /// The clip at another sample rate.
    ///
    /// Sample 0 stays at time 0 and the length is `ceil(n * sample_rate / self.sample_rate)`, as in librosa.
    /// At the rate that the clip already has, this gives back the clip untouched.
    ///
    /// The filter is that of soxr's HQ quality, librosa's default: linear phase, flat to 0.914 of the lower Nyquist frequency, 127 dB
    /// down from that frequency on. Up to 0.9 of it the result is true to 130 dB; the README tells how close log-mel spectrograms come. Beyond both
    /// ends lies silence. A sample that is not finite, or near the largest f32, spoils the blocks it lies in: up to 8,000 samples around it at usual rates.
    ///
    /// Any two rates work. Those without a large common divisor need long blocks: 100 samples from 767,999 to 768,000 Hz took 0.3 s
    /// and 140 MB, a second from 44,101 to 22,050 Hz 12 ms.
    ///
    /// ```
    /// let clip = mgc_audio::Clip::new(vec![0.0; 44_100], 44_100).resampled(22_050)?;
    /// assert_eq!(clip.samples.len(), 22_050);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SampleRate`] if either rate is outside [`Self::SAMPLE_RATES`]; [`Error::Resample`] if the result does not fit into memory.
    pub fn resampled(self, sample_rate: u32) -> Result<Self> {
        if sample_rate == self.sample_rate {
            return Ok(self);
        }
        Self::check_rate(self.sample_rate)?;
        Self::check_rate(sample_rate)?;
        Ok(Self { samples: resample(&self.samples, self.sample_rate, sample_rate)?, sample_rate, ..self })
    }

    /// Refuses a rate outside [`Self::SAMPLE_RATES`].
    pub(crate) fn check_rate(rate: u32) -> Result<()> {
        match Self::SAMPLE_RATES.contains(&rate) {
            true => Ok(()),
            false => Err(Error::SampleRate { rate }),
        }
    }
}
