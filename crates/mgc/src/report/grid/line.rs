//! A line of the table of results.

use super::context::ReportContext;
use super::rates::core_seconds;
use crate::error::Result;
use crate::grid::{CellResult, GridResults, Row, TestedTrack};
use mgc_datasets::Protocol;
use mgc_nets::layer_table;
use mgc_train::wilson_interval;
use serde::Serialize;

/// Accuracies that differ by less are the same number, summed in another order.
pub(super) const SAME: f64 = 1e-9;

/// Genres of a configuration whose kind alone is asked for.
pub(super) const CLASSES: usize = 10;

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
    /// Why there is none.
    pub(super) no_interval: Option<NoInterval>,
    /// Runs whose network gave every track the same genre.
    pub(super) one_answer_runs: usize,
    pub(super) macro_f1: Option<f64>,
    pub(super) best_of_n: Option<f64>,
    pub(super) right: usize,
    pub(super) tested: usize,
    pub(super) paper: Option<Paper>,
    pub(super) size: Option<Size>,
    /// Of all runs.
    pub(super) epochs: usize,
    pub(super) training_steps: usize,
    /// Multiply-adds of all runs; `None` for a network that does not fit its spectrograms.
    pub(super) multiply_adds: Option<f64>,
    /// What one core of a known machine takes for them, calculated.
    pub(super) core_seconds: Option<f64>,
    #[serde(skip)]
    pub(super) test_to_train: f64,
}

/// Why a line has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum NoInterval {
    /// There is a single split.
    OneSplit,
    /// In every run the network gave all tracks the same genre.
    OneAnswer,
    /// Every split came out the same, so nothing says how far another would differ.
    AllAlike,
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
    /// Frames and bands of a spectrogram, and the multiply-adds of an answer to one.
    pub(super) shape: (usize, usize),
    pub(super) multiply_adds: Option<u64>,
}

impl NoInterval {
    /// Says why in two words.
    pub(super) fn brief(self) -> &'static str {
        match self {
            Self::OneSplit => "one split",
            Self::OneAnswer => "one answer",
            Self::AllAlike => "runs alike",
        }
    }
}

impl Line {
    /// Returns the interval of the mean; without one, Wilson's (1927), which counts every tested track as
    /// independent.
    pub(super) fn likely(&self) -> (f64, f64) {
        self.interval.unwrap_or_else(|| wilson_interval(self.right, self.tested))
    }
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
    let one_answer_runs = cells.iter().filter(|cell| has_one_answer(&cell.tested)).count();
    let no_interval = no_interval(row, one_answer_runs);
    let size = cells.first().map(|cell| size(row, cell));
    let multiply_adds = size.and_then(|size| size.multiply_adds).map(|macs| work(&cells, macs));
    Line {
        n: row.done,
        failed: row.failed,
        missing: row.missing,
        accuracies: row.accuracies.clone(),
        mean: row.mean(),
        sd: row.summary().map(|summary| summary.std),
        interval: row.interval().filter(|_| no_interval.is_none()),
        no_interval,
        one_answer_runs,
        macro_f1: row.macro_f1,
        best_of_n: row.best(),
        right: row.right.0,
        tested: row.right.1,
        paper: paper(row, context),
        epochs: cells.iter().map(|cell| cell.epochs.len()).sum(),
        training_steps: cells.iter().map(|cell| cell.steps).sum(),
        multiply_adds,
        core_seconds: multiply_adds.map(|work| core_seconds(&row.variant.config(CLASSES), work)),
        size,
        test_to_train: row.test_to_train,
        names,
    }
}

/// Returns what the paper prints, where it can be compared: it drew random splits.
fn paper(row: &Row, context: &ReportContext) -> Option<Paper> {
    let found = context.paper.iter().find(|f| f.dataset == row.dataset && f.variant == row.variant);
    let figure = found.filter(|_| row.protocol == Protocol::Published)?;
    Some(Paper { accuracy: figure.accuracy, note: figure.note.clone() })
}

fn no_interval(row: &Row, one_answer_runs: usize) -> Option<NoInterval> {
    match row.summary() {
        _ if row.done == 0 => None,
        _ if one_answer_runs == row.done => Some(NoInterval::OneAnswer),
        None => Some(NoInterval::OneSplit),
        Some(summary) if summary.max - summary.min < SAME => Some(NoInterval::AllAlike),
        Some(_) => None,
    }
}

/// Returns whether several tracks of different genres were all given the same one.
fn has_one_answer(tested: &[TestedTrack]) -> bool {
    tested.windows(2).any(|pair| pair[0].genre != pair[1].genre)
        && tested.windows(2).all(|pair| pair[0].predicted() == pair[1].predicted())
}

fn size(row: &Row, cell: &CellResult) -> Size {
    let table = layer_table(&row.variant.config(cell.labels.len()), cell.shape);
    Size {
        parameters: cell.parameters,
        shape: cell.shape,
        multiply_adds: table.ok().map(|table| table.macs()),
    }
}

/// Returns the multiply-adds of all runs: training an example costs three passes, forward and two back.
fn work(cells: &[&CellResult], macs: u64) -> f64 {
    let spectrograms = |cell: &&CellResult| {
        let [train, valid, ..] = cell.tracks;
        cell.epochs.len() * (3 * train + valid) + cell.tested.len()
    };
    cells.iter().map(spectrograms).sum::<usize>() as f64 * macs as f64
}
