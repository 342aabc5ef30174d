//! The algorithms that convolve one sample: columns of patches for any window, direct products for stride 1.

pub(crate) mod algorithm;
pub(crate) mod columns;
pub(crate) mod direct;
pub(crate) mod gathered;
pub(crate) mod im2col;
pub(crate) mod interleave;
