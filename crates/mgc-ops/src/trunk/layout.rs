//! What a trunk is made of, and where each parameter lies in the flat vector of all of them.

use candle::{Result, bail};
use std::ops::Range;

/// Branches of a block; each adds `width` channels.
pub(crate) const BRANCHES: usize = 4;

// Far beyond any use, and small enough that no product of them overflows.
const MAX_WIDTH: usize = 4_096;
const MAX_BLOCKS: usize = 64;
const MAX_KERNEL: usize = 31;

/// A run of broadcast blocks (Liu et al. 2020).
///
/// Each block normalises what it reads per branch (batch norm and ReLU) and appends four branches of `width`
/// channels: b1, a 1x1 convolution; b3 and b5, a 1x1 convolution, a normalisation and a larger
/// convolution; bp, a 3x3 max pool before the normalisation and a 1x1 convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct TrunkConfig {
    /// Channels of the input and of each branch, 1 to 4,096.
    pub width: usize,
    /// Blocks, 1 to 64.
    pub blocks: usize,
    /// Kernel of b3's second convolution, odd, up to 31; without one, b3 ends with its normalised bottleneck.
    pub kernel3: Option<usize>,
    /// Kernel of b5's second convolution, odd, up to 31.
    pub kernel5: usize,
    /// Added to variances, greater than 0.
    pub epsilon: f64,
}

impl TrunkConfig {
    /// Channels that block number `block` (from 0) reads; for `blocks`, those of the output.
    pub const fn channels(&self, block: usize) -> usize {
        self.width * (1 + BRANCHES * block)
    }

    pub(crate) fn validate(&self) -> Result<()> {
        let mut kernels = [Some(self.kernel5), self.kernel3].into_iter().flatten();
        let positive = self.epsilon > 0.0; // no for NaN
        let sizes = (1..=MAX_WIDTH).contains(&self.width) && (1..=MAX_BLOCKS).contains(&self.blocks);
        if !sizes || !kernels.all(|kernel| kernel % 2 == 1 && kernel <= MAX_KERNEL) || !positive {
            bail!(
                "broadcast_trunk: expected a width of 1 to {MAX_WIDTH}, 1 to {MAX_BLOCKS} blocks, odd kernels up to \
                 {MAX_KERNEL} and epsilon above 0, got {self:?}"
            )
        }
        Ok(())
    }
}

/// The parameters of a normalisation or a convolution.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) weight: Range<usize>,
    pub(crate) bias: Range<usize>,
}

/// A normalisation and the 1x1 convolution behind it.
#[derive(Debug, Clone)]
pub(crate) struct BottleneckSlots {
    pub(crate) norm: Slot,
    pub(crate) conv: Slot,
}

/// A bottleneck, its normalisation, and the convolution behind that one.
#[derive(Debug, Clone)]
pub(crate) struct DeepSlots {
    pub(crate) bottleneck: BottleneckSlots,
    pub(crate) norm: Slot,
    pub(crate) conv: Option<Slot>,
}

/// The parameters of one block, in their order in the flat vector.
#[derive(Debug, Clone)]
pub(crate) struct BlockSlots {
    pub(crate) b1: BottleneckSlots,
    pub(crate) b3: DeepSlots,
    pub(crate) b5: DeepSlots,
    pub(crate) bp: BottleneckSlots,
}

/// Hands out consecutive ranges.
struct Cursor(usize);

impl Cursor {
    fn slot(&mut self, weight: usize, bias: usize) -> Slot {
        let middle = self.0 + weight;
        let slot = Slot { weight: self.0..middle, bias: middle..middle + bias };
        self.0 = slot.bias.end;
        slot
    }

    fn bottleneck(&mut self, inputs: usize, width: usize) -> BottleneckSlots {
        BottleneckSlots { norm: self.slot(inputs, inputs), conv: self.slot(inputs * width, width) }
    }

    fn deep(&mut self, inputs: usize, width: usize, kernel: Option<usize>) -> DeepSlots {
        DeepSlots {
            bottleneck: self.bottleneck(inputs, width),
            norm: self.slot(width, width),
            conv: kernel.map(|k| self.slot(width * width * k * k, width)),
        }
    }
}

/// Where the parameters of every block lie, and how many there are.
pub(crate) fn slots(config: &TrunkConfig) -> (Vec<BlockSlots>, usize) {
    let (mut cursor, width) = (Cursor(0), config.width);
    let block = |i| {
        let inputs = config.channels(i);
        BlockSlots {
            b1: cursor.bottleneck(inputs, width),
            b3: cursor.deep(inputs, width, config.kernel3),
            b5: cursor.deep(inputs, width, Some(config.kernel5)),
            bp: cursor.bottleneck(inputs, width),
        }
    };
    let blocks = (0..config.blocks).map(block).collect();
    (blocks, cursor.0)
}
