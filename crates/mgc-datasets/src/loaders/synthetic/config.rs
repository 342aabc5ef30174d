//! Size and seed of a synthetic corpus.

use std::ops::RangeInclusive;

use crate::error::{Error, Result};
use crate::side::Split;

const SECONDS: RangeInclusive<f64> = 0.5..=600.0;
/// Five digits number the tracks of a style.
const MAX_TRACKS: usize = 100_000;

/// The size and the seed of a [`Synthetic`](crate::Synthetic) corpus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SyntheticConfig {
    /// Length of each track in seconds, 0.5 to 600.
    pub seconds: f64,
    /// Number of training tracks of each style.
    pub train: usize,
    /// Number of validation tracks of each style.
    pub valid: usize,
    /// Number of test tracks of each style.
    pub test: usize,
    /// The seed of everything random. Another seed gives another corpus of the same styles.
    pub seed: u64,
}

impl Default for SyntheticConfig {
    /// Returns the settings of 440 tracks of 5 s: 28 train, 6 valid and 10 test per style (97 MB).
    fn default() -> Self {
        Self { seconds: 5.0, train: 28, valid: 6, test: 10, seed: 1 }
    }
}

impl SyntheticConfig {
    /// Sample rate of every track, Hz.
    pub const SAMPLE_RATE: u32 = 22_050;

    /// Returns the number of samples of each track.
    ///
    /// ```
    /// use mgc_datasets::SyntheticConfig;
    ///
    /// assert_eq!(SyntheticConfig::default().samples(), 110_250);
    /// ```
    pub fn samples(&self) -> usize {
        (self.seconds * f64::from(Self::SAMPLE_RATE)).round() as usize
    }

    /// Checks the length and the number of tracks.
    pub(crate) fn check(&self) -> Result<()> {
        let tracks = self.train.saturating_add(self.valid).saturating_add(self.test);
        match SECONDS.contains(&self.seconds) && (1..=MAX_TRACKS).contains(&tracks) {
            true => Ok(()),
            false => Err(Error::Synthetic { seconds: self.seconds, tracks }),
        }
    }

    /// Returns the sides of one style's tracks in the order of their numbers, each with its index on that
    /// side.
    pub(crate) fn sides(&self) -> impl Iterator<Item = (Split, usize)> {
        let sides = [(Split::Train, self.train), (Split::Valid, self.valid), (Split::Test, self.test)];
        sides.into_iter().flat_map(|(split, count)| (0..count).map(move |index| (split, index)))
    }
}
