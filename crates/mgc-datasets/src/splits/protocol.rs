//! The ways to measure a network on a dataset, by name.

use std::fmt;
use std::str::FromStr;

use super::folds::{FoldConfig, k_fold};
use super::indices::SplitIndices;
use super::split::{SplitConfig, official, repeated};
use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::names::UnknownName;

/// How a dataset is divided for an experiment of one or several runs.
///
/// Figures of two protocols cannot be compared: one that lets an artist lie on two sides rewards a network
/// for recognising the artist.
///
/// ```
/// use mgc_datasets::Protocol;
///
/// assert_eq!("grouped".parse::<Protocol>()?, Protocol::Grouped);
/// let error = "k-fold".parse::<Protocol>().unwrap_err();
/// assert!(error.to_string().contains("did you mean `kfold`?"));
/// # Ok::<(), mgc_datasets::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// Random splits of 80 % train, 10 % valid and 10 % test, stratified by genre and drawn anew for every
    /// run, without regard to groups: what the code of Heakl et al. (2022) does for its "ten folds", the best
    /// of which the paper reports. It measures how well a network knows more of the artists it was trained
    /// on. The test sets of two runs overlap, and the best run is chosen by its test set, so its accuracy is
    /// too high twice over.
    Published,
    /// Cross-validation with each track tested once, without regard to groups. The mean over the folds has no
    /// choice in it, but artists and replicas still lie on two sides.
    KFold,
    /// Cross-validation with each track tested once and groups (artists, albums, duplicates) kept whole: how
    /// well a network knows the genre of artists it has never heard. Nothing leaks that the groups know of.
    Grouped,
    /// The dataset's own split, one run. Whether it leaks is the dataset's matter;
    /// [`SplitReport`](crate::SplitReport) counts what it divides.
    Official,
}

impl Protocol {
    /// All protocols.
    pub const ALL: [Self; 4] = [Self::Published, Self::KFold, Self::Grouped, Self::Official];

    /// The names of all protocols, in the order of [`ALL`](Self::ALL).
    pub const NAMES: &'static [&'static str] = &["published", "kfold", "grouped", "official"];

    /// Returns `published`, `kfold`, `grouped` or `official`.
    ///
    /// ```
    /// assert_eq!(mgc_datasets::Protocol::KFold.name(), "kfold");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    /// Returns one sentence for reports: how the tracks are divided and what that lets through.
    ///
    /// ```
    /// use mgc_datasets::Protocol;
    ///
    /// assert!(Protocol::Published.description().contains("artists heard in training"));
    /// ```
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::Published => {
                "random 80:10:10 splits of whole tracks, stratified by genre and drawn anew for every run, as in the \
                 code of the broadcast paper; artists heard in training are tested, and test sets overlap"
            }
            Self::KFold => {
                "cross-validation over whole tracks, each tested once, stratified by genre; artists heard in training \
                 are tested"
            }
            Self::Grouped => {
                "cross-validation with each track tested once and groups (artists, albums, duplicates) kept whole, so no \
                 group is both trained on and tested"
            }
            Self::Official => "the dataset's own split, with its sides as published",
        }
    }

    /// Returns whether tracks of one group may be both trained on and tested; `None` where that depends on
    /// the dataset, and [`SplitReport`](crate::SplitReport) tells.
    ///
    /// ```
    /// use mgc_datasets::Protocol;
    ///
    /// assert_eq!(Protocol::ALL.map(Protocol::leaks), [Some(true), Some(true), Some(false), None]);
    /// ```
    #[must_use]
    pub fn leaks(self) -> Option<bool> {
        match self {
            Self::Published | Self::KFold => Some(true),
            Self::Grouped => Some(false),
            Self::Official => None,
        }
    }

    /// Returns the number of runs where so many are asked for: one for [`Official`](Self::Official).
    ///
    /// ```
    /// use mgc_datasets::Protocol;
    ///
    /// assert_eq!((Protocol::Grouped.runs(10), Protocol::Official.runs(10)), (10, 1));
    /// ```
    #[must_use]
    pub fn runs(self, asked: usize) -> usize {
        if self == Self::Official { 1 } else { asked }
    }

    /// Divides tracks once for every run.
    ///
    /// `runs` is the number of random splits of [`Published`](Self::Published) and of the folds of
    /// [`KFold`](Self::KFold) and [`Grouped`](Self::Grouped); [`Official`](Self::Official) has one run whatever
    /// it is, and needs no seed.
    ///
    /// ```
    /// use mgc_datasets::{Protocol, Source, SplitReport, Track};
    ///
    /// let song = |index: usize| Track {
    ///     id: format!("song {index}"),
    ///     genre: Some(index % 2),
    ///     group: Some(format!("artist {}", index / 4)),
    ///     split: None,
    ///     source: Source::Row(index),
    /// };
    /// let tracks: Vec<Track> = (0..80).map(song).collect();
    /// let folds = Protocol::Grouped.splits(&tracks, 5, 0)?;
    /// assert_eq!(folds.len(), 5);
    /// assert_eq!(SplitReport::new(&tracks, 2, &folds[0]).leaked_test_tracks, 0);
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoGroups`] for [`Grouped`](Self::Grouped) where no track has a group,
    /// [`Error::NoOfficialSplit`] for [`Official`](Self::Official) where none has a side, [`Error::Folds`] for
    /// too few or too many folds.
    pub fn splits(self, tracks: &[Track], runs: usize, seed: u64) -> Result<Vec<SplitIndices>> {
        let count = tracks.len();
        match self {
            Self::Published => {
                repeated(tracks, runs, &SplitConfig { grouped: false, seed, ..Default::default() })
            }
            Self::KFold => k_fold(tracks, &FoldConfig { folds: runs, grouped: false, seed }),
            Self::Grouped if tracks.iter().all(|track| track.group.is_none()) => {
                Err(Error::NoGroups { tracks: count })
            }
            Self::Grouped => k_fold(tracks, &FoldConfig { folds: runs, grouped: true, seed }),
            Self::Official => {
                let sides = official(tracks).ok_or(Error::NoOfficialSplit { tracks: count })?;
                Ok(vec![sides])
            }
        }
    }
}

/// Parses a [`name`](Protocol::name).
impl FromStr for Protocol {
    type Err = UnknownName;

    fn from_str(name: &str) -> std::result::Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|protocol| protocol.name() == name);
        found.ok_or_else(|| UnknownName::new("protocol", name, Self::NAMES))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
