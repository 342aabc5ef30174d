//! What follows the bottleneck of a deep branch: a normalisation, ReLU, and perhaps a convolution.

use super::layout::{DeepSlots, TrunkConfig};
use crate::activation::Activation;
use crate::batch_norm::{BatchNorm, BatchNormConfig};
use crate::conv2d::Conv2d;
use crate::planes::Dims;
use crate::real::Real;
use crate::statistics::ChannelStatistics;
use crate::window::Window;
use candle::Result;

/// The tail of b3 or b5 with its statistics in place.
pub(crate) struct Tail<'a, T> {
    slots: &'a DeepSlots,
    theta: &'a [T],
    norm: BatchNorm,
    conv: Option<Conv2d>,
}

impl<'a, T: Real> Tail<'a, T> {
    /// `kernel` is that of the convolution; `through` tells whether gradients flow through the statistics.
    pub(crate) fn new(
        config: &TrunkConfig,
        kernel: Option<usize>,
        slots: &'a DeepSlots,
        theta: &'a [T],
        dims: Dims,
        (statistics, through): (&ChannelStatistics, bool),
    ) -> Result<Self> {
        let norm_config = BatchNormConfig { epsilon: config.epsilon, activation: Activation::Relu };
        let norm = BatchNorm::new(dims, statistics, &norm_config, through);
        let conv = kernel.map(|k| Conv2d::new(&Window::same((k, k)), dims, dims.c)).transpose()?;
        Ok(Self { slots, theta, norm, conv })
    }

    fn activate(&self, z: &[T]) -> Vec<T> {
        let slot = &self.slots.norm;
        self.norm.forward(z, &self.theta[slot.weight.clone()], &self.theta[slot.bias.clone()])
    }

    /// From the bottleneck's output to the branch's.
    pub(crate) fn forward(&self, z: &[T]) -> Vec<T> {
        let active = self.activate(z);
        match (&self.conv, &self.slots.conv) {
            (Some(conv), Some(slot)) => {
                conv.forward(&active, &self.theta[slot.weight.clone()], &self.theta[slot.bias.clone()])
            }
            _ => active,
        }
    }

    /// The gradient to the bottleneck's output; those of the parameters go to `dtheta`.
    pub(crate) fn backward(&self, z: &[T], dy: Vec<T>, dtheta: &mut [T]) -> Vec<T> {
        let dactive = match (&self.conv, &self.slots.conv) {
            (Some(conv), Some(slot)) => {
                let weight = &self.theta[slot.weight.clone()];
                let (dactive, dweight, dbias) = conv.backward(&self.activate(z), weight, &dy, true);
                dtheta[slot.weight.clone()].copy_from_slice(&dweight);
                dtheta[slot.bias.clone()].copy_from_slice(&dbias);
                dactive.unwrap_or(dy)
            }
            _ => dy,
        };
        let slot = &self.slots.norm;
        let (weight, bias) = (&self.theta[slot.weight.clone()], &self.theta[slot.bias.clone()]);
        let [dz, dweight, dbias] = self.norm.backward(z, weight, bias, &dactive);
        dtheta[slot.weight.clone()].copy_from_slice(&dweight);
        dtheta[slot.bias.clone()].copy_from_slice(&dbias);
        dz
    }
}
