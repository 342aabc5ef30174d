//! Channel-blocked maps: the 32 channels of a pixel are contiguous. In this layout the fast trunk computes.
//!
//! A [`BlockedMap`] holds N x H x W [`Pixel`]s. Blocks append maps to a list; nothing is copied.

mod arena;
mod buffers;
pub(crate) mod conv;
pub(crate) mod deferred;
mod kernels;
pub(crate) mod moments;
pub(crate) mod pixels;
pub(crate) mod planes;
pub(crate) mod pool;
mod rows;
#[cfg(test)]
mod tests;
mod vector;

pub use buffers::release_buffers;
pub(crate) use buffers::{BlockedMap, Codes};
pub(crate) use kernels::{add_mixed, add_outer, mix};

/// Channels of a pixel.
pub(crate) const BLOCK_CHANNELS: usize = 32;

/// Pixels summed in single precision before the sum moves to double precision; products sum over a tile or a
/// task instead.
pub(crate) const RUN: usize = 64;
/// Floats in a cache line.
pub(crate) const LINE: usize = 16;

/// The 32 channels at one place of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Pixel(pub(crate) [f32; BLOCK_CHANNELS]);

impl Pixel {
    pub(crate) const ZERO: Self = Self([0.; BLOCK_CHANNELS]);
}

/// A matrix (32 inputs, 32 outputs).
pub(crate) type WeightBlock = [Pixel; BLOCK_CHANNELS];

/// Size of the maps: samples, rows, columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) n: usize,
    pub(crate) h: usize,
    pub(crate) w: usize,
}

impl Size {
    pub(crate) fn pixels(self) -> usize {
        self.n * self.h * self.w
    }
}

/// Returns the pixels of each map.
pub(crate) fn views(maps: &[BlockedMap]) -> Vec<&[Pixel]> {
    maps.iter().map(|map| &**map).collect()
}
