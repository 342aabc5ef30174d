//! The algorithms that convolve one sample.

pub(crate) mod algorithm;
pub(crate) mod columns;
pub(crate) mod direct;
pub(crate) mod gathered;
pub(crate) mod im2col;
pub(crate) mod interleave;
