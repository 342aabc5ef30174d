//! Drawing tracks again, with replacement.

use crate::error::{Error, Result};
use crate::rng::{Purpose, Stream};
use crate::statistics::checks::check_count;
use std::collections::BTreeMap;

/// What is drawn in a bootstrap: the units that are independent of each other.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units<'a> {
    /// So many tracks, each on its own.
    Tracks(usize),
    /// Whole groups of tracks, such as those of one artist or album: the number of the group of each track.
    Groups(&'a [usize]),
    /// Tracks within their stratum, whose size stays as it is: the number of the stratum of each track. With
    /// the true classes as strata, no class is ever without tracks. A stratum of one track does not vary: with
    /// many of those the interval is too narrow, and where there are no others it is refused.
    Strata(&'a [usize]),
}

impl Units<'_> {
    /// Returns the number of tracks.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::Units;
    ///
    /// assert_eq!(Units::Tracks(5).tracks(), 5);
    /// assert_eq!(Units::Groups(&[7, 7, 9]).tracks(), 3);
    /// ```
    #[must_use]
    pub fn tracks(&self) -> usize {
        match self {
            Self::Tracks(count) => *count,
            Self::Groups(of_track) | Self::Strata(of_track) => of_track.len(),
        }
    }

    /// Checks that these are the units of so many tracks.
    pub(super) fn check_tracks(&self, tracks: usize) -> Result<()> {
        match self.tracks() {
            count if count == tracks => Ok(()),
            count => Err(Error::Unpaired { first: tracks, second: count }),
        }
    }
}

/// Lists of units; as many are drawn from each as it has. A unit is a list of tracks.
pub(super) struct Resampling {
    strata: Vec<Vec<Vec<usize>>>,
}

impl Resampling {
    pub(super) fn new(units: Units<'_>) -> Result<Self> {
        let single = |tracks: Vec<usize>| tracks.into_iter().map(|track| vec![track]).collect();
        let strata: Vec<Vec<Vec<usize>>> = match units {
            Units::Tracks(count) => vec![single((0..count).collect())],
            Units::Groups(of_track) => vec![by_number(of_track)],
            Units::Strata(of_track) => by_number(of_track).into_iter().map(single).collect(),
        };
        // A stratum of one is always drawn as it is: of such alone, every resample is the same.
        let most = strata.iter().map(Vec::len).max().unwrap_or(0);
        check_count(most, "independent tracks or groups", 2)?;
        Ok(Self { strata })
    }

    /// Draws the resample of a number into `tracks`.
    pub(super) fn draw(&self, seed: u64, number: usize, tracks: &mut Vec<usize>) {
        let mut stream = Stream::new(seed, Purpose::Resample, &number.to_string());
        tracks.clear();
        for units in &self.strata {
            for _ in 0..units.len() {
                tracks.extend(&units[stream.below(units.len())]);
            }
        }
    }
}

/// Returns the tracks of each number, by rising number.
fn by_number(of_track: &[usize]) -> Vec<Vec<usize>> {
    let mut lists = BTreeMap::<usize, Vec<usize>>::new();
    for (track, &number) in of_track.iter().enumerate() {
        lists.entry(number).or_default().push(track);
    }
    lists.into_values().collect()
}
