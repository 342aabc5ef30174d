//! A mono recording in memory.

use std::{ops::RangeInclusive, time::Duration};

use crate::{
    error::{Error, Result},
    resample::resample,
};

/// A mono recording in memory: [`decode`](crate::decode) returns one, [`FrontEnd`](crate::FrontEnd) takes
/// one.
///
/// ```
/// let clip = mgc_audio::Clip::new(vec![0.0; 11_025], 22_050);
/// assert_eq!(clip.duration().as_secs_f64(), 0.5);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Samples; full scale is -1 to 1. Louder values are kept as they are.
    pub samples: Vec<f32>,
    /// Samples per second, Hz.
    pub sample_rate: u32,
    /// Number of damaged packets: 0 for an intact file and for a clip made in memory.
    ///
    /// A packet that cannot be decoded becomes silence of the same length. Packets that are missing
    /// altogether leave no gap: what follows them is earlier than in the recording. In ogg, which loses whole
    /// pages, several missing packets may count as one. A file that is shorter than its header states (a
    /// broken download) counts at least one.
    pub skipped_packets: usize,
}

impl Clip {
    /// Accepted sample rates, Hz. A header that states another rate counts as damaged.
    pub const SAMPLE_RATES: RangeInclusive<u32> = 1_000..=768_000;

    /// The most channels accepted. A header that states more counts as damaged.
    pub const MAX_CHANNELS: u32 = 64;

    /// The longest clip that is decoded into memory. [`Blocks`](crate::Blocks) have no such limit.
    pub const MAX_DURATION: Duration = Duration::from_secs(24 * 3600);

    /// The largest clip that is decoded into memory, in bytes of samples for each byte of the file.
    ///
    /// A loud mp3 needs 6, speech at 28 kbit/s 50, Opus at 16 kbit/s 96; a file of digital silence can claim
    /// hours in a kilobyte. Up to [`Self::SMALL`] any ratio is accepted; larger clips can still be read in
    /// [`Blocks`](crate::Blocks).
    pub const MAX_EXPANSION: u64 = 100;

    /// A clip of up to this many bytes (12 minutes at 44.1 kHz) is decoded however small its file is.
    pub const SMALL: u64 = 128 << 20;

    /// Creates a clip from samples in memory.
    #[must_use]
    pub fn new(samples: Vec<f32>, sample_rate: u32) -> Self {
        Self { samples, sample_rate, skipped_packets: 0 }
    }

    /// Returns the length in time: samples divided by the sample rate (zero at a sample rate of zero).
    ///
    /// ```
    /// assert_eq!(mgc_audio::Clip::new(vec![0.0; 8000], 16_000).duration().as_millis(), 500);
    /// ```
    #[must_use]
    pub fn duration(&self) -> Duration {
        match self.sample_rate {
            0 => Duration::ZERO,
            rate => Duration::from_secs_f64(self.samples.len() as f64 / f64::from(rate)),
        }
    }

    /// Converts the clip to another sample rate, Hz.
    ///
    /// Sample 0 stays at time 0 and the length is `ceil(n * sample_rate / self.sample_rate)`, as in librosa.
    /// A clip that already has this rate is returned unchanged.
    ///
    /// The filter is that of soxr's HQ quality, librosa's default: linear phase, flat up to 0.914 of the
    /// lower Nyquist frequency, and 127 dB down from that frequency on. Up to 0.9 of it the error is below
    /// -130 dB; [the crate page](crate) states how close log-mel spectrograms come. Silence is assumed beyond
    /// both ends. A sample that is not finite, or near the largest f32, spoils up to 8,000 samples around it
    /// at usual rates.
    ///
    /// Any two rates work. Rates without a large common divisor need long blocks: 100 samples from 767,999 to
    /// 768,000 Hz took 0.3 s and 140 MB, a second from 44,101 to 22,050 Hz 12 ms.
    ///
    /// ```
    /// let clip = mgc_audio::Clip::new(vec![0.0; 44_100], 44_100).resampled(22_050)?;
    /// assert_eq!(clip.samples.len(), 22_050);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::SampleRate`] if either rate is outside [`Self::SAMPLE_RATES`]; [`Error::Resample`] if the
    /// result does not fit into memory.
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

/// Returns the largest absolute sample; 0 without one.
pub(crate) fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
}
