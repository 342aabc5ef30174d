//! The state of a run between two epochs.

use crate::error::Result;
use crate::optim::early_stopping::EarlyStopping;
use crate::optim::plateau::ReduceLrOnPlateau;
use crate::run::config::TrainConfig;
use crate::run::history::{Epoch, History};
use std::cmp::Ordering;

/// What a run knows between epochs: a function of the epochs so far.
pub(crate) struct Run {
    pub(crate) history: History,
    pub(crate) stopped: bool,
    plateau: Option<ReduceLrOnPlateau>,
    early_stopping: Option<EarlyStopping>,
}

impl Run {
    pub(crate) fn new(config: &TrainConfig) -> Result<Self> {
        Ok(Self {
            history: History::default(),
            stopped: false,
            plateau: config.plateau.map(ReduceLrOnPlateau::new).transpose()?,
            early_stopping: config.early_stopping.map(EarlyStopping::new).transpose()?,
        })
    }

    /// Takes an epoch into the account, settles whether it is the best so far, and returns the next
    /// epoch's learning rate.
    pub(crate) fn push(&mut self, mut epoch: Epoch) -> f64 {
        epoch.best = self.history.best_epoch().is_none_or(|best| is_better(&epoch, best));
        if epoch.best {
            self.history.best = Some(self.history.epochs.len());
        }
        self.history.epochs.push(epoch);
        let Epoch { lr, train, .. } = epoch;
        self.stopped = self.early_stopping.as_mut().is_some_and(|rule| rule.observe(train.loss));
        self.plateau.as_mut().map_or(lr, |rule| rule.observe(train.loss, lr))
    }
}

fn is_better(new: &Epoch, best: &Epoch) -> bool {
    let order = match (new.valid, best.valid) {
        (Some(new), Some(best)) => new.accuracy.partial_cmp(&best.accuracy),
        _ => best.train.loss.partial_cmp(&new.train.loss),
    };
    order == Some(Ordering::Greater)
}
