//! Everything that a report states, computed once for all its forms.

use super::context::ReportContext;
use super::dataset::{Dataset, datasets};
use super::detail::{Detail, details};
use super::leak::{Leak, leaks};
use super::line::{Line, lines};
use super::network::{Network, networks};
use super::pair::{Pair, pairs};
use super::recipe::{Recipe, recipes};
use super::test_set::{TestSet, test_sets};
use crate::error::Result;
use crate::grid::{Cell, CellResult, Failure, GridResults};
use serde::Serialize;

/// Everything that a report states.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Facts {
    pub(super) title: String,
    pub(super) quick: bool,
    pub(super) machines: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds: Option<f64>,
    pub(super) datasets: Vec<Dataset>,
    pub(super) networks: Vec<Network>,
    pub(super) recipes: Vec<Recipe>,
    pub(super) test_sets: Vec<TestSet>,
    pub(super) lines: Vec<Line>,
    pub(super) pairs: Vec<Pair>,
    pub(super) leaks: Vec<Leak>,
    pub(super) details: Vec<Detail>,
    pub(super) failures: Vec<Failure>,
    pub(super) missing: Vec<Cell>,
    pub(super) cells: Vec<Origin>,
}

/// Where the result of a cell comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Origin {
    pub(super) cell: Cell,
    pub(super) accuracy: f64,
    pub(super) split: String,
    /// Tracks on the training, validation and test side, and those left out.
    pub(super) tracks: [usize; 4],
    pub(super) crossing_groups: usize,
    pub(super) epochs: usize,
    pub(super) best_epoch: usize,
    pub(super) side: String,
    pub(super) version: String,
    pub(super) key: String,
}

impl Facts {
    pub(super) fn new(results: &GridResults, context: &ReportContext) -> Result<Self> {
        let lines = lines(results, context)?;
        Ok(Self {
            title: results.title.clone(),
            quick: context.quick,
            machines: context.machines.clone(),
            seconds: context.time.map(|time| time.as_secs_f64()),
            datasets: datasets(results, context.grid.as_ref()),
            networks: networks(&lines),
            recipes: recipes(&different(&lines, |line| &line.names.recipe), context.grid.as_ref()),
            test_sets: test_sets(results, &lines),
            pairs: pairs(results, &lines)?,
            leaks: leaks(results, &lines)?,
            details: details(results, &lines)?,
            failures: results.failures.clone(),
            missing: results.missing.clone(),
            cells: results.cells.iter().map(origin).collect::<Result<_>>()?,
            lines,
        })
    }

    /// Returns the different values of a name, in their order.
    pub(super) fn different(&self, name: fn(&Line) -> &str) -> Vec<&str> {
        different(&self.lines, name)
    }

    pub(super) fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }

    /// Returns the tests that a line has a part in.
    pub(super) fn test_set(&self, line: &Line) -> Option<&TestSet> {
        let of = |set: &&TestSet| set.dataset == line.names.dataset && set.protocol == line.names.protocol;
        self.test_sets.iter().find(of)
    }

    /// Returns the network of a line, and its recipe where there are several.
    pub(super) fn label(&self, line: &Line) -> String {
        match self.recipes.len() {
            0 | 1 => line.names.network.clone(),
            _ => format!("{} ({})", line.names.network, line.names.recipe),
        }
    }

    /// Returns whether published figures stand beside the measured ones.
    pub(super) fn has_paper(&self) -> bool {
        self.lines.iter().any(|line| line.paper.is_some())
    }
}

fn different(lines: &[Line], name: fn(&Line) -> &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in lines {
        if !names.contains(&name(line)) {
            names.push(name(line));
        }
    }
    names
}

fn origin(result: &CellResult) -> Result<Origin> {
    Ok(Origin {
        cell: result.cell.clone(),
        accuracy: result.confusion()?.accuracy(),
        split: result.split.clone(),
        tracks: result.tracks,
        crossing_groups: result.crossing_groups,
        epochs: result.epochs.len(),
        best_epoch: result.best,
        side: result.side.clone(),
        version: result.version.clone(),
        key: result.key.clone(),
    })
}
