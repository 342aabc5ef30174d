//! The log-mel spectrogram as the networks eat it.

use ndarray::ArrayView2;

/// A log-mel spectrogram in dB: shape (frames, bands), time first, row-major.
///
/// librosa lays its arrays out bands first: `view().t()` gives that.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrogram {
    values: Vec<f32>,
    frames: usize,
    bands: usize,
}

impl Spectrogram {
    /// `values.len()` must be `frames * bands`.
    pub(crate) fn new(values: Vec<f32>, frames: usize, bands: usize) -> Self {
        debug_assert_eq!(values.len(), frames * bands);
        Self { values, frames, bands }
    }

    /// Number of frames (time steps).
    #[must_use]
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Number of mel bands.
    #[must_use]
    pub fn bands(&self) -> usize {
        self.bands
    }

    /// All values, frame after frame, dB.
    #[must_use]
    pub fn as_slice(&self) -> &[f32] {
        &self.values
    }

    /// The values without a copy: `frames * bands` of them, frame after frame, dB.
    #[must_use]
    pub fn into_vec(self) -> Vec<f32> {
        self.values
    }

    /// The values as an array of shape (frames, bands).
    #[must_use]
    pub fn view(&self) -> ArrayView2<'_, f32> {
        ndarray::aview1(&self.values)
            .into_shape_with_order((self.frames, self.bands))
            .unwrap_or_else(|_| ndarray::aview2::<f32, 0>(&[]))
    }
}
