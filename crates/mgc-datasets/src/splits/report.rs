//! What a split is like: its balance, and the leaks in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::indices::SplitIndices;
use crate::catalog::Track;
use crate::side::Split;

/// How a split divides genres and groups.
///
/// ```
/// use mgc_datasets::{SplitReport, Source, Split, SplitConfig, Track, split};
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
/// let balance = SplitReport::new(&tracks, 2, &flawed);
/// assert_eq!(balance.counts[0], [16, 2, 2]);
/// assert!(!balance.crossing.is_empty() && balance.leaked_test_tracks > 0);
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitReport {
    /// Of each genre the tracks for training, validation and the test.
    pub counts: Vec<[usize; 3]>,
    /// Groups among the tracks of the split; where there are none, nobody can tell whether it leaks.
    pub groups: usize,
    /// Groups that lie on several sides, with those sides: what the network may recognise instead of the genre.
    pub crossing: Vec<(String, Vec<Split>)>,
    /// Tracks of the test set whose group is also trained on or chosen by.
    pub leaked_test_tracks: usize,
}

impl SplitReport {
    /// Counts a split of tracks with `genres` genres.
    #[must_use]
    pub fn new(tracks: &[Track], genres: usize, split: &SplitIndices) -> Self {
        let mut counts = vec![[0; 3]; genres];
        let mut sides: BTreeMap<&str, BTreeSet<Split>> = BTreeMap::new();
        for side in Split::ALL {
            for track in split.side(side).iter().filter_map(|&index| tracks.get(index)) {
                if let Some(count) = track.genre.and_then(|genre| counts.get_mut(genre)) {
                    count[side as usize] += 1;
                }
                if let Some(group) = &track.group {
                    sides.entry(group).or_default().insert(side);
                }
            }
        }
        let groups = sides.len();
        sides.retain(|_, sides| sides.len() > 1);
        let leaks = |index: &&usize| {
            let group = tracks.get(**index).and_then(|track| track.group.as_deref());
            group.is_some_and(|group| sides.contains_key(group))
        };
        let leaked_test_tracks = split.test().iter().filter(leaks).count();
        let crossing = sides
            .into_iter()
            .map(|(group, sides)| (group.to_string(), sides.into_iter().collect()))
            .collect();
        Self { counts, groups, crossing, leaked_test_tracks }
    }
}

/// The leak in one line, or that there is none.
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
