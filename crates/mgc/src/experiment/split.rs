//! Which tracks an experiment trains on.

use crate::error::{ExperimentError, Result};
use mgc_datasets::{FoldConfig, Protocol, SplitConfig, SplitIndices, Track, k_fold, official, split};

/// How an experiment divides its tracks.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum SplitChoice {
    /// As the dataset prescribes, or 80:10:10 with groups kept whole if it prescribes nothing.
    #[default]
    Standard,
    /// At random, whatever the dataset prescribes.
    Random(SplitConfig),
    /// One fold of a cross-validation: fold `index` is the test side, the next one the validation side.
    Fold {
        /// How the folds are made.
        folds: FoldConfig,
        /// Which of them is tested, from 0.
        index: usize,
    },
    /// One run of a protocol: a fold, or a random split.
    Protocol {
        /// How tracks are divided.
        protocol: Protocol,
        /// The number of folds or random splits.
        runs: usize,
        /// Which of them, from 0.
        index: usize,
        /// The seed of the splits.
        seed: u64,
    },
    /// Lists made elsewhere.
    Given(SplitIndices),
}

impl SplitChoice {
    /// Divides tracks; the text says where the sides come from.
    ///
    /// # Errors
    /// [`Error::Datasets`](crate::Error::Datasets) for fractions or folds out of range,
    /// [`ExperimentError::NoSuchFold`] for a fold that does not exist.
    pub fn divide(&self, tracks: &[Track]) -> Result<(SplitIndices, String)> {
        match self {
            Self::Standard => match official(tracks) {
                Some(sides) => Ok((sides, "the dataset's own split".into())),
                None => Ok((split(tracks, &SplitConfig::default())?, "split 80:10:10, seed 0".into())),
            },
            Self::Random(config) => Ok((split(tracks, config)?, random(config))),
            Self::Fold { folds, index } => {
                let sides = k_fold(tracks, folds)?.into_iter().nth(*index);
                let sides = sides.ok_or(ExperimentError::NoSuchFold { index: *index, folds: folds.folds })?;
                Ok((sides, format!("fold {} of {}, seed {}", index + 1, folds.folds, folds.seed)))
            }
            Self::Protocol { protocol, runs, index, seed } => {
                let sides = protocol.splits(tracks, *runs, *seed)?.into_iter().nth(*index);
                let sides = sides.ok_or(ExperimentError::NoSuchFold { index: *index, folds: *runs })?;
                Ok((sides, format!("{protocol} {} of {runs}, seed {seed}", index + 1)))
            }
            Self::Given(sides) => Ok((sides.clone(), "given lists".into())),
        }
    }
}

/// `split 80:10:10, seed 3`
fn random(config: &SplitConfig) -> String {
    let percent = |share: f64| (100.0 * share).round();
    let (train, valid) = (percent(config.train), percent(config.valid));
    let groups = if config.grouped { "" } else { ", groups ignored" };
    format!("split {train}:{valid}:{}, seed {}{groups}", 100.0 - train - valid, config.seed)
}
