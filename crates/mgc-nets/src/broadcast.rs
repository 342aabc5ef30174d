//! The broadcast blocks: each runs four branches on all channels made so far and appends their outputs.
//!
//! Liu, Feng, Liu, Wang, Liu (2020), "Bottom-up broadcast neural network for music genre classification";
//! Heakl, Abdelrahman, Abdelgawad, Abdou (2022), "A study on broadcast networks for music genre classification".

use crate::config::{Branch3, KernelInit, NetConfig};
use crate::layers::{BATCH_NORM_EPSILON, Conv, Norm};
use candle::{Result, Tensor};
use candle_nn::VarBuilder;
use mgc_ops::{Activation, TrunkConfig, broadcast_trunk};

/// All blocks of a network.
#[derive(Debug, Clone)]
pub(crate) struct Trunk {
    config: TrunkConfig,
    blocks: Vec<Block>,
}

impl Trunk {
    pub(crate) fn new(net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let config = TrunkConfig {
            width: net.width,
            growth: net.width,
            blocks: net.blocks,
            kernels3: match net.branch3 {
                Branch3::Bottleneck => vec![],
                Branch3::Conv => vec![(3, 3)],
            },
            kernels5: vec![(net.branch5, net.branch5)],
            activation: Activation::Relu,
            epsilon: BATCH_NORM_EPSILON,
        };
        let block = |i| Block::new(&config, i, net.kernel_init, &vb.pp(format!("block{}", i + 1)));
        let blocks = (0..net.blocks).map(block).collect::<Result<_>>()?;
        Ok(Self { config, blocks })
    }

    /// Channels of the output.
    pub(crate) fn channels(&self) -> usize {
        self.config.channels(self.config.blocks)
    }

    /// (N, width, H, W) -> (N, channels, H, W).
    pub(crate) fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let parameters = self.blocks.iter().flat_map(Block::parameters).map(Tensor::flatten_all);
        let parameters = Tensor::cat(&parameters.collect::<Result<Vec<_>>>()?, 0)?;
        let norms = || self.blocks.iter().flat_map(Block::norms);
        if !train {
            let running = norms().map(Norm::running).collect::<Result<Vec<_>>>()?;
            return Ok(broadcast_trunk(&self.config, xs, &parameters, Some(&running))?.map);
        }
        let output = broadcast_trunk(&self.config, xs, &parameters, None)?;
        norms().zip(&output.statistics).try_for_each(|(norm, batch)| norm.update(batch))?;
        Ok(output.map)
    }
}

/// Normalise, activate, 1x1 convolution.
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

    fn parameters(&self) -> [&Tensor; 4] {
        let ([a, b], [c, d]) = (self.norm.parameters(), self.conv.parameters());
        [a, b, c, d]
    }
}

/// A bottleneck, its normalisation, and the convolution that may follow.
#[derive(Debug, Clone)]
struct DeepBranch {
    bottleneck: Bottleneck,
    bn2: Norm,
    conv2: Option<Conv>,
}

impl DeepBranch {
    fn new(
        channels: (usize, usize),
        kernels: &[(usize, usize)],
        init: KernelInit,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let width = channels.1;
        let conv2 = kernels.first().map(|(side, _)| Conv::new((width, width), *side, init, &vb.pp("conv2")));
        let conv2 = conv2.transpose()?;
        let bottleneck = Bottleneck::new(channels, init, ["bn1", "conv1"], vb)?;
        Ok(Self { bottleneck, bn2: Norm::new(width, &vb.pp("bn2"))?, conv2 })
    }

    fn parameters(&self) -> impl Iterator<Item = &Tensor> {
        let tail = self.conv2.iter().flat_map(Conv::parameters);
        self.bottleneck.parameters().into_iter().chain(self.bn2.parameters()).chain(tail)
    }
}

/// One broadcast block.
#[derive(Debug, Clone)]
struct Block {
    b1: Bottleneck,
    b3: DeepBranch,
    b5: DeepBranch,
    bp: Bottleneck,
}

impl Block {
    fn new(config: &TrunkConfig, block: usize, init: KernelInit, vb: &VarBuilder<'_>) -> Result<Self> {
        let channels = (config.channels(block), config.width);
        Ok(Self {
            b1: Bottleneck::new(channels, init, ["bn", "conv"], &vb.pp("b1"))?,
            b3: DeepBranch::new(channels, &config.kernels3, init, &vb.pp("b3"))?,
            b5: DeepBranch::new(channels, &config.kernels5, init, &vb.pp("b5"))?,
            bp: Bottleneck::new(channels, init, ["bn", "conv"], &vb.pp("bp"))?,
        })
    }

    /// In the order that [`broadcast_trunk`] wants them.
    fn parameters(&self) -> impl Iterator<Item = &Tensor> {
        let deep = self.b3.parameters().chain(self.b5.parameters());
        self.b1.parameters().into_iter().chain(deep).chain(self.bp.parameters())
    }

    /// In the order of the trunk's statistics.
    fn norms(&self) -> [&Norm; 6] {
        let Self { b1, b3, b5, bp } = self;
        [&b1.norm, &b3.bottleneck.norm, &b3.bn2, &b5.bottleneck.norm, &b5.bn2, &bp.norm]
    }
}
