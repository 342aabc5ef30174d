//! Maps as planes: a contiguous (N, C, H, W) tensor is N * C planes of H * W elements.

use crate::scalar::real::Real;
use candle::{Result, Tensor, bail};
use rayon::prelude::*;
use std::mem::MaybeUninit;

/// The sizes of an (N, C, H, W) tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dims {
    pub(crate) n: usize,
    pub(crate) c: usize,
    pub(crate) h: usize,
    pub(crate) w: usize,
}

impl Dims {
    pub(crate) fn of(tensor: &Tensor) -> Result<Self> {
        let (n, c, h, w) = tensor.dims4()?;
        match tensor.elem_count() {
            0 => bail!("expected a map (N, C, H, W) with at least one element, got {:?}", tensor.dims()),
            _ => Ok(Self { n, c, h, w }),
        }
    }

    pub(crate) fn plane(&self) -> usize {
        self.h * self.w
    }

    pub(crate) fn sample(&self) -> usize {
        self.c * self.plane()
    }

    pub(crate) fn len(&self) -> usize {
        self.n * self.sample()
    }

    /// Returns the planes of channel `c`, sample by sample.
    pub(crate) fn channel<'a, T>(&self, data: &'a [T], c: usize) -> impl Iterator<Item = &'a [T]> {
        let (sample, plane) = (self.sample(), self.plane());
        (0..self.n).map(move |n| &data[n * sample + c * plane..][..plane])
    }
}

/// Independent sums: enough to fill the vector registers and to hide the latency of an addition.
pub(crate) const ACCUMULATORS: usize = 16;
/// Terms added in the map's own precision before the sum moves to double precision.
pub(crate) const RUN: usize = 16 * ACCUMULATORS;

/// Returns the `K` sums of `term(i)` over `0..len`, in a fixed order, with at most 16 additions in a row in
/// single precision.
#[inline(always)] // into loops compiled for wider vectors
#[allow(clippy::needless_range_loop)] // the indexed form is the one that vectorises
pub(crate) fn sums<T: Real, const K: usize>(len: usize, term: impl Fn(usize) -> [T; K]) -> [f64; K] {
    let mut total = [0f64; K];
    let whole = len - len % ACCUMULATORS;
    for start in (0..whole).step_by(RUN) {
        let mut lanes = [[T::zero(); ACCUMULATORS]; K];
        for i in (start..(start + RUN).min(whole)).step_by(ACCUMULATORS) {
            for lane in 0..ACCUMULATORS {
                let values = term(i + lane);
                (0..K).for_each(|k| lanes[k][lane] += values[k]);
            }
        }
        add(&mut total, lanes.map(|lanes| lanes.iter().map(|lane| lane.to_f64()).sum()));
    }
    (whole..len).for_each(|i| add(&mut total, term(i).map(T::to_f64)));
    total
}

fn add<const K: usize>(total: &mut [f64; K], values: [f64; K]) {
    total.iter_mut().zip(values).for_each(|(total, value)| *total += value);
}

/// Returns a new map whose planes are filled by `f(plane index, plane)`, in parallel.
pub(crate) fn build_planes<T: Real>(len: usize, plane: usize, f: impl Fn(usize, &mut [T]) + Sync) -> Vec<T> {
    build_with(len, plane, f).0
}

/// Does the same, and returns what `f` returns for each plane.
pub(crate) fn build_with<T: Real, R: Send>(
    len: usize,
    plane: usize,
    f: impl Fn(usize, &mut [T]) -> R + Sync,
) -> (Vec<T>, Vec<R>) {
    let mut out = Vec::with_capacity(len);
    let planes = filled_chunks(&mut out, (len, plane), T::zero());
    let results = planes.enumerate().map(|(i, plane)| f(i, plane)).collect();
    // SAFETY: the chunks make up the first `len` elements, and all of them have been through the closure,
    // filled.
    #[allow(unsafe_code)]
    unsafe {
        out.set_len(len);
    }
    (out, results)
}

/// Returns two new vectors of `sizes` (length, chunk), filled by `f(scratch, index, chunk of the first, chunk
/// of the second)` in parallel.
///
/// The chunks start as `empty` and zeros. Both vectors have the same number of chunks. Calls on one thread
/// share a scratch.
pub(crate) fn build_pair<A: Copy + Send + Sync, T: Real, R>(
    sizes: [(usize, usize); 2],
    empty: A,
    scratch: impl Fn() -> R + Send + Sync,
    f: impl Fn(&mut R, usize, &mut [A], &mut [T]) + Sync,
) -> (Vec<A>, Vec<T>) {
    let [first, second] = sizes;
    assert_eq!(first.0.div_ceil(first.1), second.0.div_ceil(second.1), "chunks of the two vectors");
    let (mut a, mut b) = (Vec::with_capacity(first.0), Vec::with_capacity(second.0));
    let chunks = filled_chunks(&mut a, first, empty).zip(filled_chunks(&mut b, second, T::zero()));
    chunks.enumerate().for_each_init(scratch, |scratch, (i, (a, b))| f(scratch, i, a, b));
    // SAFETY: as in `build_with`; there are as many chunks of the one as of the other, so that none was left
    // out.
    #[allow(unsafe_code)]
    unsafe {
        a.set_len(first.0);
        b.set_len(second.0);
    }
    (a, b)
}

/// Returns the spare capacity of an empty vector in chunks, `len` elements in all.
///
/// Each chunk is filled with `value` on the thread that takes it; zeros from the allocator would be written
/// by one thread.
fn filled_chunks<T: Copy + Send + Sync>(
    scratch: &mut Vec<T>,
    (len, chunk): (usize, usize),
    value: T,
) -> impl IndexedParallelIterator<Item = &mut [T]> {
    scratch.spare_capacity_mut()[..len].par_chunks_mut(chunk).map(move |chunk| {
        chunk.fill(MaybeUninit::new(value));
        // SAFETY: the elements of the slice have just been written, and `MaybeUninit<T>` has the layout of
        // `T`.
        #[allow(unsafe_code)]
        unsafe {
            &mut *(std::ptr::from_mut(chunk) as *mut [T])
        }
    })
}
