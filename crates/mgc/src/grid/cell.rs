//! One experiment of a grid.

use crate::grid::key::short;
use mgc_datasets::Protocol;
use mgc_nets::Variant;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// One experiment of a grid, by the names of its parts.
///
/// ```
/// use mgc::grid::Cell;
///
/// let cell = Cell {
///     dataset: "gtzan".into(), variant: "bbnn".parse()?, recipe: "paper".into(),
///     protocol: "kfold".parse()?, run: 2, of: 10, seed: 1,
/// };
/// assert_eq!(cell.to_string(), "gtzan bbnn paper kfold 3/10 seed 1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The dataset's name in the grid.
    pub dataset: String,
    /// The network.
    #[serde(with = "crate::grid::cell::by_name")]
    pub variant: Variant,
    /// The recipe's name in the grid.
    pub recipe: String,
    /// How the tracks are divided.
    #[serde(with = "crate::grid::cell::by_name")]
    pub protocol: Protocol,
    /// Which fold is tested, or which repetition this is, from 0.
    pub run: usize,
    /// The number of folds or repetitions.
    pub of: usize,
    /// The seed of the initial weights and of the order of the examples.
    pub seed: u64,
}

impl Cell {
    /// Returns the cell's folder in that of its grid.
    pub(super) fn folder(&self, out: &Path, key: &str) -> PathBuf {
        out.join("cells").join(format!("{}-{}", self.stem(), short(key)))
    }

    /// Returns the name of the cell's folder without its key: `gtzan-bbnn-paper-kfold-03-of-10-seed-1`.
    fn stem(&self) -> String {
        let Self { dataset, variant, recipe, protocol, run, of, seed } = self;
        format!("{dataset}-{variant}-{recipe}-{protocol}-{:02}-of-{of:02}-seed-{seed}", run + 1)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, variant, recipe, protocol, run, of, seed } = self;
        write!(f, "{dataset} {variant} {recipe} {protocol} {}/{of} seed {seed}", run + 1)
    }
}

/// Values that are written and read by their names.
pub(super) mod by_name {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::fmt::Display;
    use std::str::FromStr;

    pub(in crate::grid) fn serialize<S: Serializer>(value: &impl Display, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(value)
    }

    pub(in crate::grid) fn deserialize<'de, T, D>(from: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let name = String::deserialize(from)?;
        name.parse().map_err(D::Error::custom)
    }
}
