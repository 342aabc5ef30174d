//! The time that training takes on a known machine.

use crate::grid::computing::is_fused;
use mgc_nets::NetConfig;

/// Multiply-adds in a second of one core, of two, of a virtual machine on an AMD EPYC: 16 to 25 billion measured
/// on 2026-11-28 for the networks whose trunk is one operation, 4 to 8 for the others.
pub(super) const FUSED_RATE: f64 = 20e9;
pub(super) const LAYER_RATE: f64 = 6e9;

/// Returns the seconds that one core of that machine takes for so many multiply-adds.
pub(super) fn core_seconds(config: &NetConfig, multiply_adds: f64) -> f64 {
    multiply_adds / if is_fused(config) { FUSED_RATE } else { LAYER_RATE }
}
