//! The blocks between stem and transition.

mod broadcast;
mod inception_resnet;
mod separable;
mod squeeze;

pub(crate) use broadcast::{Branches, BroadcastBlock};

use crate::config::{Block, NetConfig};
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;
use inception_resnet::ResidualBlock;
use separable::SeparableBlock;

/// All blocks of a network.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Broadcast(Vec<BroadcastBlock>),
    Separable(Vec<SeparableBlock>),
    InceptionResnet(Vec<ResidualBlock>),
}

impl Body {
    /// Names: `block1`, `block2`, ...
    pub(crate) fn new(net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let numbered = || (0..net.blocks).map(|i| (i, vb.pp(format!("block{}", i + 1))));
        Ok(match &net.block {
            Block::Broadcast(block) => {
                let new = |(i, vb)| BroadcastBlock::new(net, block, i, &vb);
                Self::Broadcast(numbered().map(new).collect::<Result<_>>()?)
            }
            Block::Separable => {
                let new = |(i, vb)| SeparableBlock::new(net, i, &vb);
                Self::Separable(numbered().map(new).collect::<Result<_>>()?)
            }
            Block::InceptionResnet => {
                let new = |(i, vb)| ResidualBlock::new(net, i, &vb);
                Self::InceptionResnet(numbered().map(new).collect::<Result<_>>()?)
            }
        })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = x.clone();
        match self {
            Self::Broadcast(blocks) => blocks.iter().try_fold(x, |x, block| block.forward(pass, &x)),
            Self::Separable(blocks) => blocks.iter().try_fold(x, |x, block| block.forward(pass, &x)),
            Self::InceptionResnet(blocks) => blocks.iter().try_fold(x, |x, block| block.forward(pass, &x)),
        }
    }
}
