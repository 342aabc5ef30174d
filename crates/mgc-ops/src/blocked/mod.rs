//! Maps of 32 channels whose channels lie side by side: the layout in which the broadcast trunk computes.
//!
//! A [`Slab`] holds N x H x W [`Cell`]s. Where blocks append channels, they append slabs to a list; nothing is copied.

mod arena;
pub(crate) mod cells;
pub(crate) mod conv;
mod kernels;
pub(crate) mod moments;
pub(crate) mod planes;
pub(crate) mod pool;
mod rows;
#[cfg(test)]
mod tests;
pub(crate) mod unpool;
mod vector;

pub(crate) use arena::{Codes, Slab};
pub(crate) use kernels::{add_mixed, add_outer, mix};

/// Channels of a cell.
pub(crate) const LANES: usize = 32;

/// Cells that are summed up in single precision at a time, but in products: those sum over a tile or a task.
pub(crate) const RUN: usize = 64;
/// Floats of a cache line.
pub(crate) const LINE: usize = 16;

/// One place of a map with its 32 channels.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Cell(pub(crate) [f32; LANES]);

impl Cell {
    pub(crate) const ZERO: Self = Self([0.; LANES]);
}

/// A matrix (32 inputs, 32 outputs).
pub(crate) type Block = [Cell; LANES];

/// Size of the maps: samples, rows, columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) n: usize,
    pub(crate) h: usize,
    pub(crate) w: usize,
}

impl Size {
    pub(crate) fn cells(self) -> usize {
        self.n * self.h * self.w
    }
}
