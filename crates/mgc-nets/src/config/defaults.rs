//! Settings that files older than they do not have.

use super::{MOMENTUM, STEM_POOL};

pub(super) fn stem_pool() -> (usize, usize) {
    STEM_POOL
}

pub(super) fn is_stem_pool(pool: &(usize, usize)) -> bool {
    *pool == STEM_POOL
}

pub(super) fn norm_momentum() -> f64 {
    MOMENTUM
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn is_norm_momentum(momentum: &f64) -> bool {
    momentum.to_bits() == MOMENTUM.to_bits()
}
