//! K-fold cross-validation over whole tracks.

use super::indices::SplitIndices;
use super::stratify::{Empty, assign, units};
use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::side::Split;

/// The settings of [`k_fold`]. The default is ten folds with groups kept whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoldConfig {
    /// Number of folds, from 3 to the number of tracks, or of groups where they are kept whole.
    pub folds: usize,
    /// Whether tracks of one group stay in one fold. Turn it off only to reproduce a flawed protocol.
    pub grouped: bool,
    /// The seed of the random choice. The same seed gives the same folds on every machine.
    pub seed: u64,
}

impl Default for FoldConfig {
    fn default() -> Self {
        Self { folds: 10, grouped: true, seed: 0 }
    }
}

/// Divides tracks into folds, stratified by genre, and returns one split for each fold.
///
/// In split `n`, fold `n` is the test set, the next fold (after the last comes the first) is the validation
/// set, and all others are for training. So each track is tested once and validated on once, and ten folds
/// train on 80 %. Without groups each fold holds each genre within one track of its share; with groups, as
/// closely as they allow. No fold is empty.
///
/// ```
/// use mgc_datasets::{FoldConfig, Source, Track, k_fold};
///
/// let song = |index: usize| Track {
///     id: format!("song {index}"),
///     genre: Some(index % 2),
///     group: None,
///     split: None,
///     source: Source::Row(index),
/// };
/// let tracks: Vec<Track> = (0..40).map(song).collect();
/// let folds = k_fold(&tracks, &FoldConfig { folds: 5, ..Default::default() })?;
/// assert_eq!(folds.len(), 5);
/// assert_eq!(folds[0].valid(), folds[1].test());
/// assert!(folds.iter().all(|fold| fold.train().len() == 24 && fold.test().len() == 8));
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
///
/// # Errors
/// [`Error::Folds`] for fewer than 3 folds, or for more folds than tracks (than groups, where those are kept
/// whole).
pub fn k_fold(tracks: &[Track], config: &FoldConfig) -> Result<Vec<SplitIndices>> {
    let FoldConfig { folds, grouped, seed } = *config;
    let groups = units(tracks, grouped).len();
    if folds < 3 || folds > groups {
        return Err(Error::Folds { folds, tracks: tracks.len(), groups });
    }
    let parts = assign(tracks, &vec![1.0 / folds as f64; folds], grouped, seed, Empty::Never);
    Ok((0..folds).map(|fold| SplitIndices::from_sides(&sides(&parts, fold, folds))).collect())
}

fn sides(parts: &[usize], fold: usize, folds: usize) -> Vec<Option<Split>> {
    let side = |part: usize| match (part + folds - fold) % folds {
        0 => Split::Test,
        1 => Split::Valid,
        _ => Split::Train,
    };
    parts.iter().map(|&part| Some(side(part))).collect()
}
