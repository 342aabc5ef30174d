//! Following an experiment while it runs.

use crate::experiment::data::Data;
use crate::experiment::warning::Warning;
use mgc_train::{Callback, Epoch, Step, TrainConfig};
use std::ops::ControlFlow;

/// Something that follows an experiment: a terminal, a log, a test. Every method has an empty default.
///
/// ```
/// use mgc::experiment::Observer;
/// use mgc::train::Epoch;
/// use std::ops::ControlFlow;
///
/// struct Losses(Vec<f64>);
///
/// impl Observer for Losses {
///     fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
///         self.0.push(epoch.train.loss);
///         ControlFlow::Continue(())
///     }
/// }
/// # let _ = Losses(Vec::new());
/// ```
pub trait Observer: Send {
    /// Called for everything that may spoil the result without being an error; a [`Warning`] can be printed.
    fn on_warning(&mut self, warning: &Warning) {
        let _ = warning;
    }

    /// Called after each track whose spectrogram is ready or was skipped.
    fn on_features(&mut self, done: usize, total: usize) {
        let _ = (done, total);
    }

    /// Called once when all spectrograms are there, before anything is written.
    fn on_data(&mut self, data: &Data<'_>) {
        let _ = data;
    }

    /// Called once before the first training step.
    fn on_start(&mut self, start: &Start) {
        let _ = start;
    }

    /// Called after every training step.
    fn on_step(&mut self, step: &Step) {
        let _ = step;
    }

    /// Called after every epoch and its validation; `Break` ends the training after this epoch.
    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        let _ = epoch;
        ControlFlow::Continue(())
    }
}

/// An observer that ignores everything, warnings included.
impl Observer for () {}

/// What a run is about to do.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Start {
    /// The network's name.
    pub network: String,
    /// Values in its variables, running statistics included.
    pub parameters: usize,
    /// Settings of the training loop.
    pub train: TrainConfig,
    /// Steps of an epoch.
    pub steps: usize,
    /// Validation tracks, where each is cut into chunks and counts once, by the mean of the probabilities over
    /// its chunks; `None` where the examples are the tracks, and without validation.
    pub valid_tracks: Option<usize>,
    /// Epochs completed before resuming.
    pub done: usize,
}

/// Passes what the trainer tells on to the observer.
pub(super) struct Follow<'o> {
    pub(super) observer: &'o mut dyn Observer,
    pub(super) start: Start,
}

impl Callback for Follow<'_> {
    fn on_start(&mut self, done: &[Epoch]) -> mgc_train::Result<()> {
        self.start.done = done.len();
        self.observer.on_start(&self.start);
        Ok(())
    }

    fn on_step(&mut self, step: &Step) -> mgc_train::Result<()> {
        self.observer.on_step(step);
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> mgc_train::Result<ControlFlow<()>> {
        Ok(self.observer.on_epoch(epoch))
    }
}
