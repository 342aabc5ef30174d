//! Stratified, grouped, seeded splits over whole tracks.

use super::indices::SplitIndices;
use super::stratify::{Empty, WHOLE, assign};
use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::side::Split;

/// How [`split`] divides tracks. The default is 80 % train, 10 % valid, 10 % test, as in the
/// broadcast paper, with groups kept whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitConfig {
    /// Fraction of each genre for training, 0 to 1.
    pub train: f64,
    /// Fraction of each genre for validation, 0 to 1; what is left is the test set.
    pub valid: f64,
    /// Whether tracks of one group stay on one side. Off only to reproduce a flawed protocol.
    pub grouped: bool,
    /// The same seed gives the same split on every machine.
    pub seed: u64,
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self { train: 0.8, valid: 0.1, grouped: true, seed: 0 }
    }
}

/// Divides tracks into train, valid and test, each genre alike.
///
/// Without groups each side holds each genre within one track of its share. A group goes whole to the
/// side that lacks most of it, large groups first, so shares are as near as the groups allow.
/// Unlabelled tracks are divided like a genre of their own.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Source, SplitConfig, Track, split};
///
/// let tracks: Vec<Track> = (0..100)
///     .map(|index| Track {
///         id: format!("song {index}"),
///         genre: Some(index % 10),
///         group: Some(format!("album {}", index / 20)),
///         split: None,
///         source: Source::Row(index),
///     })
///     .collect();
/// let albums_apart = split(&tracks, &SplitConfig { train: 0.6, valid: 0.2, ..Default::default() })?;
/// assert_eq!(albums_apart.train().len(), 60);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Fractions`] when the fractions are negative, not finite, or sum to more than 1.
pub fn split(tracks: &[Track], config: &SplitConfig) -> Result<SplitIndices> {
    let parts = assign(tracks, &fractions(config)?, config.grouped, config.seed, Empty::Allowed);
    let sides: Vec<_> = parts.into_iter().map(|part| Split::ALL.get(part).copied()).collect();
    Ok(SplitIndices::from_sides(&sides))
}

/// [`split`] again and again, with the seeds from [`SplitConfig::seed`] on: Monte Carlo cross-validation.
///
/// This, not k-fold cross-validation, is what the published code of the broadcast networks does for its "ten
/// folds": test sets of different runs overlap, and some tracks are never tested.
///
/// # Errors
/// As [`split`].
pub fn repeated(tracks: &[Track], runs: usize, config: &SplitConfig) -> Result<Vec<SplitIndices>> {
    let seeded = |run: usize| SplitConfig { seed: config.seed.wrapping_add(run as u64), ..*config };
    (0..runs).map(|run| split(tracks, &seeded(run))).collect()
}

/// The split that the tracks carry themselves, or `None` when none of them carries one.
///
/// Tracks without a side are left out. The sides are taken as published, groups or not.
pub fn official(tracks: &[Track]) -> Option<SplitIndices> {
    let sides: Vec<_> = tracks.iter().map(|track| track.split).collect();
    sides.iter().any(Option::is_some).then(|| SplitIndices::from_sides(&sides))
}

fn fractions(config: &SplitConfig) -> Result<[f64; 3]> {
    let SplitConfig { train, valid, .. } = *config;
    let test = 1.0 - train - valid;
    let good = train >= 0.0 && valid >= 0.0 && test >= -WHOLE;
    good.then_some([train, valid, test.max(0.0)]).ok_or(Error::Fractions { train, valid })
}
