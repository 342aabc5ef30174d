//! Going over cells, several at a time.

use crate::error::{Error, GridError};
use crate::grid::cell::Cell;
use crate::grid::observer::GridObserver;
use crate::grid::prepared::Prepared;
use crate::grid::results::Failure;
use crate::grid::run::GridRun;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// A number and the cell that has it.
pub(super) type Numbered<'c> = (usize, &'c Cell);

/// What the threads of a run share.
pub(super) struct Pass<'p> {
    pub(super) run: &'p GridRun<'p>,
    pub(super) prepared: &'p Prepared<'p>,
    pub(super) observer: &'p dyn GridObserver,
    pub(super) of: usize,
    pub(super) failures: Mutex<Vec<Failure>>,
}

impl Pass<'_> {
    /// Goes over some cells, several at a time. Returns those that other processes train, in order, unless it
    /// is to wait for them.
    pub(super) fn over<'c>(&self, cells: &[Numbered<'c>], wait: bool) -> Vec<Numbered<'c>> {
        let (next, busy) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while !self.run.stop.load(Relaxed) {
                let Some(&(number, cell)) = cells.get(next.fetch_add(1, Relaxed)) else { return };
                if !self.cell(number, cell, wait) {
                    busy.lock().unwrap_or_else(PoisonError::into_inner).push((number, cell));
                }
            }
        };
        let threads = self.run.jobs.min(cells.len());
        std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        let mut busy = busy.into_inner().unwrap_or_else(PoisonError::into_inner);
        busy.sort_by_key(|(number, _)| *number);
        busy
    }

    /// Settles a cell, by a result or by a failure; `false` if another process trains it.
    fn cell(&self, number: usize, cell: &Cell, wait: bool) -> bool {
        self.observer.on_start(cell, number, self.of);
        match self.run.cell(cell, self.prepared, self.observer, wait) {
            Ok(settled) => settled,
            Err(Error::Grid(stopped)) if matches!(*stopped, GridError::Stopped) => true,
            Err(error) => {
                let reason = without_backtrace(&error.to_string()).to_owned();
                self.observer.on_failure(cell, &reason);
                let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.push(Failure { cell: cell.clone(), reason });
                true
            }
        }
    }
}

/// Cuts off the backtrace that candle adds to its errors where `RUST_BACKTRACE` asks for it: a reason is a sentence
/// in tables, and the same on every machine.
fn without_backtrace(error: &str) -> &str {
    error.split("\n   0: ").next().unwrap_or(error).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_no_backtrace() {
        let error = candle::Error::Msg("learning rate NaN".into()).bt().to_string();
        assert_eq!(without_backtrace(&error), "learning rate NaN");
        let traced = "learning rate NaN\n   0: candle_core::error::Error::bt\n   1: main\n";
        assert_eq!(without_backtrace(traced), "learning rate NaN");
        assert_eq!(without_backtrace("two\nlines"), "two\nlines");
    }
}
