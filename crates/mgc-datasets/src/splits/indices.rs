//! Three disjoint lists of tracks, checked when they are made.

use std::collections::HashMap;

use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::side::Split;

/// The tracks for training, for validation and for the test.
///
/// The lists hold indices into the tracks that were split, in ascending order. They are disjoint by
/// construction, and no group lies on two sides, unless the split is [`official`](crate::official) or was
/// told to ignore groups. So chunks cut from tracks cannot leak either.
///
/// ```
/// use mgc_datasets::{Source, Split, SplitIndices, Track};
///
/// let song = |index: usize| Track {
///     id: format!("song {index}"),
///     genre: Some(0),
///     group: None,
///     split: None,
///     source: Source::Row(index),
/// };
/// let tracks: Vec<Track> = (0..5).map(song).collect();
/// let sides = SplitIndices::new(&tracks, &[4, 0, 1], &[2], &[3])?;
/// assert_eq!(sides.train(), [0, 1, 4]);
/// assert_eq!(sides.side(Split::Valid), sides.valid());
/// assert!(SplitIndices::new(&tracks, &[0, 1], &[1], &[]).is_err());
/// # Ok::<(), mgc_datasets::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitIndices {
    sides: [Vec<usize>; 3],
}

impl SplitIndices {
    /// Makes a split of lists from elsewhere, for example of a published file list.
    ///
    /// Tracks on no list are left out.
    ///
    /// ```
    /// use mgc_datasets::{Error, Source, SplitIndices, Track};
    ///
    /// let song = |id: &str| Track {
    ///     id: id.into(),
    ///     genre: Some(0),
    ///     group: Some("Doe, Jane".into()),
    ///     split: None,
    ///     source: Source::Audio(format!("{id}.wav").into()),
    /// };
    /// let by_one_artist = [song("a"), song("b")];
    /// let leak = SplitIndices::new(&by_one_artist, &[0], &[], &[1]);
    /// assert!(matches!(leak, Err(Error::GroupAcrossSides { .. })));
    /// ```
    ///
    /// # Errors
    /// [`Error::SplitIndex`] when an index is not that of a track or occurs twice,
    /// [`Error::GroupAcrossSides`] when tracks of one group lie on different sides.
    pub fn new(tracks: &[Track], train: &[usize], valid: &[usize], test: &[usize]) -> Result<Self> {
        let mut sides = vec![None; tracks.len()];
        for (split, list) in Split::ALL.into_iter().zip([train, valid, test]) {
            for &index in list {
                let problem = |problem| Error::SplitIndex { index, tracks: tracks.len(), problem };
                let side = sides.get_mut(index).ok_or_else(|| problem("does not exist"))?;
                if side.replace(split).is_some() {
                    return Err(problem("is listed twice"));
                }
            }
        }
        check_groups(tracks, &sides)?;
        Ok(Self::from_sides(&sides))
    }

    /// Makes a split from the side of each track; disjoint by construction.
    pub(crate) fn from_sides(sides: &[Option<Split>]) -> Self {
        let list = |split| (0..sides.len()).filter(|&index| sides[index] == Some(split)).collect();
        Self { sides: Split::ALL.map(list) }
    }

    /// Returns the tracks to learn from.
    pub fn train(&self) -> &[usize] {
        &self.sides[0]
    }

    /// Returns the tracks to choose the best epoch by.
    pub fn valid(&self) -> &[usize] {
        &self.sides[1]
    }

    /// Returns the tracks to report on.
    pub fn test(&self) -> &[usize] {
        &self.sides[2]
    }

    /// Returns the tracks of one side.
    ///
    /// ```
    /// use mgc_datasets::{Source, Split, SplitConfig, Track, split};
    ///
    /// let song = |index: usize| Track {
    ///     id: format!("song {index}"),
    ///     genre: Some(index % 2),
    ///     group: None,
    ///     split: None,
    ///     source: Source::Row(index),
    /// };
    /// let tracks: Vec<Track> = (0..20).map(song).collect();
    /// let sides = split(&tracks, &SplitConfig::default())?;
    /// assert_eq!(Split::ALL.map(|side| sides.side(side).len()), [16, 2, 2]);
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    pub fn side(&self, split: Split) -> &[usize] {
        &self.sides[split as usize]
    }

    /// Counts the labelled tracks that lie on no side, such as those that a published list leaves out. `tracks`
    /// are those that were split.
    ///
    /// ```
    /// use mgc_datasets::{Source, SplitIndices, Track};
    ///
    /// let song = |index: usize| Track {
    ///     id: format!("song {index}"),
    ///     genre: (index < 4).then_some(0),
    ///     group: None,
    ///     split: None,
    ///     source: Source::Row(index),
    /// };
    /// let tracks: Vec<Track> = (0..6).map(song).collect();
    /// let sides = SplitIndices::new(&tracks, &[0, 1], &[], &[2])?;
    /// assert_eq!(sides.left_out(&tracks), 1); // 3; tracks 4 and 5 have no label
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    pub fn left_out(&self, tracks: &[Track]) -> usize {
        let on_a_side = |index: &usize| self.sides.iter().any(|side| side.binary_search(index).is_ok());
        let labelled = (0..tracks.len()).filter(|&index| tracks[index].genre.is_some());
        labelled.filter(|index| !on_a_side(index)).count()
    }
}

fn check_groups(tracks: &[Track], sides: &[Option<Split>]) -> Result<()> {
    let mut seen: HashMap<&str, Split> = HashMap::new();
    for (track, side) in tracks.iter().zip(sides) {
        let (Some(group), Some(side)) = (track.group.as_deref(), *side) else {
            continue;
        };
        let first = *seen.entry(group).or_insert(side);
        if first != side {
            return Err(Error::GroupAcrossSides { group: group.to_string(), first, second: side });
        }
    }
    Ok(())
}
