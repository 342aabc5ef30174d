//! The AdamW optimiser with the arithmetic of PyTorch.

use crate::optim::adam::AdamConfig;
use crate::optim::moments::{Decays, Moments};
use crate::optim::resumable::ResumableOptimizer;
use candle::backprop::GradStore;
use candle::{Result, Tensor, Var, bail};
use candle_nn::Optimizer;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// A variable of at least so many axes is decayed: matrices and kernels, no biases and norms.
const DECAYED_RANK: usize = 2;

/// Settings of [`AdamW`]. The defaults are those of PyTorch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdamWConfig {
    /// Learning rate, at least 0. Default 0.001.
    pub lr: f64,
    /// Decay of the mean of the gradients, in [0, 1). Default 0.9.
    pub beta1: f64,
    /// Decay of the mean of the squared gradients, in [0, 1). Default 0.999.
    pub beta2: f64,
    /// Added to the square root of the corrected second moment, above 0. Default 1e-8.
    pub epsilon: f64,
    /// The share of a weight that a step at a learning rate of 1 would take away, at least 0. Default 0.01.
    pub weight_decay: f64,
    /// The largest norm of all gradients together, as [`AdamConfig::clip_norm`](crate::AdamConfig::clip_norm).
    /// Default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clip_norm: Option<f64>,
}

impl Default for AdamWConfig {
    fn default() -> Self {
        Self { lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01, clip_norm: None }
    }
}

impl AdamWConfig {
    fn check(&self) -> Result<()> {
        let &Self { lr, beta1, beta2, epsilon, weight_decay, clip_norm } = self;
        AdamConfig { lr, beta1, beta2, epsilon, clip_norm }.check()?;
        if !(weight_decay.is_finite() && weight_decay >= 0.0) {
            bail!("weight_decay {weight_decay}, expected a finite number of at least 0")
        }
        Ok(())
    }
}

/// The AdamW optimiser with the arithmetic of PyTorch: Adam with decoupled weight decay (Loshchilov & Hutter
/// 2019).
///
/// For step t = 1, 2, ... and a parameter θ with gradient g:
///
/// ```text
/// m <- beta1 m + (1 - beta1) g
/// v <- beta2 v + (1 - beta2) g²
/// θ <- (1 - lr weight_decay) θ - lr / (1 - beta1^t) · m / (sqrt(v / (1 - beta2^t)) + epsilon)
/// ```
///
/// Only variables of two or more axes are decayed: the matrices of dense layers and the kernels of
/// convolutions. Biases, and the scales and shifts of normalisations, are vectors; for them the decay is 0. It
/// is not part of the gradient, so it passes neither the moments nor the clipping, and a schedule of the
/// learning rate scales it too.
///
/// Epsilon is added after the bias correction, unlike in [`Adam`](crate::Adam). A variable without a gradient
/// keeps its value and its moments; it is not decayed. With [`clip_norm`](AdamWConfig::clip_norm), gradients are
/// scaled as Keras does; PyTorch's `clip_grad_norm_` divides by the norm plus 1e-6.
///
/// # Examples
///
/// ```
/// use candle_nn::{Module, Optimizer, VarMap};
/// use mgc_train::candle::{DType, Device, Tensor};
/// use mgc_train::{AdamW, AdamWConfig, seeded, trainable};
///
/// let vars = VarMap::new();
/// let layer = candle_nn::linear(2, 1, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
/// let config = AdamWConfig { weight_decay: 0.05, ..Default::default() };
/// let mut adamw = AdamW::from_named_vars(trainable(&vars)?, config)?;
/// let loss = layer.forward(&Tensor::ones((1, 2), DType::F32, &Device::Cpu)?)?.sqr()?.sum_all()?;
/// adamw.backward_step(&loss)?;
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
#[derive(Debug)]
pub struct AdamW {
    moments: Moments,
    config: AdamWConfig,
    initial: AdamWConfig,
}

impl AdamW {
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
    /// use candle_nn::Optimizer;
    /// use mgc_train::candle::{Device, Tensor, Var};
    /// use mgc_train::{AdamW, AdamWConfig};
    ///
    /// let (matrix, bias) = (Var::new(&[[2f64]], &Device::Cpu)?, Var::new(&[2f64], &Device::Cpu)?);
    /// let named = [("weight".to_string(), matrix.clone()), ("bias".to_string(), bias.clone())];
    /// let config = AdamWConfig { lr: 0.1, weight_decay: 0.5, ..Default::default() };
    /// let mut adamw = AdamW::from_named_vars(named, config)?;
    /// adamw.backward_step(&(matrix.sqr()?.sum_all()? + bias.sqr()?.sum_all()?)?)?;
    /// // the first step is one learning rate long; the matrix also loses lr x weight_decay of its value
    /// assert!((bias.to_vec1::<f64>()?[0] - 1.9).abs() < 1e-8);
    /// assert!((matrix.to_vec2::<f64>()?[0][0] - 1.8).abs() < 1e-8);
    /// # Ok::<(), mgc_train::candle::Error>(())
    /// ```
    pub fn from_named_vars(
        vars: impl IntoIterator<Item = (String, Var)>,
        config: AdamWConfig,
    ) -> Result<Self> {
        config.check()?;
        Ok(Self { moments: Moments::new("adamw", vars)?, config, initial: config })
    }

    /// Returns the settings, in which `lr` is the current learning rate.
    #[must_use]
    pub fn config(&self) -> &AdamWConfig {
        &self.config
    }

    /// Returns the number of steps taken so far.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.moments.steps
    }
}

impl Optimizer for AdamW {
    type Config = AdamWConfig;

    /// Creates an optimiser as [`AdamW::from_named_vars`] does, with the positions `0`, `1`, ... as names.
    fn new(vars: Vec<Var>, config: AdamWConfig) -> Result<Self> {
        let named = vars.into_iter().enumerate();
        Self::from_named_vars(named.map(|(i, var)| (i.to_string(), var)), config)
    }

    fn step(&mut self, grads: &GradStore) -> Result<()> {
        let AdamWConfig { lr, beta1, beta2, epsilon, weight_decay, clip_norm } = self.config;
        self.moments.step(grads, &Decays { beta1, beta2, clip_norm }, |slot, t| {
            let (first, second) = (1.0 - beta1.powf(t), 1.0 - beta2.powf(t));
            let root = ((slot.v.sqrt()? / second.sqrt())? + epsilon)?;
            let update = ((&slot.m * (lr / first))? / root)?;
            let decay = if slot.var.rank() < DECAYED_RANK { 0.0 } else { weight_decay };
            (slot.var.as_detached_tensor() * (1.0 - lr * decay))? - update
        })
    }

    fn learning_rate(&self) -> f64 {
        self.config.lr
    }

    fn set_learning_rate(&mut self, lr: f64) {
        self.config.lr = lr;
    }
}

/// The state has the names of [`Adam::state`](crate::Adam::state), with `adamw` for `adam`.
impl ResumableOptimizer for AdamW {
    fn identity(&self) -> serde_json::Result<(String, Value)> {
        Ok(("adamw".into(), serde_json::to_value(self.initial)?))
    }

    fn state(&self) -> Result<HashMap<String, Tensor>> {
        self.moments.state(self.config.lr)
    }

    fn load_state(&mut self, state: &HashMap<String, Tensor>) -> Result<()> {
        self.config.lr = self.moments.load(state)?;
        Ok(())
    }
}
