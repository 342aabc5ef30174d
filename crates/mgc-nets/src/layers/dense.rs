//! Dense layers.

use crate::config::KernelInit;
use candle::{Result, Tensor};
use candle_nn::{Init, Linear, Module, VarBuilder};
use mgc_ops::Activation;

// Klambauer et al. (2017)
const SELU_LAMBDA: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// A dense layer and its activation.
#[derive(Debug, Clone)]
pub(crate) struct Dense {
    pub(crate) name: String,
    pub(crate) linear: Linear,
    pub(crate) activation: DenseActivation,
    /// Features (in, out).
    pub(crate) features: (usize, usize),
}

/// The activation of a dense layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DenseActivation {
    Identity,
    Relu,
    Selu,
    Sigmoid,
}

impl From<Activation> for DenseActivation {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Identity => Self::Identity,
            Activation::Relu => Self::Relu,
            Activation::Selu => Self::Selu,
        }
    }
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
            DenseActivation::Selu => xs.elu(SELU_ALPHA)? * SELU_LAMBDA,
            DenseActivation::Sigmoid => candle_nn::ops::sigmoid(&xs),
        }
    }
}

/// With slope 0 at 0, as in Keras; candle's own has slope 1 there.
fn relu(xs: &Tensor) -> Result<Tensor> {
    xs * xs.gt(0.)?.to_dtype(xs.dtype())?
}
