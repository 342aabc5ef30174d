//! Running the cells of a grid.

use crate::error::{Error, GridError, Result};
use crate::grid::cell::Cell;
use crate::grid::observer::GridObserver;
use crate::grid::prepared::{Planned, Prepared};
use crate::grid::result::CellResult;
use crate::grid::results::{Failure, GridResults};
use crate::grid::spec::Grid;
use crate::grid::train::Training;
use mgc_datasets::Shard;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// A grid in a folder.
///
/// The features of each dataset are computed once, into `features/NAME`; each cell is a run in
/// `cells/NAMES-KEY`, where the key is a hash of everything that determines the result: the tracks, their
/// labels, sides and spectrograms, front end, network, recipe, seed and the version of this crate. So a cell is
/// trained again if one of them changes, and only then.
#[derive(Debug)]
pub struct GridRun<'g> {
    grid: &'g Grid,
    out: PathBuf,
    jobs: usize,
    shard: Option<Shard>,
    stop: Arc<AtomicBool>,
}

impl<'g> GridRun<'g> {
    /// Runs the grid in `out`, one cell at a time.
    pub fn new(grid: &'g Grid, out: impl Into<PathBuf>) -> Self {
        Self { grid, out: out.into(), jobs: 1, shard: None, stop: Arc::default() }
    }

    /// Trains so many cells at the same time. A single cell already uses every core: more of them gain where
    /// networks or batches are small. Results do not depend on it.
    #[must_use]
    pub fn with_jobs(self, jobs: usize) -> Self {
        Self { jobs: jobs.max(1), ..self }
    }

    /// Trains one part of the cells: every `n`-th. Another process or machine trains the rest in the same
    /// folder.
    #[must_use]
    pub fn with_shard(self, shard: Shard) -> Self {
        Self { shard: Some(shard), ..self }
    }

    /// Ends the run after the present epoch when `stop` is set, for example by Ctrl-C.
    #[must_use]
    pub fn with_stop(self, stop: Arc<AtomicBool>) -> Self {
        Self { stop, ..self }
    }

    /// Returns the cells of this shard.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell> {
        let cells = self.grid.cells();
        match self.shard {
            Some(shard) => shard.pick(cells).collect(),
            None => cells,
        }
    }

    /// Trains what is not finished, and returns all results of the folder, those of other shards included.
    ///
    /// The result of every cell is the same whatever the number of threads and jobs and however often it was
    /// interrupted. A cell that fails is a [`Failure`] with its reason, and is tried again by the next call.
    ///
    /// # Errors
    /// Those of opening a dataset and computing its features; [`GridError::Stopped`] after `stop`.
    pub fn run(&self, observer: &dyn GridObserver) -> Result<GridResults> {
        let prepared = Prepared::new(self.grid, &self.out, observer)?;
        let failures = self.train(&prepared, observer);
        if self.stop.load(Relaxed) {
            return Err(GridError::Stopped.into());
        }
        self.collect(&prepared, failures)
    }

    /// Reads the results that are there, of all shards; trains nothing.
    ///
    /// # Errors
    /// Those of opening a dataset and computing its features, and [`GridError::Result`] for a damaged result.
    pub fn results(&self, observer: &dyn GridObserver) -> Result<GridResults> {
        self.collect(&Prepared::new(self.grid, &self.out, observer)?, Vec::new())
    }

    fn train(&self, prepared: &Prepared<'_>, observer: &dyn GridObserver) -> Vec<Failure> {
        let cells = self.cells();
        let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while !self.stop.load(Relaxed) {
                let number = next.fetch_add(1, Relaxed);
                let Some(cell) = cells.get(number) else { return };
                observer.on_start(cell, number, cells.len());
                match self.cell(cell, prepared, observer) {
                    Ok(()) => {}
                    Err(Error::Grid(stopped)) if matches!(*stopped, GridError::Stopped) => {}
                    Err(error) => {
                        let reason = error.to_string();
                        observer.on_failure(cell, &reason);
                        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                        failures.push(Failure { cell: cell.clone(), reason });
                    }
                }
            }
        };
        std::thread::scope(|scope| (0..self.jobs.min(cells.len())).for_each(|_| drop(scope.spawn(work))));
        failures.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the result of a cell, or trains it.
    fn cell(&self, cell: &Cell, prepared: &Prepared<'_>, observer: &dyn GridObserver) -> Result<()> {
        let Some(Planned { experiment, key, folder }) = prepared.plan(cell)? else { return Ok(()) };
        if let Some(result) = CellResult::read(&folder)? {
            observer.on_result(&result, true);
            return Ok(());
        }
        let training = Training { cell, key, experiment, stop: &self.stop, observer };
        observer.on_result(&training.run(&folder)?, false);
        Ok(())
    }

    fn collect(&self, prepared: &Prepared<'_>, failures: Vec<Failure>) -> Result<GridResults> {
        let mut results = GridResults { title: self.grid.title.clone(), failures, ..GridResults::default() };
        for cell in self.grid.cells() {
            let Some(planned) = prepared.plan(&cell)? else { continue };
            match CellResult::read(&planned.folder)? {
                Some(result) => results.cells.push(result),
                None if results.failures.iter().any(|failure| failure.cell == cell) => {}
                None => results.missing.push(cell),
            }
        }
        Ok(results)
    }
}
