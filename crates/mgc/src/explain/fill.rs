//! What a part of a spectrogram is replaced by.

use ndarray::{Array1, Array2, Axis};

/// The neutral values that replace a part of a spectrogram.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fill {
    /// The mean of each band over the chunk: the music continues without a change.
    #[default]
    BandMean,
    /// The lowest value of the chunk: silence.
    Floor,
}

impl Fill {
    /// Returns the value of each band, dB.
    pub(super) fn values(self, spectrogram: &Array2<f32>) -> Array1<f32> {
        let (frames, bands) = spectrogram.dim();
        match self {
            Self::BandMean => {
                let sums = spectrogram.mapv(f64::from).sum_axis(Axis(0));
                sums.mapv(|sum| (sum / frames as f64) as f32)
            }
            Self::Floor => Array1::from_elem(bands, spectrogram.fold(f32::INFINITY, |low, &v| low.min(v))),
        }
    }
}
