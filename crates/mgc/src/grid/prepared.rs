//! The datasets of a grid, opened, with all features; and what a cell means on them.

use crate::error::Result;
use crate::experiment::{Experiment, SplitChoice};
use crate::grid::cell::Cell;
use crate::grid::key::key;
use crate::grid::music::Music;
use crate::grid::observer::GridObserver;
use crate::grid::spec::Grid;
use crate::recipe::Recipe;
use mgc_datasets::FeatureStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A grid whose datasets are open and whose features are computed.
pub(super) struct Prepared<'g> {
    grid: &'g Grid,
    out: &'g Path,
    /// In the order of the grid's datasets, each with its features and their digest.
    music: Vec<(Music, Arc<FeatureStore>, String)>,
}

/// A cell with all it needs.
pub(super) struct Planned<'p> {
    pub(super) experiment: Experiment<'p>,
    pub(super) key: String,
    pub(super) folder: PathBuf,
}

impl<'g> Prepared<'g> {
    pub(super) fn new(grid: &'g Grid, out: &'g Path, observer: &dyn GridObserver) -> Result<Self> {
        let mut music = Vec::new();
        for spec in &grid.datasets {
            let opened = Music::open(spec, out)?;
            let features = opened.prepare(&spec.name, observer)?;
            let digest = features.digest();
            music.push((opened, features, digest));
        }
        Ok(Self { grid, out, music })
    }

    /// Describes a cell of this grid; `None` if it is of another.
    pub(super) fn plan(&self, cell: &Cell) -> Result<Option<Planned<'_>>> {
        let dataset = self.grid.datasets.iter().position(|dataset| dataset.name == cell.dataset);
        let recipe = self.grid.recipes.iter().find(|recipe| recipe.name == cell.recipe);
        let (Some(dataset), Some(recipe)) = (dataset, recipe) else { return Ok(None) };
        let (music, features, digest) = &self.music[dataset];
        let split = SplitChoice::Protocol {
            protocol: cell.protocol,
            runs: cell.of,
            index: cell.run,
            seed: self.grid.split_seed,
        };
        let experiment = music.experiment(cell.variant, split, features.clone());
        let experiment = experiment.with_recipe(seeded(recipe.recipe, cell.seed));
        let key = key(&experiment, digest)?;
        let folder = cell.folder(self.out, &key);
        Ok(Some(Planned { experiment, key, folder }))
    }
}

fn seeded(mut recipe: Recipe, seed: u64) -> Recipe {
    recipe.train.seed = seed;
    recipe
}
