//! The datasets of a grid, opened, with all features; and what a cell means on them.

use crate::error::Result;
use crate::experiment::{Experiment, SplitChoice};
use crate::grid::cell::Cell;
use crate::grid::groups::renew;
use crate::grid::key::key;
use crate::grid::music::Music;
use crate::grid::observer::GridObserver;
use crate::grid::result::CellResult;
use crate::grid::spec::Grid;
use crate::recipe::Recipe;
use mgc_datasets::{FeatureStore, Split, Track};
use std::collections::HashSet;
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
        grid.check()?;
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
        let recipe = self.grid.recipes.iter().find(|recipe| recipe.name == cell.recipe);
        let (Some((music, features, digest)), Some(recipe)) = (self.music(cell), recipe) else {
            return Ok(None);
        };
        let experiment = music.experiment(cell.variant, self.split(cell), features.clone());
        let experiment = experiment.with_recipe(seeded(recipe.recipe, cell.seed));
        let key = key(&experiment, digest)?;
        let folder = cell.folder(self.out, &key);
        Ok(Some(Planned { experiment, key, folder }))
    }

    /// Reads the result of a cell, with the groups that its tracks have now; `None` where there is none.
    pub(super) fn result(&self, cell: &Cell) -> Result<Option<CellResult>> {
        let (Some(planned), Some((music, features, _))) = (self.plan(cell)?, self.music(cell)) else {
            return Ok(None);
        };
        let Some(mut result) = CellResult::read(&planned.folder, cell, &planned.key)? else {
            return Ok(None);
        };
        let (tracks, split) = (music.dataset.tracks(), self.split(cell).divide(music.dataset.tracks())?.0);
        let skipped: HashSet<&str> = features.skipped().iter().map(|skipped| skipped.id.as_str()).collect();
        let used = |track: &&Track| track.genre.is_some() && !skipped.contains(track.id.as_str());
        let side = |side| split.side(side).iter().map(|&index| &tracks[index]).filter(used).collect();
        renew(&mut result, &Split::ALL.map(side));
        Ok(Some(result))
    }

    fn music(&self, cell: &Cell) -> Option<&(Music, Arc<FeatureStore>, String)> {
        let datasets = self.grid.datasets.iter().zip(&self.music);
        datasets.filter(|(dataset, _)| dataset.name == cell.dataset).map(|(_, music)| music).next()
    }

    fn split(&self, cell: &Cell) -> SplitChoice {
        let (protocol, runs, index) = (cell.protocol, cell.of, cell.run);
        SplitChoice::Protocol { protocol, runs, index, seed: self.grid.split_seed }
    }
}

fn seeded(mut recipe: Recipe, seed: u64) -> Recipe {
    recipe.train.seed = seed;
    recipe
}
