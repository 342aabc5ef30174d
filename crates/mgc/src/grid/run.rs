//! Running the cells of a grid.

use crate::error::{GridError, Result};
use crate::grid::cell::Cell;
use crate::grid::lock::CellLock;
use crate::grid::observer::GridObserver;
use crate::grid::pass::Pass;
use crate::grid::prepared::{Planned, Prepared};
use crate::grid::result::CellResult;
use crate::grid::results::{Failure, GridResults};
use crate::grid::spec::Grid;
use crate::grid::train::Training;
use mgc_datasets::Shard;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The time between two looks at a cell that another process trains.
const LOOK: Duration = Duration::from_secs(1);

/// A grid in a folder.
///
/// The features of each dataset are computed once, into `features/NAME`; each cell is a run in
/// `cells/NAMES-KEY`, where the key is a hash of everything that determines the result: the tracks, their
/// labels, sides and spectrograms, front end, network, recipe, seed and the version of this crate. So a cell is
/// trained again if one of them changes, and only then.
///
/// Several processes, also on several machines, may run one grid in one folder at the same time. A cell is
/// locked while it is trained (`cell.lock` in its folder, an advisory lock that ends with its process), so the
/// others train the next free one. Where the file system knows no such locks, give each process a
/// [shard](Self::with_shard) of its own.
#[derive(Debug)]
pub struct GridRun<'g> {
    grid: &'g Grid,
    out: PathBuf,
    pub(super) jobs: usize,
    shard: Option<Shard>,
    pub(super) stop: Arc<AtomicBool>,
    #[cfg(feature = "tensorboard")]
    tensorboard: bool,
}

impl<'g> GridRun<'g> {
    /// Runs the grid in `out`, one cell at a time.
    pub fn new(grid: &'g Grid, out: impl Into<PathBuf>) -> Self {
        Self {
            grid,
            out: out.into(),
            jobs: 1,
            shard: None,
            stop: Arc::default(),
            #[cfg(feature = "tensorboard")]
            tensorboard: false,
        }
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

    /// Writes the curves of each cell that is trained for TensorBoard, too
    /// ([`Experiment::with_tensorboard`](crate::experiment::Experiment::with_tensorboard)): `tensorboard --logdir`
    /// of this folder shows them all. No result depends on it.
    #[cfg(feature = "tensorboard")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tensorboard")))]
    #[must_use]
    pub fn with_tensorboard(self) -> Self {
        Self { tensorboard: true, ..self }
    }

    /// The grid's folder.
    pub(super) fn folder(&self) -> &Path {
        &self.out
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
    /// interrupted. A cell that fails, or whose result was damaged, is a [`Failure`] with its reason, and is tried
    /// again by the next call.
    /// A cell that another process trains is left for the end; then this call waits for it, and goes on with it
    /// if that process was killed.
    ///
    /// # Errors
    /// Those of a grid with an empty list or a name twice, of opening a dataset and of computing its features;
    /// [`GridError::Stopped`] after `stop`.
    pub fn run(&self, observer: &dyn GridObserver) -> Result<GridResults> {
        let prepared = Prepared::new(self.grid, &self.out, observer)?;
        let failures = self.train(&prepared, observer);
        if self.stop.load(Relaxed) {
            return Err(GridError::Stopped.into());
        }
        Ok(self.collect(&prepared, &failures))
    }

    /// Reads the results that are there, of all shards; trains nothing. A damaged result is a [`Failure`].
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn results(&self, observer: &dyn GridObserver) -> Result<GridResults> {
        Ok(self.collect(&Prepared::new(self.grid, &self.out, observer)?, &[]))
    }

    fn train(&self, prepared: &Prepared<'_>, observer: &dyn GridObserver) -> Vec<Failure> {
        let cells = self.cells();
        let pass = Pass { run: self, prepared, observer, of: cells.len(), failures: Mutex::default() };
        let busy = pass.over(&cells.iter().enumerate().collect::<Vec<_>>(), false);
        pass.over(&busy, true);
        pass.failures.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the result of a cell, or trains it; `false` if another process does and this one shall not wait.
    pub(super) fn cell(
        &self,
        cell: &Cell,
        prepared: &Prepared<'_>,
        observer: &dyn GridObserver,
        wait: bool,
    ) -> Result<bool> {
        let Some(Planned { experiment, key, folder }) = prepared.plan(cell)? else { return Ok(true) };
        let found = || -> Result<bool> {
            let result = CellResult::read(&folder, cell, &key)?;
            result.iter().for_each(|result| observer.on_result(result, true));
            Ok(result.is_some())
        };
        if found()? {
            return Ok(true);
        }
        let _lock = loop {
            match CellLock::try_take(&folder)? {
                Some(lock) => break lock,
                None if !wait => return Ok(false),
                None if self.stop.load(Relaxed) => return Err(GridError::Stopped.into()),
                None => std::thread::sleep(LOOK),
            }
        };
        // It may have been finished since.
        if !found()? {
            #[cfg(feature = "tensorboard")]
            let experiment = match self.tensorboard {
                true => experiment.with_tensorboard(),
                false => experiment,
            };
            let training = Training { cell, key: key.clone(), experiment, stop: &self.stop, observer };
            observer.on_result(&training.run(&folder)?, false);
        }
        Ok(true)
    }

    /// Reads all results, in the order of the grid; `failures` are those of this call.
    fn collect(&self, prepared: &Prepared<'_>, failures: &[Failure]) -> GridResults {
        let order = self.grid.cells();
        let mut results = GridResults { title: self.grid.title.clone(), ..GridResults::default() };
        for cell in &order {
            let failed = failures.iter().find(|failure| failure.cell == *cell);
            match (prepared.result(cell), failed) {
                (Ok(Some(result)), _) => results.cells.push(result),
                (_, Some(failure)) => results.failures.push(failure.clone()),
                (Ok(None), None) => results.missing.push(cell.clone()),
                (Err(error), None) => {
                    results.failures.push(Failure { cell: cell.clone(), reason: error.to_string() });
                }
            }
        }
        GridResults { order, ..results }
    }
}
