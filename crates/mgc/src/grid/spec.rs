//! What a grid holds.

use crate::error::{GridError, Result};
use crate::grid::cell::Cell;
use crate::recipe::Recipe;
use mgc_datasets::{Dataset, GroupList, Protocol, Synthetic, SyntheticConfig, open, with_tracks_per_genre};
use mgc_nets::Variant;
use std::collections::HashSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// The most cells of a grid: more are a slip of the pen, and would fill the memory.
const MOST: usize = 1_000_000;

/// Experiments to run: every dataset with every network, recipe, protocol, run and seed.
///
/// Several seeds repeat each experiment with other initial weights on the same split; several runs repeat it
/// on other splits.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// The heading of the report.
    pub title: String,
    /// The datasets, each under another name.
    pub datasets: Vec<GridDataset>,
    /// The networks.
    pub variants: Vec<Variant>,
    /// The recipes, each under another name.
    pub recipes: Vec<NamedRecipe>,
    /// How tracks are divided.
    pub protocols: Vec<Protocol>,
    /// The number of folds, or of random splits; a dataset's own split is a single one.
    pub runs: usize,
    /// The seeds of the initial weights and of the order of the examples.
    pub seeds: Vec<u64>,
    /// The seed of the splits.
    pub split_seed: u64,
}

/// A dataset of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct GridDataset {
    /// Its name in the tables and in the names of folders: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The kind, a name that [`datasets::open`](crate::datasets::open) knows.
    pub kind: String,
    /// The folder or file with the data.
    pub root: PathBuf,
    /// A csv file of groups, read by [`GroupList`](crate::datasets::GroupList).
    pub groups: Option<PathBuf>,
    /// The name of the front end: of audio, `bbnn` if none is given; of arrays, how they were made.
    pub front_end: Option<String>,
    /// Seconds from one chunk of a track to the next, if every track is cut into chunks of the front end's length
    /// ([`Experiment::with_chunks`](crate::experiment::Experiment::with_chunks)); otherwise the networks hear the
    /// first chunk alone.
    pub chunk_hop: Option<f64>,
    /// At most so many tracks of each genre, evenly spread, for quick tries; all if none is given.
    pub tracks_per_genre: Option<NonZeroUsize>,
}

impl GridDataset {
    /// Opens the dataset with its groups, all or a part of it.
    pub(super) fn open(&self) -> Result<Box<dyn Dataset>> {
        self.of(open(&self.kind, &self.root)?)
    }

    /// Opens the dataset and writes nothing: of invented music that is not there yet, says what will be.
    pub(super) fn describe(&self) -> Result<Box<dyn Dataset>> {
        let is_absent = || fs::read_dir(&self.root).map_or(true, |mut entries| entries.next().is_none());
        match self.kind == Synthetic::INFO.name {
            true if is_absent() => {
                self.of(Box::new(Synthetic::planned(&self.root, &SyntheticConfig::default())?))
            }
            true => self.of(Box::new(Synthetic::existing(&self.root)?)),
            false => self.open(),
        }
    }

    fn of(&self, mut dataset: Box<dyn Dataset>) -> Result<Box<dyn Dataset>> {
        if let Some(list) = &self.groups {
            dataset = GroupList::read(list)?.wrap(dataset)?;
        }
        Ok(match self.tracks_per_genre {
            Some(most) => with_tracks_per_genre(dataset, most),
            None => dataset,
        })
    }
}

/// A recipe under the name that it has in a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedRecipe {
    /// The name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The settings; the seed is that of the cell.
    pub recipe: Recipe,
}

impl Grid {
    /// Returns every experiment, in the order of the lists; the runs and seeds of one line of the table follow
    /// each other.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for dataset in &self.datasets {
            for protocol in &self.protocols {
                for recipe in &self.recipes {
                    for &variant in &self.variants {
                        cells.extend(self.line(&dataset.name, variant, &recipe.name, *protocol));
                    }
                }
            }
        }
        cells
    }

    fn line(&self, dataset: &str, variant: Variant, recipe: &str, protocol: Protocol) -> Vec<Cell> {
        let of = protocol.runs(self.runs);
        let cell = |run, seed| Cell {
            dataset: dataset.into(),
            variant,
            recipe: recipe.into(),
            protocol,
            run,
            of,
            seed,
        };
        (0..of).flat_map(|run| self.seeds.iter().map(move |&seed| cell(run, seed))).collect()
    }

    /// Checks that every list has something in it, that the cells can be listed, and that names are fit for folders
    /// and differ.
    pub(super) fn check(&self) -> Result<()> {
        let lengths = [
            ("dataset", self.datasets.len()),
            ("variants", self.variants.len()),
            ("recipes", self.recipes.len()),
            ("protocols", self.protocols.len()),
            ("seeds", self.seeds.len()),
            ("runs", self.runs),
        ];
        if let Some((list, _)) = lengths.into_iter().find(|(_, length)| *length == 0) {
            return Err(GridError::Empty { list }.into());
        }
        let cells = lengths.iter().try_fold(1, |product: usize, (_, length)| product.checked_mul(*length));
        if cells.is_none_or(|cells| cells > MOST) {
            return Err(GridError::TooMany { most: MOST }.into());
        }
        check_names("dataset", self.datasets.iter().map(|dataset| dataset.name.clone()))?;
        check_names("recipe", self.recipes.iter().map(|recipe| recipe.name.clone()))?;
        check_names("variant", self.variants.iter().map(Variant::to_string))?;
        check_names("protocol", self.protocols.iter().map(Protocol::to_string))?;
        check_names("seed", self.seeds.iter().map(u64::to_string))
    }
}

fn check_names(kind: &'static str, names: impl Iterator<Item = String>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(GridError::Name { kind, name }.into());
        }
        if !seen.insert(name.clone()) {
            return Err(GridError::Twice { kind, name }.into());
        }
    }
    Ok(())
}
