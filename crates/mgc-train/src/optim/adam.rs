//! The Adam optimiser with the arithmetic of Keras.

use crate::optim::moments::{Decays, Moments};
use crate::optim::resumable::ResumableOptimizer;
use candle::backprop::GradStore;
use candle::{Result, Tensor, Var, bail};
use candle_nn::Optimizer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// Settings of [`Adam`]. The defaults are those of the BBNN paper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamConfig {
    /// Learning rate, at least 0. Default 0.01.
    pub lr: f64,
    /// Decay of the mean of the gradients, in [0, 1). Default 0.9.
    pub beta1: f64,
    /// Decay of the mean of the squared gradients, in [0, 1). Default 0.999.
    pub beta2: f64,
    /// Added to the square root of the second moment, above 0. Default 1e-7.
    pub epsilon: f64,
    /// The largest norm of all gradients together, above 0: a larger one is scaled down to it before the
    /// moments see it, as Keras' `global_clipnorm` does. Default none, as in the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f64>,
}

impl Default for AdamConfig {
    fn default() -> Self {
        Self { lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, clip_norm: None }
    }
}

impl AdamConfig {
    pub(super) fn check(&self) -> Result<()> {
        let decay = 0.0..1.0;
        if !(self.lr.is_finite() && self.lr >= 0.0) {
            bail!("learning rate {}, expected a finite number of at least 0", self.lr)
        }
        if !decay.contains(&self.beta1) || !decay.contains(&self.beta2) {
            bail!("decays {} and {}, expected both in [0, 1)", self.beta1, self.beta2)
        }
        if !(self.epsilon.is_finite() && self.epsilon > 0.0) {
            bail!("epsilon {}, expected a finite number above 0", self.epsilon)
        }
        if let Some(clip_norm) = self.clip_norm.filter(|norm| !(norm.is_finite() && *norm > 0.0)) {
            bail!("clip_norm {clip_norm}, expected a finite number above 0")
        }
        Ok(())
    }
}

/// The Adam optimiser with the arithmetic of Keras.
///
/// For step t = 1, 2, ... and a parameter θ with gradient g:
///
/// ```text
/// m <- beta1 m + (1 - beta1) g
/// v <- beta2 v + (1 - beta2) g²
/// θ <- θ - lr sqrt(1 - beta2^t) / (1 - beta1^t) · m / (sqrt(v) + epsilon)
/// ```
///
/// Epsilon is added to the square root before the bias correction ("epsilon hat" of Kingma & Ba 2015, section
/// 2). [`AdamW`](crate::AdamW), candle's and PyTorch's add it after; the first steps differ by up to 0.007 per
/// weight. There is no weight decay. A variable without a gradient keeps its value and its moments.
///
/// With [`clip_norm`](AdamConfig::clip_norm), g is the gradient times `min(1, clip_norm / norm)`, where `norm`
/// is the square root of the sum of the squares of all gradients of the optimiser's variables (Pascanu et al.
/// 2013). The norm is copied to the host in every step.
///
/// # Examples
///
/// ```
/// use mgc_train::{Adam, AdamConfig, seeded, trainable};
/// use mgc_train::candle::{DType, Device, Tensor};
/// use candle_nn::{Module, Optimizer, VarMap};
///
/// let vars = VarMap::new();
/// let layer = candle_nn::linear(2, 1, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
/// let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
/// let loss = layer.forward(&Tensor::ones((1, 2), DType::F32, &Device::Cpu)?)?.sqr()?.sum_all()?;
/// adam.backward_step(&loss)?;
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
#[derive(Debug)]
pub struct Adam {
    moments: Moments,
    config: AdamConfig,
    initial: AdamConfig,
}

impl Adam {
    /// Creates an optimiser of the given variables, usually those of [`trainable`](crate::trainable()).
    /// Variables that hold integers are left out. The moments lie on the device of their variable.
    ///
    /// # Errors
    ///
    /// When a setting lies outside its range, or the moments cannot be allocated.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::{Device, Tensor, Var};
    /// use mgc_train::{Adam, AdamConfig};
    /// use candle_nn::Optimizer;
    ///
    /// let weight = Var::new(2f64, &Device::Cpu)?;
    /// let config = AdamConfig { lr: 0.1, ..Default::default() };
    /// let mut adam = Adam::from_named_vars([("weight".to_string(), weight.clone())], config)?;
    /// adam.backward_step(&weight.sqr()?)?; // the first step is one learning rate long
    /// assert!((weight.to_scalar::<f64>()? - 1.9).abs() < 1e-7);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    pub fn from_named_vars(
        vars: impl IntoIterator<Item = (String, Var)>,
        config: AdamConfig,
    ) -> Result<Self> {
        config.check()?;
        Ok(Self { moments: Moments::new("adam", vars)?, config, initial: config })
    }

    /// Returns the settings, in which `lr` is the current learning rate.
    #[must_use]
    pub fn config(&self) -> &AdamConfig {
        &self.config
    }

    /// Returns the number of steps taken so far.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.moments.steps
    }

    /// Returns all that the next step depends on besides the variables.
    ///
    /// These are the moments `adam.m.<name>` and `adam.v.<name>` (shape, type and device of the variable),
    /// and two scalars on the host, `adam.steps` (u32) and `adam.lr` (f64).
    ///
    /// # Errors
    ///
    /// When a scalar tensor cannot be made.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::candle::{Device, Var};
    /// use mgc_train::{Adam, AdamConfig};
    ///
    /// let weight = Var::new(2f64, &Device::Cpu)?;
    /// let adam = Adam::from_named_vars([("w".to_string(), weight)], AdamConfig::default())?;
    /// let mut names: Vec<String> = adam.state()?.into_keys().collect();
    /// names.sort();
    /// assert_eq!(names, ["adam.lr", "adam.m.w", "adam.steps", "adam.v.w"]);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    pub fn state(&self) -> Result<HashMap<String, Tensor>> {
        self.moments.state(self.config.lr)
    }

    /// Restores a state that [`Adam::state`] returned. Tensors of other names are ignored.
    ///
    /// # Errors
    ///
    /// When a tensor is missing or has another shape or type. The optimiser is then unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_nn::Optimizer;
    /// use mgc_train::candle::{Device, Var};
    /// use mgc_train::{Adam, AdamConfig};
    ///
    /// let weight = Var::new(2f64, &Device::Cpu)?;
    /// let named = [("w".to_string(), weight.clone())];
    /// let mut adam = Adam::from_named_vars(named.clone(), AdamConfig::default())?;
    /// adam.backward_step(&weight.sqr()?)?;
    ///
    /// let mut again = Adam::from_named_vars(named, AdamConfig::default())?;
    /// again.load_state(&adam.state()?)?;
    /// assert_eq!(again.steps(), 1);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    pub fn load_state(&mut self, state: &HashMap<String, Tensor>) -> Result<()> {
        self.config.lr = self.moments.load(state)?;
        Ok(())
    }
}

impl Optimizer for Adam {
    type Config = AdamConfig;

    /// Creates an optimiser as [`Adam::from_named_vars`] does, with the positions `0`, `1`, ... as names.
    fn new(vars: Vec<Var>, config: AdamConfig) -> Result<Self> {
        let named = vars.into_iter().enumerate();
        Self::from_named_vars(named.map(|(i, var)| (i.to_string(), var)), config)
    }

    fn step(&mut self, grads: &GradStore) -> Result<()> {
        let AdamConfig { lr, beta1, beta2, epsilon, clip_norm } = self.config;
        self.moments.step(grads, &Decays { beta1, beta2, clip_norm }, |slot, t| {
            let alpha = lr * (1.0 - beta2.powf(t)).sqrt() / (1.0 - beta1.powf(t));
            let update = ((&slot.m * alpha)? / (slot.v.sqrt()? + epsilon)?)?;
            slot.var.as_detached_tensor() - update
        })
    }

    fn learning_rate(&self) -> f64 {
        self.config.lr
    }

    fn set_learning_rate(&mut self, lr: f64) {
        self.config.lr = lr;
    }
}

impl ResumableOptimizer for Adam {
    fn identity(&self) -> serde_json::Result<(String, Value)> {
        Ok(("adam".into(), serde_json::to_value(self.initial)?))
    }

    fn state(&self) -> Result<HashMap<String, Tensor>> {
        self.state()
    }

    fn load_state(&mut self, state: &HashMap<String, Tensor>) -> Result<()> {
        self.load_state(state)
    }
}
