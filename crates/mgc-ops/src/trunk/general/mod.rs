//! The trunk of any width, in f32 or f64, on planes: one map that all blocks append to.
//!
//! It is here because composing these networks of single operations costs more: 2.3 times the time of a
//! training step in f32 and 1.7 times in f64, and 2.2 times the memory (three blocks of width 16, four
//! spectrograms of 323 x 128).

mod backward;
mod bottleneck;
mod deep;
pub(super) mod ends;
pub(super) mod forward;
mod maps;
