//! Whether a map tells the truth.

use super::eraser::{Eraser, check_class};
use super::patches::{Patch, patches};
use super::{ExplainError, Fill};
use crate::error::Result;
use candle::Tensor;
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Settings of [`deletion`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeletionConfig {
    /// Patches along time and along frequency, as in [`OcclusionConfig`](super::OcclusionConfig).
    pub patches: (usize, usize),
    /// Share of the patches that is deleted, 0 to 1.
    pub share: f64,
    /// What replaces them.
    pub fill: Fill,
    /// Random choices that are tried, at least 1.
    pub draws: usize,
    /// Seed of the random choices.
    pub seed: u64,
}

impl Default for DeletionConfig {
    /// A tenth of 16 x 8 patches (13 of 128), against 16 random tenths.
    fn default() -> Self {
        Self { patches: (16, 8), share: 0.1, fill: Fill::default(), draws: 16, seed: 0 }
    }
}

/// The probability of a class with parts of the spectrogram deleted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deletion {
    /// With nothing deleted.
    pub before: f64,
    /// Without the share that the map calls the most decisive.
    pub decisive: f64,
    /// Without a random share of the same size: the mean over the draws.
    pub random: f64,
}

/// Measures whether a map is faithful: deletes the share of the spectrogram with the highest values of the
/// map, and random shares of the same size and patches.
///
/// The map of a class is faithful where [`Deletion::decisive`] is well below [`Deletion::random`]; the
/// [module](super) states what was measured. `answer` is any model, as for [`occlusion`](super::occlusion).
/// The same seed gives the same choices.
///
/// The measure is that of V. Petsiuk, A. Das and K. Saenko, *RISE: Randomized Input Sampling for Explanation
/// of Black-box Models*, 2018 (deletion), at one share.
///
/// # Errors
/// [`Error::Explain`](crate::Error::Explain) for settings that are out of range, a map of another size, a
/// class that the answer does not have, or an answer that has not a row for each spectrogram; the errors of
/// `answer`.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::explain::{Chunk, DeletionConfig, activation, deletion};
///
/// let classifier = mgc::Classifier::load("model.safetensors")?;
/// let chunk = Chunk::read(&classifier, "song.wav", Default::default())?;
/// let (music, map) = (&chunk.spectrogram, &activation(&classifier, &chunk.spectrogram)?[0]);
/// let model = |batch: &_| classifier.probabilities(batch);
/// let check = deletion(music, map, 0, &DeletionConfig::default(), model)?;
/// println!("{:.2}, without the decisive tenth {:.2}", check.before, check.decisive);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn deletion(
    spectrogram: &Array2<f32>,
    map: &Array2<f32>,
    class: usize,
    config: &DeletionConfig,
    answer: impl FnMut(&Tensor) -> Result<Vec<Vec<f64>>>,
) -> Result<Deletion> {
    if map.dim() != spectrogram.dim() {
        return Err(ExplainError::MapSize { actual: map.dim(), expected: spectrogram.dim() }.into());
    }
    ExplainError::check((0.0..=1.0).contains(&config.share), "share", &config.share, "0 to 1")?;
    ExplainError::check(config.draws > 0, "draws", &config.draws, "at least 1")?;
    let patches = patches(spectrogram.dim(), config.patches)?;
    let count = (config.share * patches.len() as f64).round() as usize;
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    let mut variants = vec![Vec::new(), highest(&patches, map, count)];
    variants.extend((0..config.draws).map(|_| drawn(&patches, count, &mut random)));
    let answers = Eraser::new(spectrogram, config.fill)?.answers(&variants, answer)?;
    check_class(class, &answers[0])?;
    let mean = answers[2..].iter().map(|row| row[class]).sum::<f64>() / config.draws as f64;
    Ok(Deletion { before: answers[0][class], decisive: answers[1][class], random: mean })
}

/// The patches with the highest means of the map; of equals, the first.
fn highest(patches: &[Patch], map: &Array2<f32>, count: usize) -> Vec<Patch> {
    let mean = |patch: &Patch| {
        let cells = patch.view(map);
        cells.iter().map(|&value| f64::from(value)).sum::<f64>() / cells.len() as f64
    };
    let mut ranked: Vec<(f64, &Patch)> = patches.iter().map(|patch| (mean(patch), patch)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0)); // stable
    ranked.into_iter().take(count).map(|(_, patch)| patch.clone()).collect()
}

/// A random choice of patches: the first `count` of a shuffle by Fisher and Yates.
fn drawn(patches: &[Patch], count: usize, random: &mut ChaCha8Rng) -> Vec<Patch> {
    let mut order: Vec<&Patch> = patches.iter().collect();
    for index in 0..count {
        let left = (order.len() - index) as u128;
        let draw = (u128::from(random.next_u64()) * left) >> 64; // a bias below left / 2^64
        order.swap(index, index + draw as usize);
    }
    order.into_iter().take(count).cloned().collect()
}
