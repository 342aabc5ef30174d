//! What the answer loses without a part of the spectrogram.

use super::Fill;
use super::eraser::Eraser;
use super::log_odds::log_odds;
use super::patches::{Patch, patches};
use crate::error::Result;
use candle::Tensor;
use ndarray::Array2;

/// Settings of [`occlusion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcclusionConfig {
    /// Patches along time and along frequency, at least 1 x 1; of a spectrogram with fewer frames or bands,
    /// one for each.
    pub patches: (usize, usize),
    /// What replaces a patch.
    pub fill: Fill,
}

impl Default for OcclusionConfig {
    /// 16 x 8 patches: of a 30 s chunk of 128 bands, 1.9 s x 16 bands each.
    fn default() -> Self {
        Self { patches: (16, 8), fill: Fill::default() }
    }
}

impl OcclusionConfig {
    /// Returns the number of spectrograms of a size (frames, bands) that [`occlusion`] has answered: one for
    /// each patch and the original.
    ///
    /// ```
    /// use mgc::explain::OcclusionConfig;
    ///
    /// assert_eq!(OcclusionConfig::default().answers((647, 128)), 129);
    /// ```
    #[must_use]
    pub fn answers(&self, size: (usize, usize)) -> usize {
        1 + self.patches.0.min(size.0) * self.patches.1.min(size.1)
    }
}

/// Computes an occlusion map of each class: how much its log-odds fall when a patch of the spectrogram is
/// replaced by neutral values.
///
/// A positive value speaks for the class, a negative one against it. `answer` is any model: it maps
/// spectrograms (N, 1, frames, bands), a few at a time, to a row of probabilities for each, as
/// [`Classifier::probabilities`](crate::Classifier::probabilities) does.
///
/// The method is that of M. Zeiler and R. Fergus, *Visualizing and Understanding Convolutional Networks*,
/// 2014, section 4.2, with log-odds for the probability, which hardly moves near 0 and 1.
///
/// # Shapes
/// - `spectrogram`: (frames, bands), dB
/// - output: a map (frames, bands) for each class, in log-odds (natural logarithm); all cells of a patch have
///   the same value
///
/// # Errors
/// [`Error::Explain`](crate::Error::Explain) for a count of patches of 0, an empty spectrogram or an answer
/// that has not a row for each spectrogram; the errors of `answer`.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::explain::{Chunk, OcclusionConfig, occlusion};
///
/// let classifier = mgc::Classifier::load("model.safetensors")?;
/// let chunk = Chunk::read(&classifier, "song.wav", Default::default())?;
/// let model = |batch: &_| classifier.probabilities(batch);
/// let maps = occlusion(&chunk.spectrogram, &OcclusionConfig::default(), model)?;
/// assert_eq!((maps.len(), maps[0].dim()), (3, (44, 32)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn occlusion(
    spectrogram: &Array2<f32>,
    config: &OcclusionConfig,
    answer: impl FnMut(&Tensor) -> Result<Vec<Vec<f64>>>,
) -> Result<Vec<Array2<f32>>> {
    let patches = patches(spectrogram.dim(), config.patches)?;
    let whole = [Vec::new()].into_iter();
    let variants: Vec<Vec<Patch>> = whole.chain(patches.iter().map(|patch| vec![patch.clone()])).collect();
    let answers = Eraser::new(spectrogram, config.fill)?.answers(&variants, answer)?;
    let map = |class: usize| {
        let before = log_odds(&answers[0], class);
        let mut map = Array2::zeros(spectrogram.dim());
        for (patch, after) in patches.iter().zip(&answers[1..]) {
            let fall = (before - log_odds(after, class)) as f32;
            patch.view_mut(&mut map).fill(fall);
        }
        map
    };
    Ok((0..answers[0].len()).map(map).collect())
}
