//! The recurrent layer of the LSTM variant.

use crate::config::KernelInit;
use candle::{DType, Result, Tensor, Var};
use candle_nn::{Init, VarBuilder};

/// Gates of an LSTM: input, forget, cell, output.
pub(crate) const GATES: usize = 4;

/// A long short-term memory over time (Hochreiter and Schmidhuber 1997), with Keras' gates, order and bias.
#[derive(Debug, Clone)]
pub(crate) struct Lstm {
    pub(crate) name: String,
    pub(crate) weight_ih: Tensor, // (4 units, inputs), gates in the order i, f, g, o
    pub(crate) weight_hh: Tensor, // (4 units, units)
    pub(crate) bias: Tensor,      // (4 units)
    pub(crate) inputs: usize,
    pub(crate) units: usize,
}

impl Lstm {
    /// New variables start as in Keras: input weights Glorot-uniform, recurrent ones orthogonal, biases 0 and
    /// the forget gate's 1.
    pub(crate) fn new(inputs: usize, units: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let (rows, glorot) = (GATES * units, KernelInit::GlorotUniform.hint(inputs, GATES * units));
        let [new_hh, new_bias] = ["weight_hh", "bias"].map(|name| !vb.contains_tensor(name));
        let weight_ih = vb.get_with_hints((rows, inputs), "weight_ih", glorot)?;
        let normal = Init::Randn { mean: 0., stdev: 1. };
        let weight_hh = vb.get_with_hints((rows, units), "weight_hh", normal)?;
        let bias = vb.get_with_hints(rows, "bias", Init::Const(0.))?;
        // candle has no hint for an orthogonal matrix or a forget gate
        if new_hh && weight_hh.is_variable() {
            Var::from_tensor(&weight_hh)?.set(&orthogonal(&weight_hh)?)?;
        }
        if new_bias && bias.is_variable() {
            Var::from_tensor(&bias)?.set(&forget_bias(&bias, units)?)?;
        }
        Ok(Self { name: vb.prefix(), weight_ih, weight_hh, bias, inputs, units })
    }

    /// Maps (N, channels, frames, bands) to (N, units, frames, bands), equal in all bands.
    pub(crate) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let bands = xs.dim(3)?;
        let sequences = xs.mean(3)?.transpose(1, 2)?.contiguous()?; // (N, frames, channels)
        let states = mgc_ops::lstm(&sequences, &self.weight_ih, &self.weight_hh, &self.bias)?;
        let (n, frames, units) = states.dims3()?;
        states.transpose(1, 2)?.unsqueeze(3)?.broadcast_as((n, units, frames, bands))?.contiguous()
    }
}

fn forget_bias(bias: &Tensor, units: usize) -> Result<Tensor> {
    let value = |i: usize| if i / units == 1 { 1. } else { 0. };
    let values: Vec<f64> = (0..GATES * units).map(value).collect();
    Tensor::from_vec(values, GATES * units, bias.device())?.to_dtype(bias.dtype())
}

/// Orthonormalises the columns of a normal draw, so that the recurrence neither grows nor shrinks its state.
///
/// Gram-Schmidt, twice for accuracy. The result is the factor Q whose R has a positive diagonal, as in Keras.
fn orthogonal(draw: &Tensor) -> Result<Tensor> {
    let mut columns: Vec<Vec<f64>> = draw.detach().to_dtype(DType::F64)?.t()?.to_vec2()?;
    for i in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(i);
        for _ in 0..2 {
            done.iter().for_each(|q| {
                let shadow = dot(q, &rest[0]);
                rest[0].iter_mut().zip(q).for_each(|(x, q)| *x -= shadow * q);
            });
        }
        let length = dot(&rest[0], &rest[0]).sqrt();
        rest[0].iter_mut().for_each(|x| *x /= length);
    }
    Tensor::new(columns, draw.device())?.t()?.contiguous()?.to_dtype(draw.dtype())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
