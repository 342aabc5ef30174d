//! The settings of a run.

use crate::optim::early_stopping::EarlyStoppingConfig;
use crate::optim::plateau::PlateauConfig;
use serde::{Deserialize, Serialize};

/// Settings of a training run; the default is the paper's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Most epochs to run. Default 100.
    pub epochs: usize,
    /// Examples per step, at least 1; the last batch of an epoch may be smaller. Default 8.
    pub batch_size: usize,
    /// Seed of the order in which each epoch visits the examples. Default 1.
    pub seed: u64,
    /// Share of the training target spread evenly over all classes, 0 to below 1
    /// ([`smoothed_cross_entropy`](crate::smoothed_cross_entropy)); validation uses the plain loss. Default 0.
    pub label_smoothing: f64,
    /// Rule that lowers the learning rate on the training loss. Default: the paper's.
    pub plateau: Option<PlateauConfig>,
    /// Rule that ends the run on the training loss. Default: the paper's.
    pub early_stopping: Option<EarlyStoppingConfig>,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch_size: 8,
            seed: 1,
            label_smoothing: 0.0,
            plateau: Some(PlateauConfig::default()),
            early_stopping: Some(EarlyStoppingConfig::default()),
        }
    }
}
