//! Dense layers.

use crate::config::KernelInit;
use candle::{Result, Tensor};
use candle_nn::{Init, Linear, Module, VarBuilder};

/// A dense layer and what follows it.
#[derive(Debug, Clone)]
pub(crate) struct Dense {
    pub(crate) name: String,
    pub(crate) linear: Linear,
    pub(crate) activation: DenseActivation,
    /// Features (in, out).
    pub(crate) features: (usize, usize),
}

/// What follows a dense layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DenseActivation {
    Identity,
    Relu,
    Sigmoid,
}

impl Dense {
    pub(crate) fn new(
        features: (usize, usize),
        activation: DenseActivation,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let (inputs, outputs) = features;
        let init = KernelInit::GlorotUniform.hint(inputs, outputs);
        let weight = vb.get_with_hints((outputs, inputs), "weight", init)?;
        let bias = vb.get_with_hints(outputs, "bias", Init::Const(0.))?;
        Ok(Self { name: vb.prefix(), linear: Linear::new(weight, Some(bias)), activation, features })
    }

    pub(crate) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let xs = self.linear.forward(xs)?;
        match self.activation {
            DenseActivation::Identity => Ok(xs),
            DenseActivation::Relu => relu(&xs),
            DenseActivation::Sigmoid => candle_nn::ops::sigmoid(&xs),
        }
    }
}

/// With slope 0 at 0, as in Keras; candle's own has slope 1 there.
fn relu(xs: &Tensor) -> Result<Tensor> {
    xs * xs.gt(0.)?.to_dtype(xs.dtype())?
}
