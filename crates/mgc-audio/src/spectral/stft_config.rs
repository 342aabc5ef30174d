//! Settings of the short-time Fourier transform.

use crate::{
    error::Result,
    spectral::{checks::check, padding::PadMode},
};

/// Settings of a short-time Fourier transform: the arguments of `librosa.stft`.
///
/// librosa's other defaults are fixed here: a periodic Hann window over the whole FFT and centred frames.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StftConfig {
    /// FFT and window length, samples, 2 to 1,048,576.
    pub n_fft: usize,
    /// Samples from the start of one frame to that of the next, at least 1.
    pub hop_length: usize,
    /// How the recording is continued beyond its ends, for the frames centred near them.
    pub padding: PadMode,
}

impl Default for StftConfig {
    /// librosa's defaults: FFT 2048, hop 512, zeros beyond the ends.
    fn default() -> Self {
        Self { n_fft: 2048, hop_length: 512, padding: PadMode::Constant }
    }
}

/// Keeps the window and filter tables in the megabytes.
const MAX_FFT: usize = 1 << 20;

impl StftConfig {
    /// Returns the number of frames for `samples` samples: `1 + samples / hop_length`, and for an odd `n_fft`
    /// `1 + (samples - 1) / hop_length`. No samples give no frame.
    ///
    /// ```
    /// assert_eq!(mgc_audio::StftConfig::default().frames(22_050), 44);
    /// ```
    #[must_use]
    pub fn frames(&self, samples: usize) -> usize {
        if samples == 0 { 0 } else { ((samples - self.n_fft % 2) / self.hop_length.max(1)).saturating_add(1) }
    }

    /// Checks every field.
    ///
    /// ```
    /// use mgc_audio::StftConfig;
    ///
    /// assert!(StftConfig { hop_length: 0, ..StftConfig::default() }.validate().is_err());
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) names the first field that is out of range.
    pub fn validate(&self) -> Result<()> {
        check((2..=MAX_FFT).contains(&self.n_fft), "n_fft", self.n_fft, format!("2 to {MAX_FFT}"))?;
        check(self.hop_length > 0, "hop_length", self.hop_length, "at least 1")
    }
}
