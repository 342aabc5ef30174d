//! A map of many channels that blocks read from and append to.

use crate::kernels::planes::Dims;
use crate::scalar::real::Real;
use rayon::prelude::*;
use std::ops::Range;

/// Copies channels `range` of every sample into a map of their own.
pub(crate) fn gather<T: Real>(map: &[T], dims: Dims, range: &Range<usize>) -> Vec<T> {
    let plane = dims.plane();
    let mut part = vec![T::zero(); dims.n * range.len() * plane];
    part.par_chunks_mut(range.len() * plane).zip(map.par_chunks(dims.sample())).for_each(|(part, sample)| {
        part.copy_from_slice(&sample[range.start * plane..range.end * plane]);
    });
    part
}

/// Copies a map onto the channels `range` of every sample.
pub(crate) fn place<T: Real>(part: &[T], map: &mut [T], dims: Dims, range: &Range<usize>) {
    let plane = dims.plane();
    map.par_chunks_mut(dims.sample()).zip(part.par_chunks(range.len() * plane)).for_each(|(sample, part)| {
        sample[range.start * plane..range.end * plane].copy_from_slice(part);
    });
}

/// Calls `f(sample, channel, plane)` for the planes of channels `range`, in parallel.
pub(crate) fn for_each_plane<T: Real>(
    map: &mut [T],
    dims: Dims,
    range: &Range<usize>,
    f: impl Fn(usize, usize, &mut [T]) + Sync,
) {
    let plane = dims.plane();
    map.par_chunks_mut(dims.sample()).enumerate().for_each(|(n, sample)| {
        let planes = sample[range.start * plane..range.end * plane].par_chunks_mut(plane);
        planes.enumerate().for_each(|(i, plane)| f(n, range.start + i, plane));
    });
}
