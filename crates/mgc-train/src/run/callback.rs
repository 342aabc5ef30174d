//! The interface of everything that follows a run.

use crate::error::Result;
use crate::run::history::Epoch;
use std::ops::ControlFlow;
use std::time::Duration;

/// Where a run stands after an optimiser step.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The epoch, from 0.
    pub epoch: usize,
    /// Most epochs of the run; it may stop earlier.
    pub epochs: usize,
    /// The batch within the epoch, from 0.
    pub batch: usize,
    /// Batches per epoch.
    pub batches: usize,
    /// The batch's loss, before the step.
    pub loss: f64,
    /// Steps taken since `fit` was called.
    pub done: usize,
    /// Time since `fit` was called.
    pub elapsed: Duration,
}

impl Step {
    /// Time that the rest would take, if it goes on as it has gone so far and never stops early.
    ///
    /// Before the first validation pass its time is not yet known and is left out.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let epochs_left = self.epochs.saturating_sub(self.epoch + 1);
        let left = self.batches.saturating_sub(self.batch + 1) + epochs_left * self.batches;
        let per_step = self.elapsed.as_secs_f64() / self.done.max(1) as f64;
        Duration::try_from_secs_f64(per_step * left as f64).unwrap_or(Duration::MAX)
    }
}

/// Something that follows a run: a log, a checkpoint, a progress bar.
///
/// Any closure `FnMut(&Epoch) -> Result<ControlFlow<()>>` is a callback. Wrap foreign errors in
/// [`Error::Callback`](crate::Error::Callback).
pub trait Callback {
    /// Before the first step; `done` are the epochs of an earlier, interrupted run that goes on.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn on_start(&mut self, done: &[Epoch]) -> Result<()> {
        let _ = done;
        Ok(())
    }

    /// After every optimiser step.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn on_step(&mut self, step: &Step) -> Result<()> {
        let _ = step;
        Ok(())
    }

    /// After every epoch, with its validation; `Break` ends the run after this epoch.
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
