//! The layers every network here is made of: convolution, and normalisation followed by an activation.

use crate::config::KernelInit;
use candle::{DType, Result, Tensor, Var};
use candle_nn::{Init, Module, ModuleT, VarBuilder};
use mgc_ops::{
    Activation, BatchNormConfig, ChannelStatistics, Window, batch_norm_eval, batch_norm_train,
    channel_statistics,
};

/// Keras' default, added to variances.
pub(crate) const BATCH_NORM_EPSILON: f64 = 1e-3;

/// Keras' share of the old running statistics in the new ones.
const BATCH_NORM_MOMENTUM: f64 = 0.99;

/// Standard deviation of a unit normal cut off at two deviations: Keras divides by it.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// A convolution with bias and Keras' `same` padding.
#[derive(Debug, Clone)]
pub(crate) struct Conv {
    weight: Tensor, // (out channels, in channels, kernel, kernel)
    bias: Tensor,   // (out channels)
    window: Window,
}

impl Conv {
    pub(crate) fn new(
        channels: (usize, usize),
        kernel: usize,
        init: KernelInit,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let ((inputs, outputs), cells) = (channels, kernel * kernel);
        let init = init.hint((cells * inputs) as f64, (cells * outputs) as f64);
        let weight = vb.get_with_hints((outputs, inputs, kernel, kernel), "weight", init)?;
        let bias = vb.get_with_hints(outputs, "bias", Init::Const(0.))?;
        Ok(Self { weight, bias, window: Window::same((kernel, kernel)) })
    }

    pub(crate) fn parameters(&self) -> [&Tensor; 2] {
        [&self.weight, &self.bias]
    }
}

impl Module for Conv {
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        mgc_ops::conv2d(xs, &self.weight, &self.bias, &self.window)
    }
}

impl KernelInit {
    /// The distribution for a kernel of these fans.
    pub(crate) fn hint(self, fan_in: f64, fan_out: f64) -> Init {
        match self {
            Self::GlorotUniform => {
                let limit = (6. / (fan_in + fan_out)).sqrt();
                Init::Uniform { lo: -limit, up: limit }
            }
            Self::LecunNormal => Init::Randn { mean: 0., stdev: (1. / fan_in).sqrt() / TRUNCATED_DEVIATION },
        }
    }
}

/// Batch normalisation followed by ReLU.
#[derive(Debug, Clone)]
pub(crate) struct Norm {
    weight: Tensor, // (channels)
    bias: Tensor,   // (channels)
    running_mean: Var,
    running_var: Var,
}

const CONFIG: BatchNormConfig = BatchNormConfig { epsilon: BATCH_NORM_EPSILON, activation: Activation::Relu };

impl Norm {
    pub(crate) fn new(channels: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let get = |name, value| vb.get_with_hints(channels, name, Init::Const(value));
        Ok(Self {
            weight: get("weight", 1.)?,
            bias: get("bias", 0.)?,
            running_mean: Var::from_tensor(&get("running_mean", 0.)?)?,
            running_var: Var::from_tensor(&get("running_var", 1.)?)?,
        })
    }

    pub(crate) fn parameters(&self) -> [&Tensor; 2] {
        [&self.weight, &self.bias]
    }

    /// The statistics used in evaluation.
    pub(crate) fn running(&self) -> Result<ChannelStatistics> {
        let to_f64 = |var: &Var| var.to_dtype(DType::F64)?.to_vec1();
        Ok(ChannelStatistics { mean: to_f64(&self.running_mean)?, variance: to_f64(&self.running_var)? })
    }

    /// Moves the running statistics towards those of a batch.
    pub(crate) fn update(&self, batch: &ChannelStatistics) -> Result<()> {
        move_towards(&self.running_mean, &batch.mean)?;
        move_towards(&self.running_var, &batch.variance)
    }
}

impl ModuleT for Norm {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        if !train {
            let (mean, var) = (self.running_mean.as_tensor(), self.running_var.as_tensor());
            return batch_norm_eval(xs, mean, var, &self.weight, &self.bias, &CONFIG);
        }
        let statistics = channel_statistics(xs)?;
        self.update(&statistics)?;
        batch_norm_train(xs, &statistics, &self.weight, &self.bias, &CONFIG)
    }
}

fn move_towards(running: &Var, batch: &[f64]) -> Result<()> {
    let batch = Tensor::new(batch, running.device())?.to_dtype(running.dtype())?;
    let kept = (running.as_tensor().detach() * BATCH_NORM_MOMENTUM)?;
    running.set(&(kept + (batch * (1. - BATCH_NORM_MOMENTUM))?)?)
}
