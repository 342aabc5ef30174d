//! The place of each parameter of a trunk in the flat vector of all parameters.

use super::config::{STEM_KERNEL, TrunkConfig, TrunkExit};
use super::entry::TrunkEntry;
use std::ops::Range;

/// The parameters of a normalisation or a convolution.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) weight: Range<usize>,
    pub(crate) bias: Range<usize>,
}

/// A normalisation and the 1x1 convolution after it.
#[derive(Debug, Clone)]
pub(crate) struct BottleneckSlots {
    pub(crate) norm: Slot,
    pub(crate) conv: Slot,
}

/// A bottleneck, its normalisation, and the convolutions after that.
#[derive(Debug, Clone)]
pub(crate) struct DeepSlots {
    pub(crate) bottleneck: BottleneckSlots,
    pub(crate) norm: Slot,
    pub(crate) convs: Vec<Slot>,
}

/// The parameters of one block, in their order in the flat vector.
#[derive(Debug, Clone)]
pub(crate) struct BlockSlots {
    pub(crate) b1: BottleneckSlots,
    pub(crate) b3: DeepSlots,
    pub(crate) b5: DeepSlots,
    pub(crate) bp: BottleneckSlots,
}

/// Allots consecutive ranges.
struct Cursor(usize);

impl Cursor {
    fn slot(&mut self, weight: usize, bias: usize) -> Slot {
        let middle = self.0 + weight;
        let slot = Slot { weight: self.0..middle, bias: middle..middle + bias };
        self.0 = slot.bias.end;
        slot
    }

    fn bottleneck(&mut self, inputs: usize, growth: usize) -> BottleneckSlots {
        BottleneckSlots { norm: self.slot(inputs, inputs), conv: self.slot(inputs * growth, growth) }
    }

    fn deep(&mut self, inputs: usize, growth: usize, kernels: &[(usize, usize)]) -> DeepSlots {
        DeepSlots {
            bottleneck: self.bottleneck(inputs, growth),
            norm: self.slot(growth, growth),
            convs: kernels.iter().map(|(kh, kw)| self.slot(growth * growth * kh * kw, growth)).collect(),
        }
    }
}

/// The parameters of the stem.
#[derive(Debug, Clone)]
pub(crate) struct StemSlots {
    pub(crate) conv: Slot,
    pub(crate) norm: Slot,
}

/// The parameters of the exit.
#[derive(Debug, Clone)]
pub(crate) struct ExitSlots {
    pub(crate) norm: Option<Slot>,
    pub(crate) conv: Slot,
}

/// The places of all parameters.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    pub(crate) stem: Option<StemSlots>,
    pub(crate) blocks: Vec<BlockSlots>,
    pub(crate) exit: Option<ExitSlots>,
    /// How many parameters there are.
    pub(crate) len: usize,
}

impl TrunkConfig {
    /// Returns how many parameters [`broadcast_trunk`](crate::broadcast_trunk) takes.
    ///
    /// ```
    /// use mgc_ops::TrunkConfig;
    /// let config = TrunkConfig { width: 1, growth: 1, kernels5: vec![], ..TrunkConfig::default() };
    /// // b1 and bp: a normalisation and a 1x1 convolution; b3 and b5: one more normalisation
    /// assert_eq!(config.parameters(), 2 * (2 + 2) + 2 * (2 + 2 + 2));
    /// ```
    pub fn parameters(&self) -> usize {
        Slots::new(self).len
    }
}

impl Slots {
    pub(crate) fn new(config: &TrunkConfig) -> Self {
        let (mut cursor, growth, width) = (Cursor(0), config.growth, config.width);
        let stem = match config.entry {
            TrunkEntry::Map => None,
            TrunkEntry::Stem(stem) => Some(StemSlots {
                conv: cursor.slot(width * stem.channels() * STEM_KERNEL.0 * STEM_KERNEL.1, width),
                norm: cursor.slot(width, width),
            }),
        };
        let block = |i| {
            let inputs = config.channels(i);
            BlockSlots {
                b1: cursor.bottleneck(inputs, growth),
                b3: cursor.deep(inputs, growth, &config.kernels3),
                b5: cursor.deep(inputs, growth, &config.kernels5),
                bp: cursor.bottleneck(inputs, growth),
            }
        };
        let blocks = (0..config.blocks).map(block).collect();
        let inputs = config.channels(config.blocks);
        let mut exit = |normed: bool, outputs| ExitSlots {
            norm: normed.then(|| cursor.slot(inputs, inputs)),
            conv: cursor.slot(inputs * outputs, outputs),
        };
        let exit = match config.exit {
            TrunkExit::Map | TrunkExit::Appended => None,
            TrunkExit::Conv(outputs) => Some(exit(false, outputs)),
            TrunkExit::NormConv(outputs) => Some(exit(true, outputs)),
        };
        Self { stem, blocks, exit, len: cursor.0 }
    }
}
