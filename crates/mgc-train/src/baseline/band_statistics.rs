//! A spectrogram in two numbers per band.

use crate::error::{Error, Result};

/// Returns the mean of each band over time, then the standard deviation of each (divided by the number of
/// frames, as NumPy does).
///
/// The values of `spectrogram` are those of the first frame, band by band, then those of the next; the result
/// has `2 * bands` values in their unit. It keeps what the music's spectrum looks like and forgets all order.
///
/// # Errors
///
/// [`Error::SpectrogramSize`] (as of example 0) when the values do not make whole frames, or none.
///
/// # Examples
///
/// ```
/// let spectrogram = [-10., -40., -20., -40.]; // two frames of two bands, dB
/// assert_eq!(mgc_train::band_statistics(&spectrogram, 2)?, [-15., -40., 5., 0.]);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn band_statistics(spectrogram: &[f32], bands: usize) -> Result<Vec<f64>> {
    let frames = spectrogram.len().checked_div(bands).unwrap_or(0);
    if frames == 0 || frames * bands != spectrogram.len() {
        return Err(Error::SpectrogramSize {
            index: 0,
            actual: spectrogram.len(),
            frames: frames.max(1),
            bands,
        });
    }
    let mean_of = |value: &dyn Fn(usize, f64) -> f64| -> Vec<f64> {
        let mut sum = vec![0.0; bands];
        for frame in spectrogram.chunks_exact(bands) {
            frame.iter().enumerate().for_each(|(band, &level)| sum[band] += value(band, f64::from(level)));
        }
        sum.iter().map(|sum| sum / frames as f64).collect()
    };
    let means = mean_of(&|_, level| level);
    let variances = mean_of(&|band, level| (level - means[band]).powi(2));
    Ok(means.iter().copied().chain(variances.iter().map(|variance| variance.sqrt())).collect())
}
