//! Stratified, grouped, seeded splits over whole tracks.

use super::indices::SplitIndices;
use super::stratify::{Empty, WHOLE, assign};
use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::side::Split;

/// The settings of [`split`]. The default is 80 % train, 10 % valid and 10 % test with groups kept whole,
/// the proportions of the broadcast paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitConfig {
    /// Fraction of each genre for training, 0 to 1.
    pub train: f64,
    /// Fraction of each genre for validation, 0 to 1; the rest is the test set.
    pub valid: f64,
    /// Whether tracks of one group stay on one side. Turn it off only to reproduce a flawed protocol.
    pub grouped: bool,
    /// The seed of the random choice. The same seed gives the same split on every machine.
    pub seed: u64,
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self { train: 0.8, valid: 0.1, grouped: true, seed: 0 }
    }
}

/// Divides tracks into train, valid and test, stratified by genre.
///
/// Without groups each side holds each genre within one track of its share. A group goes whole to the side
/// that is shortest of its genres, large groups first, so the shares are as close as the groups allow.
/// Unlabelled tracks are treated as one more genre.
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
    let sides: Vec<_> = parts.into_iter().map(|part| Some(Split::ALL[part])).collect();
    Ok(SplitIndices::from_sides(&sides))
}

/// Repeats [`split`] with consecutive seeds, beginning at [`SplitConfig::seed`]: Monte Carlo
/// cross-validation.
///
/// The published code of the broadcast networks does this for its "ten folds". It is not k-fold
/// cross-validation: the test sets of different runs overlap, and some tracks are never tested. See
/// [`k_fold`](crate::k_fold).
///
/// ```
/// use mgc_datasets::{Source, SplitConfig, Track, repeated};
///
/// let song = |index: usize| Track {
///     id: format!("song {index}"),
///     genre: Some(index % 2),
///     group: None,
///     split: None,
///     source: Source::Row(index),
/// };
/// let tracks: Vec<Track> = (0..40).map(song).collect();
/// let runs = repeated(&tracks, 3, &SplitConfig::default())?;
/// assert_eq!(runs.len(), 3);
/// assert_ne!(runs[0].test(), runs[1].test());
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
///
/// # Errors
/// The same as [`split`].
pub fn repeated(tracks: &[Track], runs: usize, config: &SplitConfig) -> Result<Vec<SplitIndices>> {
    let seeded = |run: usize| SplitConfig { seed: config.seed.wrapping_add(run as u64), ..*config };
    (0..runs).map(|run| split(tracks, &seeded(run))).collect()
}

/// Returns the split that the tracks carry themselves, or `None` when none of them carries one.
///
/// Tracks without a side are left out. The sides are taken as published, whether or not they divide a group.
///
/// ```
/// use mgc_datasets::{Source, Split, Track, official};
///
/// let song = |index: usize, split| Track {
///     id: format!("song {index}"),
///     genre: None,
///     group: None,
///     split,
///     source: Source::Row(index),
/// };
/// let tracks = [song(0, Some(Split::Test)), song(1, None), song(2, Some(Split::Train))];
/// let published = official(&tracks).unwrap();
/// assert_eq!((published.train(), published.test()), (&[2][..], &[0][..]));
/// assert_eq!(official(&tracks[1..2]), None);
/// ```
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
