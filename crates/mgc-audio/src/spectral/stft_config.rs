//! Settings of the short-time Fourier transform.

use crate::{Padding, Result, spectral::checks::check};

/// How a recording is cut into frames and transformed: the arguments of `librosa.stft`.
///
/// The window is the periodic Hann window over the whole FFT and frames are centred: librosa's defaults, fixed here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct StftConfig {
    /// FFT and window length, samples, 2 to 1,048,576.
    pub fft: usize,
    /// Samples from one frame to the next, at least 1.
    pub hop: usize,
    /// What lies beyond both ends of the recording, for the frames centred near them.
    pub padding: Padding,
}

impl Default for StftConfig {
    /// librosa's defaults: FFT 2048, hop 512, zeros beyond the ends.
    fn default() -> Self {
        Self { fft: 2048, hop: 512, padding: Padding::Constant }
    }
}

/// Keeps the window and filter tables in the megabytes.
const MAX_FFT: usize = 1 << 20;

impl StftConfig {
    /// Frames that a recording of `samples` samples gives: `1 + samples / hop`, for an odd `fft` `1 + (samples - 1) / hop`.
    /// No samples give no frame.
    #[must_use]
    pub fn frames(&self, samples: usize) -> usize {
        if samples == 0 { 0 } else { ((samples - self.fft % 2) / self.hop.max(1)).saturating_add(1) }
    }

    pub(crate) fn validate(&self) -> Result<()> {
        check((2..=MAX_FFT).contains(&self.fft), "fft", self.fft, format!("2 to {MAX_FFT}"))?;
        check(self.hop > 0, "hop", self.hop, "at least 1")
    }
}
