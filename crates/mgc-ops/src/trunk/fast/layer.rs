//! A convolution of 32 channels with its parameters, and the layouts of its kernel.

use super::reader::pixel;
use crate::blocked::conv::{Before, Conv, ConvGradients, mirror};
use crate::blocked::moments::Moments;
use crate::blocked::{BLOCK_CHANNELS, BlockedMap, Pixel, Size, WeightBlock};
use crate::trunk::params::{DeepSlots, Slot};

/// A convolution with its parameters.
pub(super) struct Layer {
    kernel: (usize, usize),
    /// One (inputs, outputs) per tap.
    weights: Vec<WeightBlock>,
    bias: Pixel,
}

impl Layer {
    /// Returns the convolutions of a branch.
    pub(super) fn all(slots: &DeepSlots, kernels: &[(usize, usize)], theta: &[f32]) -> Vec<Self> {
        let layer = |(slot, kernel): (&Slot, &(usize, usize))| Self {
            kernel: *kernel,
            weights: taps(&theta[slot.weight.clone()]),
            bias: pixel(&theta[slot.bias.clone()]),
        };
        slots.convs.iter().zip(kernels).map(layer).collect()
    }

    pub(super) fn forward(&self, x: &[Pixel], before: Before<'_>, size: Size) -> (BlockedMap, Moments) {
        Conv { kernel: self.kernel, size }.forward(x, before, &self.weights, &self.bias)
    }

    pub(super) fn backward(
        &self,
        x: &[Pixel],
        before: Before<'_>,
        dy: &[Pixel],
        size: Size,
    ) -> ConvGradients {
        Conv { kernel: self.kernel, size }.backward(x, before, dy, &mirror(&self.weights))
    }
}

/// Returns the blocks of a kernel (outputs, inputs, rows, columns), one per tap.
fn taps(kernel: &[f32]) -> Vec<WeightBlock> {
    let count = kernel.len() / (BLOCK_CHANNELS * BLOCK_CHANNELS);
    let at = |tap: usize, k: usize, o: usize| kernel[(o * BLOCK_CHANNELS + k) * count + tap];
    (0..count).map(|tap| std::array::from_fn(|k| Pixel(std::array::from_fn(|o| at(tap, k, o))))).collect()
}

/// Writes the blocks back as a kernel.
pub(super) fn put_taps(taps: &[WeightBlock], kernel: &mut [f32]) {
    for (tap, block) in taps.iter().enumerate() {
        for (k, row) in block.iter().enumerate() {
            for (o, value) in row.0.iter().enumerate() {
                kernel[(o * BLOCK_CHANNELS + k) * taps.len() + tap] = *value;
            }
        }
    }
}
