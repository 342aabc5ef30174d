//! The lines of a table: all runs and seeds of one network under one protocol.

use crate::error::Result;
use crate::grid::cell::Cell;
use crate::grid::result::CellResult;
use crate::grid::results::GridResults;
use mgc_datasets::Protocol;
use mgc_nets::Variant;
use mgc_train::{CONFIDENCE_LEVEL, Summary};
use std::collections::BTreeMap;

/// All results of one network, trained by one recipe on one dataset under one protocol.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The dataset's name in the grid.
    pub dataset: String,
    /// How the tracks were divided.
    pub protocol: Protocol,
    /// The recipe's name in the grid.
    pub recipe: String,
    /// The network.
    pub variant: Variant,
    /// Results.
    pub done: usize,
    /// Cells that failed in the last call.
    pub failed: usize,
    /// Cells without a result.
    pub missing: usize,
    /// Test accuracy of each result, in the order of the cells.
    pub accuracies: Vec<f64>,
    /// The split of each result: the number of its run.
    pub runs: Vec<usize>,
    /// The mean of the macro-F1 over the results; `None` without a result.
    pub macro_f1: Option<f64>,
    /// Tracks that were answered right, and tracks that were tested, over all results.
    pub right: (usize, usize),
    /// Test tracks for each training track, which the interval needs: splits share their training tracks.
    pub test_to_train: f64,
}

impl Row {
    /// Returns mean, standard deviation, least and greatest accuracy over the splits, each of which counts with
    /// the mean of its seeds; `None` for fewer than two splits.
    #[must_use]
    pub fn summary(&self) -> Option<Summary> {
        Summary::new(&self.splits()).ok()
    }

    /// Returns the accuracy on each split, the mean of its seeds.
    fn splits(&self) -> Vec<f64> {
        let mut splits: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for (run, accuracy) in self.runs.iter().zip(&self.accuracies) {
            let (sum, count) = splits.entry(*run).or_default();
            (*sum, *count) = (*sum + accuracy, *count + 1.0);
        }
        splits.values().map(|(sum, count)| sum / count).collect()
    }

    /// Returns the mean accuracy; `None` without a result.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        let count = self.accuracies.len();
        (count > 0).then(|| self.accuracies.iter().sum::<f64>() / count as f64)
    }

    /// Returns the 95 % interval of the mean accuracy, wide enough for splits that share tracks (Nadeau and
    /// Bengio 2003), cut to 0..1; `None` for fewer than two splits.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        let interval = self.summary()?.corrected_interval(CONFIDENCE_LEVEL, self.test_to_train).ok()?;
        Some((interval.0.max(0.0), interval.1.min(1.0)))
    }

    /// Returns the greatest accuracy of all results. It grows with their number and says nothing about the
    /// next song: name it as the best of so many.
    #[must_use]
    pub fn best(&self) -> Option<f64> {
        self.accuracies.iter().copied().reduce(f64::max)
    }

    fn of(cell: &Cell) -> Self {
        Self {
            dataset: cell.dataset.clone(),
            protocol: cell.protocol,
            recipe: cell.recipe.clone(),
            variant: cell.variant,
            done: 0,
            failed: 0,
            missing: 0,
            accuracies: Vec::new(),
            runs: Vec::new(),
            macro_f1: None,
            right: (0, 0),
            test_to_train: 0.0,
        }
    }

    fn is_of(&self, cell: &Cell) -> bool {
        self.dataset == cell.dataset
            && self.protocol == cell.protocol
            && self.recipe == cell.recipe
            && self.variant == cell.variant
    }

    fn add(&mut self, result: &CellResult) -> Result<()> {
        let confusion = result.confusion()?;
        let done = self.done as f64;
        self.macro_f1 = Some((self.macro_f1.unwrap_or(0.0) * done + confusion.macro_f1()) / (done + 1.0));
        self.done += 1;
        self.accuracies.push(confusion.accuracy());
        self.runs.push(result.cell.run);
        self.right = (self.right.0 + confusion.correct(), self.right.1 + confusion.total());
        let [train, _, test, _] = result.tracks;
        self.test_to_train = self.test_to_train.max(test as f64 / train.max(1) as f64);
        Ok(())
    }
}

pub(super) fn rows(results: &GridResults) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for cell in &results.order {
        row(&mut rows, cell);
    }
    for result in &results.cells {
        row(&mut rows, &result.cell).add(result)?;
    }
    for failure in &results.failures {
        row(&mut rows, &failure.cell).failed += 1;
    }
    for cell in &results.missing {
        row(&mut rows, cell).missing += 1;
    }
    Ok(rows)
}

/// Returns the row of a cell, which is added if it is not there.
fn row<'r>(rows: &'r mut Vec<Row>, cell: &Cell) -> &'r mut Row {
    let place = rows.iter().position(|row| row.is_of(cell)).unwrap_or_else(|| {
        rows.push(Row::of(cell));
        rows.len() - 1
    });
    &mut rows[place]
}

/// The table as text, with a header.
pub(super) fn text(rows: &[Row]) -> Vec<Vec<String>> {
    const HEADER: &str = "dataset,protocol,recipe,variant,done,failed,missing,mean_accuracy,sd,interval_low,\
                          interval_high,best_of_n,macro_f1,right,tested";
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.6}"));
    let line = |row: &Row| {
        let interval = row.interval();
        let names =
            [row.dataset.clone(), row.protocol.to_string(), row.recipe.clone(), row.variant.to_string()];
        let counts = [row.done, row.failed, row.missing].map(|count| count.to_string());
        let numbers = [
            row.mean(),
            row.summary().map(|summary| summary.std),
            interval.map(|interval| interval.0),
            interval.map(|interval| interval.1),
            row.best(),
            row.macro_f1,
        ];
        let right = [row.right.0, row.right.1].map(|count| count.to_string());
        names.into_iter().chain(counts).chain(numbers.map(number)).chain(right).collect()
    };
    std::iter::once(HEADER.split(',').map(String::from).collect()).chain(rows.iter().map(line)).collect()
}
