//! The layers after the bottleneck of a deep branch: a normalisation, its activation, and possibly
//! convolutions.

use crate::bridge::map_op::MapOp;
use crate::kernels::planes::Dims;
use crate::kernels::statistics::ChannelStatistics;
use crate::ops::batch_norm::BatchNorm;
use crate::ops::conv2d::Conv2d;
use crate::scalar::real::Real;
use crate::trunk::config::TrunkConfig;
use crate::trunk::params::{DeepSlots, Slot};
use crate::window::Window;
use candle::Result;

/// The tail of b3 or b5 with its statistics in place.
pub(crate) struct Tail<'a, T> {
    slots: &'a DeepSlots,
    theta: &'a [T],
    norm: BatchNorm,
    convs: Vec<Conv2d>,
}

impl<'a, T: Real> Tail<'a, T> {
    /// `kernels` are those of the convolutions; `through` tells whether gradients flow through the
    /// statistics.
    pub(crate) fn new(
        config: &TrunkConfig,
        (slots, kernels): (&'a DeepSlots, &[(usize, usize)]),
        theta: &'a [T],
        dims: Dims,
        (statistics, through): (&ChannelStatistics, bool),
    ) -> Result<Self> {
        let norm = BatchNorm::new(dims, statistics, &config.norm(), through);
        let conv = |kernel: &(usize, usize)| Conv2d::new(&Window::same(*kernel), dims, dims.c);
        Ok(Self { slots, theta, norm, convs: kernels.iter().map(conv).collect::<Result<_>>()? })
    }

    /// Returns weight and bias.
    fn parameters(&self, slot: &Slot) -> (&'a [T], &'a [T]) {
        (&self.theta[slot.weight.clone()], &self.theta[slot.bias.clone()])
    }

    fn activate(&self, z: &[T]) -> Vec<T> {
        let (weight, bias) = self.parameters(&self.slots.norm);
        self.norm.forward(z, weight, bias)
    }

    fn convolve(&self, number: usize, x: &[T]) -> Vec<T> {
        let (weight, bias) = self.parameters(&self.slots.convs[number]);
        self.convs[number].forward(x, weight, bias)
    }

    /// Returns the branch's output, from the bottleneck's.
    pub(crate) fn forward(&self, z: &[T]) -> Vec<T> {
        (0..self.convs.len()).fold(self.activate(z), |x, number| self.convolve(number, &x))
    }

    /// Returns the input of each convolution.
    fn inputs(&self, z: &[T]) -> Vec<Vec<T>> {
        let first = (!self.convs.is_empty()).then(|| self.activate(z));
        let mut inputs: Vec<_> = first.into_iter().collect();
        for number in 1..self.convs.len() {
            inputs.push(self.convolve(number - 1, &inputs[number - 1]));
        }
        inputs
    }

    /// Returns the gradient of the bottleneck's output; those of the parameters go to `dtheta`.
    pub(crate) fn backward(&self, z: &[T], dy: Vec<T>, dtheta: &mut [T]) -> Vec<T> {
        let convs = self.convs.iter().zip(&self.slots.convs).zip(self.inputs(z));
        let dy = convs.rev().fold(dy, |dy, ((conv, slot), x)| self.undo(conv, slot, &x, &dy, dtheta));
        self.undo(&self.norm, &self.slots.norm, z, &dy, dtheta)
    }

    /// Takes the gradient back through one operation.
    #[allow(clippy::expect_used, reason = "the gradient left as it is would be a wrong number, not an error")]
    fn undo(&self, op: &impl MapOp, slot: &Slot, x: &[T], dy: &[T], dtheta: &mut [T]) -> Vec<T> {
        let (weight, bias) = self.parameters(slot);
        let (dx, dweight, dbias) = op.backward(x, weight, bias, dy, true);
        dtheta[slot.weight.clone()].copy_from_slice(&dweight);
        dtheta[slot.bias.clone()].copy_from_slice(&dbias);
        dx.expect("an operation that is asked for the input's gradient returns it")
    }
}
