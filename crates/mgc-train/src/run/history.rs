//! The record of a run, epoch by epoch.

use crate::metrics::evaluate::Metrics;
use std::time::Duration;

/// One pass over the training examples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Number of the epoch, from 0.
    pub index: usize,
    /// The learning rate that was used in it.
    pub lr: f64,
    /// Mean over the examples of the passes that trained, while the weights changed.
    pub train: Metrics,
    /// After the epoch, in evaluation mode; none without validation examples.
    pub valid: Option<Metrics>,
    /// Whether it is the best so far: the highest validation accuracy, or without validation
    /// examples the lowest training loss. An equal epoch does not replace an earlier one.
    pub best: bool,
    /// Time that training and validation took.
    pub elapsed: Duration,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// The epochs in order.
    pub epochs: Vec<Epoch>,
    /// Index of the best epoch; none when no epoch ran.
    pub best: Option<usize>,
}

impl History {
    /// The best epoch.
    #[must_use]
    pub fn best_epoch(&self) -> Option<&Epoch> {
        self.best.and_then(|index| self.epochs.get(index))
    }
}
