//! The interface of everything that follows a run.

use crate::error::Result;
use crate::run::history::Epoch;
use std::ops::ControlFlow;
use std::time::Duration;

/// The progress of a run after an optimiser step.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The epoch, from 0.
    pub epoch: usize,
    /// The largest number of epochs; the run may stop earlier.
    pub epochs: usize,
    /// The batch within the epoch, from 0.
    pub batch: usize,
    /// Batches per epoch.
    pub batches: usize,
    /// The loss of the batch, before the step.
    pub loss: f64,
    /// The number of steps taken since `fit` was called.
    pub done: usize,
    /// The time since `fit` was called.
    pub elapsed: Duration,
}

impl Step {
    /// Estimates the time that the rest of the run takes if its speed stays the same and it does not stop
    /// early.
    ///
    /// Until the first validation is done, the time of validation is unknown and not included.
    ///
    /// # Examples
    ///
    /// See [`Callback`].
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let epochs_left = self.epochs.saturating_sub(self.epoch + 1);
        let left = self.batches.saturating_sub(self.batch + 1) + epochs_left * self.batches;
        let per_step = self.elapsed.as_secs_f64() / self.done.max(1) as f64;
        Duration::try_from_secs_f64(per_step * left as f64).unwrap_or(Duration::MAX)
    }
}

/// Code that the trainer calls during a run: a log, a checkpoint, a progress bar.
///
/// Any closure `FnMut(&Epoch) -> Result<ControlFlow<()>>` is a callback. Wrap errors of other crates in
/// [`Error::Callback`](crate::Error::Callback).
///
/// # Examples
///
/// A progress line, and a limit on the time of a run:
///
/// ```
/// use mgc_train::{Callback, Epoch, Result, Step};
/// use std::ops::ControlFlow;
/// use std::time::Duration;
///
/// struct Progress {
///     limit: Duration,
///     total: Duration,
/// }
///
/// impl Callback for Progress {
///     fn on_step(&mut self, step: &Step) -> Result<()> {
///         eprint!("\repoch {}, batch {} of {}, ", step.epoch + 1, step.batch + 1, step.batches);
///         eprint!("{:.0} s left", step.remaining().as_secs_f64());
///         Ok(())
///     }
///
///     fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
///         self.total += epoch.elapsed;
///         Ok(if self.total > self.limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
///     }
/// }
/// # use mgc_train::Metrics;
/// # let mut progress = Progress { limit: Duration::from_secs(1), total: Duration::ZERO };
/// # let mut epoch = Epoch::new(0, 0.01, Metrics { loss: 1.0, accuracy: 0.5 }, None);
/// # assert!(progress.on_epoch(&epoch)?.is_continue());
/// # epoch.elapsed = Duration::from_secs(2);
/// # assert!(progress.on_epoch(&epoch)?.is_break());
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub trait Callback {
    /// Called before the first step. `done` holds the epochs completed before the run was resumed.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        let _ = done;
        Ok(())
    }

    /// Called after every optimiser step.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn on_step(&mut self, step: &Step) -> Result<()> {
        let _ = step;
        Ok(())
    }

    /// Called after every epoch and its validation. `Break` ends the run after this epoch.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        let _ = epoch;
        Ok(ControlFlow::Continue(()))
    }
}

impl<F: FnMut(&Epoch) -> Result<ControlFlow<()>>> Callback for F {
    fn on_epoch(&mut self, epoch: &Epoch) -> Result<ControlFlow<()>> {
        self(epoch)
    }
}
