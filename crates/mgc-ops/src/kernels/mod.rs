//! Loops over slices: rows, planes, matrices.

pub(crate) mod affine;
pub(crate) mod allocator;
pub(crate) mod matmul;
pub(crate) mod philox;
pub(crate) mod planes;
pub(crate) mod pooling;
pub(crate) mod rows;
pub(crate) mod scaling;
pub(crate) mod simd;
pub(crate) mod statistics;
pub(crate) mod sweep;
