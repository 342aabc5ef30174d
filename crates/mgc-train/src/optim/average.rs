//! An average of the weights over the steps of a run.

use crate::error::{Error, Result};
use crate::optim::saved::{find, find_like};
use candle::{Device, Tensor, Var};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Settings of [`WeightAverage`], and of its use in a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AverageConfig {
    /// The share of the old average in the new one, in [0, 1), once the run is long enough. Default 0.999.
    pub decay: f64,
    /// The number of batches over which a run [re-estimates](crate::reestimate_statistics) the running
    /// statistics of batch normalisation for the averaged weights; 0 leaves those of training. Default 16.
    pub statistics_batches: usize,
}

impl Default for AverageConfig {
    fn default() -> Self {
        Self { decay: 0.999, statistics_batches: 16 }
    }
}

/// An exponential moving average of the weights (Polyak & Juditsky 1992), taken after every step.
///
/// It starts at the initial weights. After step t = 1, 2, ... the average a of the weights θ becomes
///
/// ```text
/// d = min(decay, (1 + t) / (10 + t))
/// a <- a + (1 - d) (θ - a)
/// ```
///
/// so that the first steps, from weights that are still bad, are soon forgotten: the rule of TensorFlow's
/// `ExponentialMovingAverage` with `num_updates`.
///
/// [`Trainer`](crate::Trainer) does all of this for a run whose
/// [`TrainConfig::average`](crate::TrainConfig::average) is set.
///
/// # Examples
///
/// ```
/// use mgc_train::candle::{Device, Tensor, Var};
/// use mgc_train::{AverageConfig, WeightAverage};
///
/// let weight = Var::new(0f64, &Device::Cpu)?;
/// let named = [("weight".to_string(), weight.clone())];
/// let mut average = WeightAverage::new(named, AverageConfig::default())?;
/// weight.set(&Tensor::new(1f64, &Device::Cpu)?)?;
/// average.update()?; // d = 2/11
/// let (name, value) = average.values().next().unwrap();
/// assert_eq!(name, "weight");
/// assert!((value.to_scalar::<f64>()? - 9.0 / 11.0).abs() < 1e-15);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug)]
pub struct WeightAverage {
    slots: Vec<Slot>,
    decay: f64,
    updates: u32,
}

#[derive(Debug)]
struct Slot {
    name: String,
    var: Var,
    value: Tensor,
}

impl Slot {
    fn state_name(&self) -> String {
        format!("average.{}", self.name)
    }
}

/// The tensor that counts the updates; no variable has an empty name.
const UPDATES: &str = "average.";

impl WeightAverage {
    /// Creates the average of the given variables, usually those of [`trainable`](crate::trainable()), at
    /// their present values. Variables that hold integers are left out.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when `decay` lies outside its range, [`Error::Candle`] when a value cannot be copied.
    ///
    /// # Examples
    ///
    /// See [`WeightAverage`].
    pub fn new(vars: impl IntoIterator<Item = (String, Var)>, config: AverageConfig) -> Result<Self> {
        let decay = config.decay;
        if !(0.0..1.0).contains(&decay) {
            let (name, value) = ("average decay", decay.to_string());
            return Err(Error::Config { name, value, expected: "a number in [0, 1)" });
        }
        let floats = vars.into_iter().filter(|(_, var)| var.dtype().is_float());
        let slots = floats.map(|(name, var)| Ok(Slot { value: var.copy()?.detach(), name, var }));
        Ok(Self { slots: slots.collect::<Result<_>>()?, decay, updates: 0 })
    }

    /// Takes the present values of the variables into the average. Call it after every step.
    ///
    /// # Errors
    ///
    /// When a tensor operation fails.
    ///
    /// # Examples
    ///
    /// See [`WeightAverage`].
    pub fn update(&mut self) -> Result<()> {
        self.updates = self.updates.saturating_add(1);
        let t = f64::from(self.updates);
        let kept = self.decay.min((1.0 + t) / (10.0 + t));
        for slot in &mut self.slots {
            let distance = (slot.var.as_detached_tensor() - &slot.value)?;
            slot.value = (&slot.value + (distance * (1.0 - kept))?)?;
        }
        Ok(())
    }

    /// Returns the averages by the name of their variable.
    ///
    /// # Examples
    ///
    /// See [`WeightAverage`].
    pub fn values(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.slots.iter().map(|slot| (slot.name.as_str(), &slot.value))
    }

    /// Returns the variables that are averaged, each with its average.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&Var, &Tensor)> {
        self.slots.iter().map(|slot| (&slot.var, &slot.value))
    }

    /// Returns all that the next update depends on besides the variables, by name.
    pub(crate) fn state(&self) -> Result<HashMap<String, Tensor>> {
        let values = self.slots.iter().map(|slot| (slot.state_name(), slot.value.clone()));
        let mut state: HashMap<_, _> = values.collect();
        state.insert(UPDATES.into(), Tensor::new(self.updates, &Device::Cpu)?);
        Ok(state)
    }

    /// Restores a state. Nothing is changed on an error.
    pub(crate) fn load_state(&mut self, state: &HashMap<String, Tensor>) -> candle::Result<()> {
        let value = |slot: &Slot| find_like(state, &slot.state_name(), &slot.value);
        let values = self.slots.iter().map(value).collect::<candle::Result<Vec<_>>>()?;
        self.updates = find(state, UPDATES)?.to_scalar()?;
        for (slot, value) in self.slots.iter_mut().zip(values) {
            slot.value = value;
        }
        Ok(())
    }
}
