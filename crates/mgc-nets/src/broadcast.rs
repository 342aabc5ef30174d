//! The broadcast block: four branches on one map, their outputs appended to it.
//!
//! Liu, Feng, Liu, Wang, Liu (2020), "Bottom-up broadcast neural network for music genre classification";
//! Heakl, Abdelrahman, Abdelgawad, Abdou (2022), "A study on broadcast networks for music genre classification".

use crate::config::{Branch3, KernelInit, NetConfig};
use crate::layers::{Conv, Norm, statistics};
use candle::{Result, Tensor};
use candle_nn::{Module, VarBuilder};
use mgc_ops::{ChannelStatistics, Window, max_pool2d};

/// Branches of a block; each adds `width` channels.
pub(crate) const BRANCHES: usize = 4;

/// Normalise and activate, then a 1x1 convolution to `width` channels.
#[derive(Debug, Clone)]
struct Bottleneck {
    norm: Norm,
    conv: Conv,
}

impl Bottleneck {
    fn new(
        channels: (usize, usize),
        init: KernelInit,
        names: [&str; 2],
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let norm = Norm::new(channels.0, &vb.pp(names[0]))?;
        Ok(Self { norm, conv: Conv::new(channels, 1, init, &vb.pp(names[1]))? })
    }

    fn forward(&self, xs: &Tensor, statistics: Option<&ChannelStatistics>) -> Result<Tensor> {
        self.conv.forward(&self.norm.forward(xs, statistics)?)
    }
}

/// A bottleneck, normalised and activated, and what follows it.
#[derive(Debug, Clone)]
struct DeepBranch {
    bottleneck: Bottleneck,
    bn2: Norm,
    conv2: Option<Conv>,
}

impl DeepBranch {
    fn new(
        channels: (usize, usize),
        kernel: Option<usize>,
        init: KernelInit,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let width = channels.1;
        let conv2 =
            kernel.map(|kernel| Conv::new((width, width), kernel, init, &vb.pp("conv2"))).transpose()?;
        let bottleneck = Bottleneck::new(channels, init, ["bn1", "conv1"], vb)?;
        Ok(Self { bottleneck, bn2: Norm::new(width, &vb.pp("bn2"))?, conv2 })
    }

    fn forward_t(&self, xs: &Tensor, statistics: Option<&ChannelStatistics>) -> Result<Tensor> {
        let xs = self.bottleneck.forward(xs, statistics)?;
        let xs = self.bn2.forward_t(&xs, statistics.is_some())?;
        self.conv2.as_ref().map_or(Ok(xs.clone()), |conv| conv.forward(&xs))
    }
}

/// One broadcast block.
#[derive(Debug, Clone)]
pub(crate) struct BroadcastBlock {
    b1: Bottleneck,
    b3: DeepBranch,
    b5: DeepBranch,
    bp: Bottleneck,
}

impl BroadcastBlock {
    /// A block for maps of `inputs` channels.
    pub(crate) fn new(inputs: usize, config: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let (channels, init) = ((inputs, config.width), config.kernel_init);
        let kernel3 = match config.branch3 {
            Branch3::Bottleneck => None,
            Branch3::Conv => Some(3),
        };
        Ok(Self {
            b1: Bottleneck::new(channels, init, ["bn", "conv"], &vb.pp("b1"))?,
            b3: DeepBranch::new(channels, kernel3, init, &vb.pp("b3"))?,
            b5: DeepBranch::new(channels, Some(config.branch5), init, &vb.pp("b5"))?,
            bp: Bottleneck::new(channels, init, ["bn", "conv"], &vb.pp("bp"))?,
        })
    }

    /// (N, C, H, W) -> (N, C + 4 * width, H, W): the input, then the four branches.
    pub(crate) fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let shared = statistics(xs, train)?;
        let b1 = self.b1.forward(xs, shared.as_ref())?;
        let b3 = self.b3.forward_t(xs, shared.as_ref())?;
        let b5 = self.b5.forward_t(xs, shared.as_ref())?;
        let pooled = max_pool2d(xs, &Window::same((3, 3)))?;
        let bp = self.bp.forward(&pooled, statistics(&pooled, train)?.as_ref())?;
        Tensor::cat(&[xs, &b1, &b3, &b5, &bp], 1)
    }
}
