//! The state of a run between two epochs.

use crate::error::Result;
use crate::optim::early_stopping::EarlyStopping;
use crate::optim::plateau::ReduceLrOnPlateau;
use crate::run::config::TrainConfig;
use crate::run::history::{Epoch, History};

/// The state of a run between two epochs, which follows from the epochs so far.
pub(crate) struct Run {
    pub(crate) history: History,
    pub(crate) stopped: bool,
    plateau: Option<ReduceLrOnPlateau>,
    early_stopping: Option<EarlyStopping>,
}

impl Run {
    pub(crate) fn new(config: &TrainConfig) -> Result<Self> {
        Ok(Self {
            history: History { selection: config.selection, ..History::default() },
            stopped: false,
            plateau: config.plateau.map(ReduceLrOnPlateau::new).transpose()?,
            early_stopping: config.early_stopping.map(EarlyStopping::new).transpose()?,
        })
    }

    /// Adds an epoch to the history, passes its loss to the rules, and returns the next learning rate.
    pub(crate) fn push(&mut self, epoch: Epoch) -> f64 {
        self.history.push(epoch);
        let Epoch { lr, train, .. } = epoch;
        self.stopped = self.early_stopping.as_mut().is_some_and(|rule| rule.observe(train.loss));
        self.plateau.as_mut().map_or(lr, |rule| rule.observe(train.loss, lr))
    }
}
