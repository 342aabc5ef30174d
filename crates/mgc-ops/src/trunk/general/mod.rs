//! The trunk of any width, in f32 or f64, on planes: one map that all blocks append to.

mod backward;
mod bottleneck;
mod deep;
pub(super) mod ends;
pub(super) mod forward;
mod maps;
