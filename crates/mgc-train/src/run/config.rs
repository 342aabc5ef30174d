//! The settings of a run.

use crate::data::sampler::SamplerConfig;
use crate::error::{Error, Result};
use crate::metrics::class_weights::ClassWeights;
use crate::metrics::evaluate::check_batch_size;
use crate::optim::average::AverageConfig;
use crate::optim::early_stopping::EarlyStoppingConfig;
use crate::optim::plateau::PlateauConfig;
use crate::optim::warmup_cosine::WarmupCosineConfig;
use crate::run::selection::Selection;
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
    /// A learning rate for every step, from a warm-up to the end of a cosine ([`WarmupCosine`]), if any. Its peak
    /// is the optimiser's rate. It takes the place of the plateau rule, which must be off. Default none.
    ///
    /// [`WarmupCosine`]: crate::WarmupCosine
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<WarmupCosineConfig>,
    /// The average of the weights over the steps ([`WeightAverage`]), if any: the weights that are validated,
    /// kept and returned are then the averaged ones. Default none.
    ///
    /// [`WeightAverage`]: crate::WeightAverage
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<AverageConfig>,
    /// Which examples an epoch draws. Default: each once, shuffled.
    #[serde(skip_serializing_if = "SamplerConfig::is_default")]
    pub sampling: SamplerConfig,
    /// Which epoch's weights are kept. Default: those of the best.
    #[serde(skip_serializing_if = "Selection::is_best")]
    pub selection: Selection,
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
            schedule: None,
            average: None,
            sampling: SamplerConfig::default(),
            selection: Selection::Best,
        }
    }
}

impl TrainConfig {
    /// Refuses settings outside their range, and two that contradict each other.
    pub(crate) fn check(&self) -> Result<()> {
        check_batch_size(self.batch_size)?;
        check_label_smoothing(self.label_smoothing)?;
        let on = |name, expected| Err(Error::Config { name, value: "set".into(), expected });
        if self.schedule.is_some() && self.plateau.is_some() {
            return on(
                "plateau",
                "none (null) beside a schedule, which sets the learning rate of every step",
            );
        }
        if self.selection == Selection::Last && self.early_stopping.is_some() {
            return on("early_stopping", "none (null) where the last epoch is kept, whose number is fixed");
        }
        Ok(())
    }

    /// Returns whether the number of epochs determines all steps, as it does under a schedule. A run can then
    /// not be resumed with another number.
    ///
    /// ```
    /// use mgc_train::{TrainConfig, WarmupCosineConfig};
    ///
    /// let free = TrainConfig::default();
    /// let bound = TrainConfig { schedule: Some(WarmupCosineConfig::default()), plateau: None, ..free };
    /// assert_eq!((free.is_bound_to_epochs(), bound.is_bound_to_epochs()), (false, true));
    /// ```
    #[must_use]
    pub fn is_bound_to_epochs(&self) -> bool {
        self.schedule.is_some()
    }
}

fn check_label_smoothing(value: f64) -> Result<()> {
    match (0.0..1.0).contains(&value) {
        true => Ok(()),
        false => Err(Error::Config {
            name: "label_smoothing",
            value: value.to_string(),
            expected: "a number in [0, 1)",
        }),
    }
}
