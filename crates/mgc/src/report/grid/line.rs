//! A line of the table of results.

use super::context::ReportContext;
use crate::error::Result;
use crate::grid::{CellResult, GridResults, Row};
use mgc_nets::layer_table;
use serde::Serialize;

/// The names that all runs and seeds of one line share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Names {
    pub(super) dataset: String,
    pub(super) protocol: String,
    pub(super) recipe: String,
    pub(super) network: String,
}

/// A line of the table: one network, trained by one recipe on one dataset under one protocol.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Line {
    #[serde(flatten)]
    pub(super) names: Names,
    /// Results, failed cells and cells without a result.
    pub(super) n: usize,
    pub(super) failed: usize,
    pub(super) missing: usize,
    /// Accuracies, 0 to 1.
    pub(super) accuracies: Vec<f64>,
    pub(super) mean: Option<f64>,
    pub(super) sd: Option<f64>,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) macro_f1: Option<f64>,
    pub(super) best_of_n: Option<f64>,
    pub(super) right: usize,
    pub(super) tested: usize,
    pub(super) paper: Option<Paper>,
    pub(super) size: Option<Size>,
    /// Of all runs.
    pub(super) training_steps: usize,
    #[serde(skip)]
    pub(super) test_to_train: f64,
}

/// A published accuracy beside a measured one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Paper {
    pub(super) accuracy: f64,
    pub(super) note: String,
}

/// The size of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Size {
    pub(super) parameters: usize,
    /// Frames and bands of a spectrogram, and the multiply-adds for one.
    pub(super) shape: (usize, usize),
    pub(super) multiply_adds: Option<u64>,
}

impl Names {
    fn of(row: &Row) -> Self {
        Self {
            dataset: row.dataset.clone(),
            protocol: row.protocol.to_string(),
            recipe: row.recipe.clone(),
            network: row.variant.to_string(),
        }
    }

    /// Returns the results of the line.
    pub(super) fn cells<'r>(&self, results: &'r GridResults) -> Vec<&'r CellResult> {
        results.cells.iter().filter(|result| self.has(result)).collect()
    }

    fn has(&self, CellResult { cell, .. }: &CellResult) -> bool {
        self.dataset == cell.dataset
            && self.recipe == cell.recipe
            && self.network == cell.variant.name()
            && self.protocol == cell.protocol.to_string()
    }

    /// Returns whether two lines differ in their network alone.
    pub(super) fn beside(&self, other: &Self) -> bool {
        self.dataset == other.dataset && self.protocol == other.protocol && self.recipe == other.recipe
    }
}

pub(super) fn lines(results: &GridResults, context: &ReportContext) -> Result<Vec<Line>> {
    Ok(results.rows()?.iter().map(|row| line(row, results, context)).collect())
}

fn line(row: &Row, results: &GridResults, context: &ReportContext) -> Line {
    let names = Names::of(row);
    let cells = names.cells(results);
    let paper = context.paper.iter().find(|f| f.dataset == row.dataset && f.variant == row.variant);
    Line {
        n: row.done,
        failed: row.failed,
        missing: row.missing,
        accuracies: row.accuracies.clone(),
        mean: row.mean(),
        sd: row.summary().map(|summary| summary.std),
        interval: row.interval(),
        macro_f1: row.macro_f1,
        best_of_n: row.best(),
        right: row.right.0,
        tested: row.right.1,
        paper: paper.map(|figure| Paper { accuracy: figure.accuracy, note: figure.note.clone() }),
        size: cells.first().map(|cell| size(row, cell)),
        training_steps: cells.iter().map(|cell| cell.steps).sum(),
        test_to_train: row.test_to_train,
        names,
    }
}

fn size(row: &Row, cell: &CellResult) -> Size {
    let table = layer_table(&row.variant.config(cell.labels.len()), cell.shape);
    Size {
        parameters: cell.parameters,
        shape: cell.shape,
        multiply_adds: table.ok().map(|table| table.macs()),
    }
}
