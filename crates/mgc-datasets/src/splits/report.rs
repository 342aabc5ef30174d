//! A report on a split: how it divides the genres, and its leaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::indices::SplitIndices;
use crate::catalog::Track;
use crate::side::Split;

/// How a split divides genres and groups.
///
/// ```
/// use mgc_datasets::{Source, Split, SplitConfig, SplitReport, Track, split};
///
/// let song = |index: usize| Track {
///     id: format!("song {index}"),
///     genre: Some(index % 2),
///     group: Some(format!("artist {}", index % 7)),
///     split: None,
///     source: Source::Row(index),
/// };
/// let tracks: Vec<Track> = (0..40).map(song).collect();
/// let flawed = split(&tracks, &SplitConfig { grouped: false, ..Default::default() })?;
/// let report = SplitReport::new(&tracks, 2, &flawed);
/// assert_eq!(report.counts[0], [16, 2, 2]);
/// assert!(!report.crossing.is_empty() && report.leaked_test_tracks > 0);
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SplitReport {
    /// For each genre, the number of tracks for training, validation and the test.
    pub counts: Vec<[usize; 3]>,
    /// Number of groups among the tracks of the split. Without groups no leak can be seen.
    pub groups: usize,
    /// Groups that lie on several sides, with those sides. The network may recognise such a group instead of
    /// the genre.
    pub crossing: Vec<(String, Vec<Split>)>,
    /// Number of test tracks whose group also occurs in training or validation.
    pub leaked_test_tracks: usize,
}

impl SplitReport {
    /// Reports on a split of these tracks, which have `genres` genres.
    ///
    /// ```
    /// use mgc_datasets::{Source, SplitConfig, SplitReport, Track, split};
    ///
    /// let song = |index: usize| Track {
    ///     id: format!("song {index}"),
    ///     genre: Some(index % 2),
    ///     group: Some(format!("artist {}", index / 4)),
    ///     split: None,
    ///     source: Source::Row(index),
    /// };
    /// let tracks: Vec<Track> = (0..80).map(song).collect();
    /// let honest = split(&tracks, &SplitConfig::default())?;
    /// let report = SplitReport::new(&tracks, 2, &honest);
    /// assert_eq!(report.to_string(), "no group lies on two sides");
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    ///
    /// # Panics
    /// When the split is one of more tracks than these, or a genre is not below `genres`: the numbers would
    /// be wrong.
    #[must_use]
    pub fn new(tracks: &[Track], genres: usize, split: &SplitIndices) -> Self {
        let mut counts = vec![[0; 3]; genres];
        for side in Split::ALL {
            for genre in split.side(side).iter().filter_map(|&index| tracks[index].genre) {
                counts[genre][side as usize] += 1;
            }
        }
        let mut sides = sides_of_groups(tracks, split);
        let groups = sides.len();
        sides.retain(|_, sides| sides.len() > 1);
        let leaks =
            |index: &&usize| tracks[**index].group.as_deref().is_some_and(|group| sides.contains_key(group));
        let leaked_test_tracks = split.test().iter().filter(leaks).count();
        Self { counts, groups, crossing: listed(sides), leaked_test_tracks }
    }
}

/// Returns the groups that lie on several sides, with those sides.
pub(super) fn crossing_groups(tracks: &[Track], split: &SplitIndices) -> Vec<(String, Vec<Split>)> {
    let mut sides = sides_of_groups(tracks, split);
    sides.retain(|_, sides| sides.len() > 1);
    listed(sides)
}

type Sides<'a> = BTreeMap<&'a str, BTreeSet<Split>>;

fn sides_of_groups<'a>(tracks: &'a [Track], split: &SplitIndices) -> Sides<'a> {
    let mut sides = Sides::new();
    for side in Split::ALL {
        for group in split.side(side).iter().filter_map(|&index| tracks[index].group.as_deref()) {
            sides.entry(group).or_default().insert(side);
        }
    }
    sides
}

fn listed(sides: Sides) -> Vec<(String, Vec<Split>)> {
    sides.into_iter().map(|(group, sides)| (group.to_string(), sides.into_iter().collect())).collect()
}

/// Writes the leak in one line, or that there is none.
impl fmt::Display for SplitReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.crossing.len() {
            0 if self.groups == 0 => write!(f, "no groups are known, so no leak can be seen"),
            0 => write!(f, "no group lies on two sides"),
            groups => write!(
                f,
                "{groups} groups lie on two sides or more; {} test tracks have a relative that was trained on",
                self.leaked_test_tracks
            ),
        }
    }
}
