//! The layers every network here is made of: convolution, and normalisation followed by an activation.

use crate::config::KernelInit;
use candle::{Result, Tensor, Var};
use candle_nn::{Init, Module, VarBuilder};
use mgc_ops::{Activation, BatchNormConfig, ChannelStatistics, Window};

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

/// Batch normalisation followed by ReLU, or by nothing.
#[derive(Debug, Clone)]
pub(crate) struct Norm {
    weight: Tensor, // (channels)
    bias: Tensor,   // (channels)
    running_mean: Var,
    running_var: Var,
    config: BatchNormConfig,
}

impl Norm {
    pub(crate) fn new(channels: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let get = |name, value| vb.get_with_hints(channels, name, Init::Const(value));
        Ok(Self {
            weight: get("weight", 1.)?,
            bias: get("bias", 0.)?,
            running_mean: Var::from_tensor(&get("running_mean", 0.)?)?,
            running_var: Var::from_tensor(&get("running_var", 1.)?)?,
            config: BatchNormConfig { activation: Activation::Relu, ..Default::default() },
        })
    }

    /// `statistics` are those of `xs`, wanted when training; the running ones move towards them.
    pub(crate) fn forward(&self, xs: &Tensor, statistics: Option<&ChannelStatistics>) -> Result<Tensor> {
        let Some(statistics) = statistics else {
            let (mean, var) = (self.running_mean.as_tensor(), self.running_var.as_tensor());
            return mgc_ops::batch_norm_eval(xs, mean, var, &self.weight, &self.bias, &self.config);
        };
        move_towards(&self.running_mean, &statistics.mean)?;
        move_towards(&self.running_var, &statistics.variance)?;
        mgc_ops::batch_norm_train(xs, statistics, &self.weight, &self.bias, &self.config)
    }

    /// Normalises a map that no other layer normalises.
    pub(crate) fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.forward(xs, statistics(xs, train)?.as_ref())
    }
}

/// The statistics of a map when training; none in evaluation, where the running ones serve.
pub(crate) fn statistics(xs: &Tensor, train: bool) -> Result<Option<ChannelStatistics>> {
    train.then(|| mgc_ops::channel_statistics(xs)).transpose()
}

fn move_towards(running: &Var, batch: &[f64]) -> Result<()> {
    let batch = Tensor::new(batch, running.device())?.to_dtype(running.dtype())?;
    let kept = (running.as_tensor().detach() * BATCH_NORM_MOMENTUM)?;
    running.set(&(kept + (batch * (1. - BATCH_NORM_MOMENTUM))?)?)
}
