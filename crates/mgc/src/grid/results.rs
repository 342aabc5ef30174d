//! The results of a grid, and the files that hold them.

use crate::error::{Error, Result};
use crate::grid::cell::Cell;
use crate::grid::result::CellResult;
use crate::grid::table::{self, Row};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The results of a grid, in the order of its cells.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct GridResults {
    /// The grid's heading.
    pub title: String,
    /// The finished cells.
    pub cells: Vec<CellResult>,
    /// The cells that failed in this call, or whose result cannot be read.
    pub failures: Vec<Failure>,
    /// The cells without a result: of other shards, or not trained yet.
    pub missing: Vec<Cell>,
    /// All cells, in the order of the grid; empty where the results did not come from one.
    pub(super) order: Vec<Cell>,
}

/// A cell that could not be trained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// The cell.
    pub cell: Cell,
    /// The reason, one sentence.
    pub reason: String,
}

impl GridResults {
    /// The file with a row for each cell.
    pub const CELLS: &'static str = "cells.csv";
    /// The file with a row for each dataset, protocol, recipe and network.
    pub const TABLE: &'static str = "table.csv";

    /// Returns a row for each dataset, protocol, recipe and network, in the order of the grid.
    ///
    /// # Errors
    /// When a result has a genre that is not among its labels: its file was changed.
    pub fn rows(&self) -> Result<Vec<Row>> {
        table::rows(self)
    }

    /// Writes [`CELLS`](Self::CELLS) and [`TABLE`](Self::TABLE) into a folder.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be written; as [`rows`](Self::rows).
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        write_csv(&folder.join(Self::CELLS), &self.cell_table()?)?;
        write_csv(&folder.join(Self::TABLE), &table::text(&self.rows()?))
    }

    fn cell_table(&self) -> Result<Vec<Vec<String>>> {
        const HEADER: &str = "dataset,variant,recipe,protocol,run,of,seed,side,tracks,accuracy,macro_f1,epochs,\
                              best_epoch,train_tracks,crossing_groups,key,failure";
        let mut table = vec![HEADER.split(',').map(String::from).collect::<Vec<_>>()];
        for result in &self.cells {
            let confusion = result.confusion()?;
            let mut row = names(&result.cell);
            row.extend([result.side.clone(), confusion.total().to_string()]);
            row.extend([confusion.accuracy(), confusion.macro_f1()].map(|value| format!("{value:.6}")));
            let counts = [result.epochs.len(), result.best, result.tracks[0], result.crossing_groups];
            row.extend(counts.map(|count| count.to_string()));
            row.extend([result.key.clone(), String::new()]);
            table.push(row);
        }
        for failure in &self.failures {
            let mut row = names(&failure.cell);
            row.resize(16, String::new());
            row.push(failure.reason.clone());
            table.push(row);
        }
        Ok(table)
    }
}

pub(super) fn names(cell: &Cell) -> Vec<String> {
    let Cell { dataset, variant, recipe, protocol, run, of, seed } = cell;
    let texts = [dataset.clone(), variant.to_string(), recipe.clone(), protocol.to_string()];
    let numbers = [(run + 1).to_string(), of.to_string(), seed.to_string()];
    texts.into_iter().chain(numbers).collect()
}

pub(super) fn write_csv(path: &Path, rows: &[Vec<String>]) -> Result<()> {
    let written = mgc_files::replace(path, |file| {
        let mut table = csv::Writer::from_writer(file);
        rows.iter().try_for_each(|row| table.write_record(row))?;
        table.flush()
    });
    written.map_err(|source| Error::Io { path: path.into(), source })
}
