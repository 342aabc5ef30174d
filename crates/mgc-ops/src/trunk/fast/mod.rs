//! The trunk of the published networks, 32 channels everywhere: slabs instead of planes.
//!
//! What differs from the general trunk:
//! - channels are never concatenated: a block appends slabs to a list
//! - backwards, the gradient of a slab is made in one sweep that asks all its readers, instead of each reader adding to it
//! - what a pass no longer needs is freed on the way

mod backward;
mod forward;
mod plan;
mod reader;
mod stem;
mod stem_rows;
mod sweep;
mod tail;

use crate::blocked::{LANES, Size};
use crate::kernels::planes::Dims;
use crate::trunk::config::{Entry, Exit, TrunkConfig};
use crate::trunk::params::Slots;
use candle::{Result, bail};
pub(crate) use plan::Plan;

/// A trunk on maps of known size.
#[derive(Debug, Clone)]
pub(crate) struct FastTrunk {
    pub(crate) config: TrunkConfig,
    pub(crate) slots: Slots,
    /// Of the input.
    pub(crate) input: Size,
    /// Of all maps behind the stem.
    pub(crate) size: Size,
}

impl FastTrunk {
    /// Whether the trunk has the sizes of this path: width, growth and exit are 32.
    pub(crate) fn fits(config: &TrunkConfig) -> bool {
        let exit = matches!(config.exit, Exit::Conv(LANES) | Exit::NormConv(LANES));
        config.width == LANES && config.growth == LANES && exit
    }

    /// Fails when the stem leaves no row.
    pub(crate) fn new(config: &TrunkConfig, slots: Slots, Dims { n, h, w, .. }: Dims) -> Result<Self> {
        let rows = window(config);
        if h < rows {
            bail!("broadcast_trunk: the stem's pool takes {rows} rows, the input has {h}")
        }
        let (input, size) = (Size { n, h, w }, Size { n, h: h / rows, w });
        Ok(Self { config: config.clone(), slots, input, size })
    }
}

/// Input rows that the stem makes one.
const fn window(config: &TrunkConfig) -> usize {
    match config.entry {
        Entry::Map => 1,
        Entry::Stem(rows) => rows,
    }
}

/// Slabs that block `block` reads; for the number of blocks, those that the exit reads.
pub(crate) const fn slabs(block: usize) -> usize {
    1 + crate::trunk::config::BRANCHES * block
}
