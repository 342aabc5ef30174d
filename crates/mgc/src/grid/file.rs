//! Grids in TOML files.

use crate::error::{Error, GridError, Result};
use crate::grid::file_values::{Below1, Named, NotNegative, Positive};
use crate::grid::spec::{Grid, GridDataset, NamedRecipe};
use crate::recipe::Recipe;
use crate::windows::Windows;
use mgc_datasets::Protocol;
use mgc_nets::Variant;
use mgc_train::{AugmentConfig, AverageConfig, ClassWeights, SamplerConfig, Selection, WarmupCosineConfig};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

impl Grid {
    /// Reads a grid from a TOML file. Its paths are relative to the file's folder.
    ///
    /// ```toml
    /// title = "Two networks on GTZAN"        # the heading of the report
    /// variants = ["bbnn", "proposed"]
    /// recipes = ["paper", "short"]           # default: paper
    /// protocols = ["published", "grouped"]   # default: kfold
    /// runs = 10                              # folds, or random splits; default: 10
    /// seeds = [1, 2]                         # of weights and order; default: 1
    /// split_seed = 0                         # default: 0
    ///
    /// [[dataset]]
    /// kind = "gtzan"
    /// root = "music/GTZAN"
    /// name = "gtzan"                         # default: the kind
    /// groups = "artists.csv"                 # default: those of the dataset
    /// front_end = "bbnn"                     # default: bbnn for audio, none for arrays
    /// chunk_hop = 15.0                       # seconds from one chunk of a track to the next; default: its first alone
    /// tracks_per_genre = 20                  # at most, evenly spread; default: all
    ///
    /// [recipe.short]                         # changes to a known recipe
    /// base = "paper"
    /// epochs = 20                            # also: batch_size, lr, label_smoothing
    /// early_stopping = false                 # also: plateau
    /// class_weights = "balanced"             # or none: every class counts alike, or every example
    /// clip_norm = 1.0                        # longest gradient; default: any
    ///
    /// [recipe.crops]                         # what the paper does not have; each is off unless stated
    /// base = "quick"
    /// plateau = false                        # a schedule takes its place
    /// schedule = { warmup = 0.05 }           # also: final_share; see WarmupCosineConfig
    /// weight_decay = 0.02                    # AdamW in place of Adam
    /// average = { decay = 0.999 }            # of the weights; see AverageConfig
    /// sampling = { copies = 2 }              # also: group_power; see SamplerConfig
    /// keep_last = true                       # not the best epoch
    /// augment = { crop = { frames = 96 }, equaliser = { db = 6.0 } } # see AugmentConfig
    /// windows = 96                           # frames, each sharing half with the next
    /// ```
    ///
    /// # Errors
    /// [`GridError::Syntax`] with line, column and what was expected there; [`GridError::Empty`],
    /// [`GridError::TooMany`], [`GridError::Name`] and [`GridError::Twice`] for lists that make no grid; [`Error::Io`] when the file
    /// cannot be read.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|source| Error::Io { path: path.into(), source })?;
        let file: File = toml::from_str(&text).map_err(|error| GridError::Syntax {
            path: path.into(),
            message: error.to_string().trim_end().into(),
        })?;
        let grid = file.grid(path.parent().unwrap_or(Path::new("")))?;
        grid.check()?;
        Ok(grid)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "title")]
    title: String,
    variants: Vec<Named<Variant>>,
    #[serde(default = "recipes")]
    recipes: Vec<String>,
    #[serde(default = "protocols")]
    protocols: Vec<Named<Protocol>>,
    #[serde(default = "runs")]
    runs: usize,
    #[serde(default = "seeds")]
    seeds: Vec<u64>,
    #[serde(default)]
    split_seed: u64,
    dataset: Vec<DatasetTable>,
    #[serde(default)]
    recipe: BTreeMap<String, RecipeTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DatasetTable {
    kind: String,
    root: PathBuf,
    name: Option<String>,
    groups: Option<PathBuf>,
    front_end: Option<String>,
    chunk_hop: Option<Positive>,
    tracks_per_genre: Option<NonZeroUsize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecipeTable {
    base: Named<Recipe>,
    epochs: Option<usize>,
    batch_size: Option<NonZeroUsize>,
    lr: Option<Positive>,
    label_smoothing: Option<Below1>,
    class_weights: Option<Named<ClassWeights>>,
    clip_norm: Option<Positive>,
    plateau: Option<bool>,
    early_stopping: Option<bool>,
    weight_decay: Option<NotNegative>,
    schedule: Option<WarmupCosineConfig>,
    average: Option<AverageConfig>,
    sampling: Option<SamplerConfig>,
    keep_last: Option<bool>,
    augment: Option<AugmentConfig>,
    windows: Option<NonZeroUsize>,
}

fn title() -> String {
    "Experiments".into()
}

fn recipes() -> Vec<String> {
    vec!["paper".into()]
}

fn protocols() -> Vec<Named<Protocol>> {
    vec![Named(Protocol::KFold)]
}

fn runs() -> usize {
    10
}

fn seeds() -> Vec<u64> {
    vec![1]
}

impl File {
    fn grid(self, folder: &Path) -> Result<Grid> {
        let recipe = |name: String| {
            let known = self.recipe.get(&name).map(RecipeTable::recipe);
            let recipe = known.map_or_else(|| name.parse(), Ok)?;
            Ok(NamedRecipe { name, recipe })
        };
        Ok(Grid {
            title: self.title,
            datasets: self.dataset.into_iter().map(|table| table.dataset(folder)).collect(),
            variants: self.variants.into_iter().map(|named| named.0).collect(),
            recipes: self.recipes.into_iter().map(recipe).collect::<Result<_>>()?,
            protocols: self.protocols.into_iter().map(|named| named.0).collect(),
            runs: self.runs,
            seeds: self.seeds,
            split_seed: self.split_seed,
        })
    }
}

impl DatasetTable {
    fn dataset(self, folder: &Path) -> GridDataset {
        GridDataset {
            name: self.name.unwrap_or_else(|| self.kind.clone()),
            kind: self.kind,
            root: folder.join(self.root),
            groups: self.groups.map(|list| folder.join(list)),
            front_end: self.front_end,
            chunk_hop: self.chunk_hop.map(|hop| hop.0),
            tracks_per_genre: self.tracks_per_genre,
        }
    }
}

impl RecipeTable {
    fn recipe(&self) -> Recipe {
        let Named(mut recipe) = self.base;
        let train = &mut recipe.train;
        train.epochs = self.epochs.unwrap_or(train.epochs);
        train.batch_size = self.batch_size.map_or(train.batch_size, NonZeroUsize::get);
        train.label_smoothing = self.label_smoothing.map_or(train.label_smoothing, |share| share.0);
        train.class_weights = self.class_weights.map_or(train.class_weights, |named| named.0);
        let paper = Recipe::paper().train;
        train.plateau = kept(self.plateau, train.plateau, paper.plateau);
        train.early_stopping = kept(self.early_stopping, train.early_stopping, paper.early_stopping);
        recipe.adam.lr = self.lr.map_or(recipe.adam.lr, |lr| lr.0);
        recipe.adam.clip_norm = self.clip_norm.map(|norm| norm.0).or(recipe.adam.clip_norm);
        recipe.train.schedule = self.schedule.or(recipe.train.schedule);
        recipe.train.average = self.average.or(recipe.train.average);
        recipe.train.sampling = self.sampling.unwrap_or(recipe.train.sampling);
        if let Some(last) = self.keep_last {
            recipe.train.selection = if last { Selection::Last } else { Selection::Best };
        }
        recipe.weight_decay = self.weight_decay.map(|decay| decay.0).or(recipe.weight_decay);
        recipe.augment = self.augment.unwrap_or(recipe.augment);
        let windows = self.windows.map(|frames| Windows::half_overlapping(frames.get()));
        recipe.windows = windows.or(recipe.windows);
        recipe
    }
}

/// Returns a rule that is switched on (as in the paper, if the base has none), off, or left as it is.
fn kept<T>(switch: Option<bool>, base: Option<T>, paper: Option<T>) -> Option<T> {
    match switch {
        None => base,
        Some(true) => base.or(paper),
        Some(false) => None,
    }
}
