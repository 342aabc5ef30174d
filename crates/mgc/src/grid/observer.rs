//! Following a grid while it runs.

use crate::experiment::Warning;
use crate::grid::cell::Cell;
use crate::grid::result::CellResult;
use mgc_train::{Epoch, Step};

/// Something that follows a grid: a terminal, a log, a test. Cells may run at the same time. Every method has
/// an empty default.
pub trait GridObserver: Sync {
    /// Called after each track of a dataset whose features are ready or that was skipped.
    fn on_features(&self, dataset: &str, done: usize, total: usize) {
        let _ = (dataset, done, total);
    }

    /// Called before a cell is trained, with its number from 0 and how many there are.
    fn on_start(&self, cell: &Cell, number: usize, of: usize) {
        let _ = (cell, number, of);
    }

    /// Called for everything that may spoil a cell's result without being an error.
    fn on_warning(&self, cell: &Cell, warning: &Warning) {
        let _ = (cell, warning);
    }

    /// Called after every training step of a cell.
    fn on_step(&self, cell: &Cell, step: &Step) {
        let _ = (cell, step);
    }

    /// Called after every epoch of a cell.
    fn on_epoch(&self, cell: &Cell, epoch: &Epoch) {
        let _ = (cell, epoch);
    }

    /// Called when a cell has its result, which `was_there` already or was made now.
    fn on_result(&self, result: &CellResult, was_there: bool) {
        let _ = (result, was_there);
    }

    /// Called when a cell has failed; the others go on.
    fn on_failure(&self, cell: &Cell, reason: &str) {
        let _ = (cell, reason);
    }
}

/// An observer that ignores everything, warnings included.
impl GridObserver for () {}
