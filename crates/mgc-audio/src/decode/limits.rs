//! The limit of a clip in memory.

use crate::clip::Clip;

/// Returns the number of samples that a file of `size` bytes may decode to.
pub(crate) fn samples(size: u64, sample_rate: u32) -> u64 {
    let by_memory = Clip::SMALL.max(size.saturating_mul(Clip::MAX_EXPANSION)) / size_of::<f32>() as u64;
    by_memory.min(Clip::MAX_DURATION.as_secs() * u64::from(sample_rate))
}
