//! The record of a run, epoch by epoch.

use crate::metrics::evaluate::Metrics;
use crate::run::selection::Selection;
use std::cmp::Ordering;
use std::time::Duration;

/// One pass over the training examples.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// The number of the epoch, from 0.
    pub index: usize,
    /// The learning rate that was used in it; with a schedule, that of its first step.
    pub lr: f64,
    /// Loss and accuracy of the training batches, each before its step, so while the weights changed.
    pub train: Metrics,
    /// Loss and accuracy on the validation examples after the epoch, or on the recordings whose
    /// [chunks](crate::Examples::recordings) they are; none without validation examples.
    pub valid: Option<Metrics>,
    /// Whether it is the best so far: the one with the highest validation accuracy or, without validation
    /// examples, with the lowest training loss. An equal epoch does not replace an earlier one, and one whose
    /// loss on these examples is infinite or not a number is never the best. With
    /// [`Selection::Last`](crate::Selection::Last), every other epoch is the best so far.
    pub best: bool,
    /// The time that training and validation took.
    pub elapsed: Duration,
}

impl Epoch {
    /// Creates an epoch that took no time and is not marked as the best.
    ///
    /// [`Trainer`](crate::Trainer) creates the epochs of a run. This is for tests of callbacks and for logs
    /// of other programs.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{Epoch, Metrics};
    ///
    /// let epoch = Epoch::new(0, 0.01, Metrics { loss: 2.1, accuracy: 0.2 }, None);
    /// assert_eq!((epoch.index, epoch.best), (0, false));
    /// ```
    #[must_use]
    pub fn new(index: usize, lr: f64, train: Metrics, valid: Option<Metrics>) -> Self {
        Self { index, lr, train, valid, best: false, elapsed: Duration::ZERO }
    }
}

/// The record of a run, epoch by epoch.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    /// The epochs in order.
    pub epochs: Vec<Epoch>,
    /// Index of the best epoch; none when no epoch ran, or none with a finite loss.
    pub best: Option<usize>,
    /// The rule by which an epoch is the best.
    pub selection: Selection,
}

impl History {
    /// Adds the next epoch and marks it when it is the best so far.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{Epoch, History, Metrics};
    ///
    /// let mut history = History::default();
    /// for (index, loss) in [2.0, 1.5, 1.7].into_iter().enumerate() {
    ///     history.push(Epoch::new(index, 0.01, Metrics { loss, accuracy: 0.5 }, None));
    /// }
    /// assert_eq!(history.best, Some(1));
    /// ```
    pub fn push(&mut self, mut epoch: Epoch) {
        let last = self.selection == Selection::Last;
        epoch.best = is_sound(&epoch) && self.best_epoch().is_none_or(|best| last || is_better(&epoch, best));
        if epoch.best {
            self.best = Some(self.epochs.len());
        }
        self.epochs.push(epoch);
    }

    /// Returns the best epoch; none when no epoch ran, or none with a finite loss.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{Epoch, History, Metrics};
    ///
    /// let mut history = History::default();
    /// assert_eq!(history.best_epoch(), None);
    /// history.push(Epoch::new(0, 0.01, Metrics { loss: 2.0, accuracy: 0.1 }, None));
    /// assert_eq!(history.best_epoch().map(|epoch| epoch.train.loss), Some(2.0));
    /// ```
    #[must_use]
    pub fn best_epoch(&self) -> Option<&Epoch> {
        self.best.and_then(|index| self.epochs.get(index))
    }
}

/// Whether the loss that an epoch is judged by is a finite number.
fn is_sound(epoch: &Epoch) -> bool {
    epoch.valid.unwrap_or(epoch.train).loss.is_finite()
}

fn is_better(new: &Epoch, best: &Epoch) -> bool {
    let order = match (new.valid, best.valid) {
        (Some(new), Some(best)) => new.accuracy.partial_cmp(&best.accuracy),
        _ => best.train.loss.partial_cmp(&new.train.loss),
    };
    order == Some(Ordering::Greater)
}
