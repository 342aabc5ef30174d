//! Settings of the short-time Fourier transform.

use crate::{
    error::Result,
    spectral::{checks::check, padding::PadMode},
};

/// How a recording is cut into frames and transformed: the arguments of `librosa.stft`.
///
/// The window is the periodic Hann window over the whole FFT and frames are centred: librosa's defaults, fixed here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StftConfig {
    /// FFT and window length, samples, 2 to 1,048,576.
    #[cfg_attr(feature = "serde", serde(alias = "fft"))]
    pub n_fft: usize,
    /// Samples from one frame to the next, at least 1.
    #[cfg_attr(feature = "serde", serde(alias = "hop"))]
    pub hop_length: usize,
    /// What lies beyond both ends of the recording, for the frames centred near them.
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
    /// Frames that a recording of `samples` samples gives: `1 + samples / hop_length`, for an odd `n_fft` `1 + (samples - 1) / hop_length`.
    /// No samples give no frame.
    #[must_use]
    pub fn frames(&self, samples: usize) -> usize {
        if samples == 0 { 0 } else { ((samples - self.n_fft % 2) / self.hop_length.max(1)).saturating_add(1) }
    }

    pub(crate) fn validate(&self) -> Result<()> {
        check((2..=MAX_FFT).contains(&self.n_fft), "n_fft", self.n_fft, format!("2 to {MAX_FFT}"))?;
        check(self.hop_length > 0, "hop_length", self.hop_length, "at least 1")
    }
}
