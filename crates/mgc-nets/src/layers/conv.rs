//! Convolutions.

use crate::config::KernelInit;
use candle::{Result, Tensor};
use candle_nn::{Init, VarBuilder};
use mgc_ops::Window;

/// A convolution with bias.
#[derive(Debug, Clone)]
pub(crate) struct Conv {
    pub(crate) name: String,
    pub(crate) weight: Tensor, // (out channels, in channels, kernel, kernel)
    pub(crate) bias: Tensor,   // (out channels)
    pub(crate) window: Window,
    /// Channels (in, out).
    pub(crate) channels: (usize, usize),
}

impl Conv {
    pub(crate) fn new(
        channels: (usize, usize),
        window: Window,
        init: KernelInit,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let ((inputs, outputs), (kh, kw)) = (channels, window.kernel);
        let init = init.hint(kh * kw * inputs, kh * kw * outputs);
        let weight = vb.get_with_hints((outputs, inputs, kh, kw), "weight", init)?;
        let bias = vb.get_with_hints(outputs, "bias", Init::Const(0.))?;
        Ok(Self { name: vb.prefix(), weight, bias, window, channels })
    }

    /// A 1x1 convolution.
    pub(crate) fn pointwise(channels: (usize, usize), init: KernelInit, vb: &VarBuilder<'_>) -> Result<Self> {
        Self::new(channels, Window::same((1, 1)), init, vb)
    }

    pub(crate) fn parameters(&self) -> [&Tensor; 2] {
        [&self.weight, &self.bias]
    }

    pub(crate) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        mgc_ops::conv2d(xs, &self.weight, &self.bias, &self.window)
    }
}

/// A depthwise 3x3 convolution without bias, the first half of a separable one.
#[derive(Debug, Clone)]
pub(crate) struct Depthwise {
    pub(crate) name: String,
    pub(crate) weight: Tensor, // (channels, 1, 3, 3)
    pub(crate) window: Window,
    pub(crate) channels: usize,
}

impl Depthwise {
    pub(crate) fn new(channels: usize, init: KernelInit, vb: &VarBuilder<'_>) -> Result<Self> {
        let window = Window::same((3, 3));
        let (kh, kw) = window.kernel;
        let init = init.hint(kh * kw * channels, kh * kw); // Keras' fans of a (3, 3, channels, 1) kernel
        let weight = vb.get_with_hints((channels, 1, kh, kw), "weight", init)?;
        Ok(Self { name: vb.prefix(), weight, window, channels })
    }

    pub(crate) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        mgc_ops::depthwise_conv2d(xs, &self.weight, &self.window)
    }
}
