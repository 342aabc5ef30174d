//! Which trunks the fast path computes, and the sizes of their maps.

use crate::blocked::{BLOCK_CHANNELS, Size};
use crate::kernels::planes::Dims;
use crate::trunk::config::{BRANCHES, TrunkConfig, TrunkExit};
use crate::trunk::entry::TrunkEntry;
use crate::trunk::params::Slots;
use candle::{Result, bail};
use std::ops::Range;

/// A trunk on maps of known size.
#[derive(Debug, Clone)]
pub(crate) struct FastTrunk {
    pub(crate) config: TrunkConfig,
    pub(crate) slots: Slots,
    /// The size of the input.
    pub(crate) input: Size,
    /// The size of every map after the stem.
    pub(crate) size: Size,
}

impl FastTrunk {
    /// Returns whether the fast path computes such a trunk.
    ///
    /// The blocks read a multiple of 32 channels, a branch has 32, and so have a stem and an exit's
    /// convolution.
    pub(crate) fn fits(config: &TrunkConfig) -> bool {
        let entry = config.width == BLOCK_CHANNELS
            || (config.entry == TrunkEntry::Map && config.width.is_multiple_of(BLOCK_CHANNELS));
        let exit = match config.exit {
            TrunkExit::Map | TrunkExit::Appended => true,
            TrunkExit::Conv(outputs) | TrunkExit::NormConv(outputs) => outputs == BLOCK_CHANNELS,
        };
        entry && exit && config.growth == BLOCK_CHANNELS
    }

    /// Fails when the stem's pool leaves nothing.
    pub(crate) fn new(config: &TrunkConfig, slots: Slots, Dims { n, h, w, .. }: Dims) -> Result<Self> {
        let (rows, columns) = config.pool();
        if h < rows || w < columns {
            bail!("broadcast_trunk: the stem's pool takes {rows} x {columns}, the input has {h} x {w}")
        }
        let (input, size) = (Size { n, h, w }, Size { n, h: h / rows, w: w / columns });
        Ok(Self { config: config.clone(), slots, input, size })
    }
}

/// Returns how many maps block `block` reads; for the number of blocks, how many there are in all.
pub(super) const fn maps_read(config: &TrunkConfig, block: usize) -> usize {
    config.width / BLOCK_CHANNELS + BRANCHES * block
}

/// Returns the maps that are the output where no convolution follows them.
pub(super) fn output_maps(config: &TrunkConfig) -> Range<usize> {
    let first = match config.exit {
        TrunkExit::Appended => maps_read(config, 0),
        _ => 0,
    };
    first..maps_read(config, config.blocks)
}
