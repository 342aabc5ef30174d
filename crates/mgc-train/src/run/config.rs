//! The settings of a run.

use crate::metrics::class_weights::ClassWeights;
use crate::optim::early_stopping::EarlyStoppingConfig;
use crate::optim::plateau::PlateauConfig;
use serde::{Deserialize, Serialize};

/// Settings of a training run. The defaults are those of the BBNN paper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// The largest number of epochs. Default 100.
    pub epochs: usize,
    /// Examples per step, at least 1; the last batch of an epoch may be smaller. Default 8.
    pub batch_size: usize,
    /// The seed of the order in which each epoch visits the examples. Default 1.
    pub seed: u64,
    /// The share of the training target that is spread evenly over all classes, in [0, 1); see
    /// [`smoothed_cross_entropy`](crate::smoothed_cross_entropy). Validation uses the plain loss. Default 0.
    pub label_smoothing: f64,
    /// How much the training examples of each class count. The training loss of an epoch is the weighted one
    /// ([`weighted_cross_entropy`](crate::weighted_cross_entropy)), as in Keras; validation uses the plain loss.
    /// Default: alike.
    #[serde(skip_serializing_if = "ClassWeights::is_none")]
    pub class_weights: ClassWeights,
    /// The rule that cuts the learning rate, if any. Default: that of the paper.
    pub plateau: Option<PlateauConfig>,
    /// The rule that ends the run early, if any. Default: that of the paper.
    pub early_stopping: Option<EarlyStoppingConfig>,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch_size: 8,
            seed: 1,
            label_smoothing: 0.0,
            class_weights: ClassWeights::None,
            plateau: Some(PlateauConfig::default()),
            early_stopping: Some(EarlyStoppingConfig::default()),
        }
    }
}
