//! The trunk of the published networks, 32 channels everywhere: slabs instead of planes.
//!
//! What differs from the general trunk:
//! - channels are never concatenated: a block appends slabs to a list
//! - backwards, the gradient of a slab is made in one sweep that asks all its readers, instead of each reader adding to it
//! - what a pass no longer needs is freed on the way

mod backward;
mod forward;
mod reader;
mod sweep;
mod tail;

use super::layout::{Exit, Slots, TrunkConfig};
use crate::slabs::{LANES, Size};
pub(crate) use forward::State;

/// A trunk on maps of known size.
#[derive(Debug, Clone)]
pub(crate) struct FastTrunk {
    pub(crate) config: TrunkConfig,
    pub(crate) slots: Slots,
    pub(crate) size: Size,
}

impl FastTrunk {
    /// Whether the trunk has the sizes of this path: width, growth and exit are 32.
    pub(crate) fn fits(config: &TrunkConfig) -> bool {
        let exit = matches!(config.exit, Exit::Conv(LANES) | Exit::NormConv(LANES));
        if std::env::var("HACK").is_ok() { return false; }
        config.width == LANES && config.growth == LANES && exit
    }

    /// The same for other samples.
    pub(crate) fn with_samples(&self, n: usize) -> Self {
        Self { size: Size { n, ..self.size }, ..self.clone() }
    }
}

/// Slabs that block `block` reads; for the number of blocks, those that the exit reads.
pub(crate) const fn slabs(block: usize) -> usize {
    1 + super::layout::BRANCHES * block
}
