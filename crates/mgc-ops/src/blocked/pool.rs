//! The 3x3 max pool, stride 1, 'same'.
//!
//! Where a window holds its maximum more than once, the first place in row-major order takes the gradient, as
//! in Keras.

use super::moments::Moments;
use super::{BLOCK_CHANNELS, BlockedMap, Codes, Pixel, Size};
use crate::kernels::simd::widest;
use rayon::prelude::*;

/// Rows of a task.
pub(super) const ROWS: usize = 16;
/// Side of the window.
pub(super) const SIDE: usize = 3;

/// A pooled map.
#[derive(Debug)]
pub(crate) struct Pooled {
    pub(crate) map: BlockedMap,
    /// For each value, the place in its window (0 to 8, row-major) that holds the maximum.
    pub(crate) codes: Codes,
    pub(crate) moments: Moments,
}

/// The maxima of three neighbouring pixels along a row, and which of the three they are.
#[derive(Default)]
pub(crate) struct Across {
    best: Vec<Pixel>,
    code: Vec<[u8; BLOCK_CHANNELS]>,
}

/// Pools every sample.
pub(crate) fn max_pool(x: &[Pixel], size: Size) -> Pooled {
    let (mut map, mut codes) = (BlockedMap::unset(size.pixels()), Codes::unset(size.pixels()));
    let (plane, task) = (size.h * size.w, ROWS * size.w);
    let samples = map.par_chunks_mut(plane).zip(codes.par_chunks_mut(plane)).zip(x.par_chunks(plane));
    let moments: Vec<Vec<_>> = samples
        .map(|((map, codes), x)| {
            let tasks = map.par_chunks_mut(task).zip(codes.par_chunks_mut(task)).enumerate();
            tasks.map(|(i, (map, codes))| pool_rows(x, size, i * ROWS, map, codes)).collect()
        })
        .collect();
    Pooled { map, codes, moments: Moments::total(moments.into_iter().flatten()) }
}

/// Pools the rows of one sample from `first`, as many as `map` has.
fn pool_rows(
    x: &[Pixel],
    size: Size,
    first: usize,
    map: &mut [Pixel],
    codes: &mut [[u8; BLOCK_CHANNELS]],
) -> Moments {
    let w = size.w;
    let across = |row: usize| reduce_across(&x[row * w..][..w]);
    let mut above = if first > 0 { across(first - 1) } else { Across::default() };
    let (mut here, mut moments) = (across(first), Moments::ZERO);
    for (row, (map, codes)) in (first..).zip(map.chunks_mut(w).zip(codes.chunks_mut(w))) {
        let below = if row + 1 < size.h { across(row + 1) } else { Across::default() };
        maxima_down(&above, &here, &below, map, codes);
        moments.take(map);
        (above, here) = (here, below);
    }
    moments
}

fn reduce_across(x: &[Pixel]) -> Across {
    let mut across = Across { best: vec![Pixel::ZERO; x.len()], code: vec![[0; BLOCK_CHANNELS]; x.len()] };
    maxima_across(x, &mut across.best, &mut across.code);
    across
}

widest! {
    fn maxima_across(x: &[Pixel], best: &mut [Pixel], code: &mut [[u8; BLOCK_CHANNELS]]) {
        for (w, here) in x.iter().enumerate() {
            // Where there is no neighbour, a pixel stands in for it.
            let (left, first) = if w > 0 { (&x[w - 1], 0) } else { (here, 1) };
            let (right, last) = x.get(w + 1).map_or((here, 1), |right| (right, 2));
            (best[w], code[w]) = greatest([left, here, right], [&[0; BLOCK_CHANNELS]; SIDE], [first, 1, last]);
        }
    }
}

widest! {
    /// Writes the maxima of three rows, of which the outer ones may be empty.
    fn maxima_down(above: &Across, here: &Across, below: &Across, best: &mut [Pixel], code: &mut [[u8; BLOCK_CHANNELS]]) {
        let (above, first) = if above.best.is_empty() { (here, 1) } else { (above, 0) };
        let (below, last) = if below.best.is_empty() { (here, 1) } else { (below, 2) };
        let base = [first, 1, last].map(|row| row * SIDE as u8);
        for (w, (best, code)) in best.iter_mut().zip(code).enumerate() {
            let (pixels, codes) = ([above, here, below].map(|row| &row.best[w]), [above, here, below].map(|row| &row.code[w]));
            (*best, *code) = greatest(pixels, codes, base);
        }
    }
}

/// Returns the greatest of three, the first of equals, and its code plus its base. A NaN gives way.
#[inline(always)]
#[allow(clippy::eq_op, reason = "only what is not a number differs from itself")]
fn greatest(
    x: [&Pixel; SIDE],
    codes: [&[u8; BLOCK_CHANNELS]; SIDE],
    base: [u8; SIDE],
) -> (Pixel, [u8; BLOCK_CHANNELS]) {
    let (mut best, mut code) = (Pixel::ZERO, [0; BLOCK_CHANNELS]);
    for c in 0..BLOCK_CHANNELS {
        let (mut value, mut at) = (x[0].0[c], codes[0][c] + base[0]);
        for i in 1..SIDE {
            let next = x[i].0[c];
            let greater = (next > value) | (value != value);
            value = if greater { next } else { value };
            at = if greater { codes[i][c] + base[i] } else { at };
        }
        (best.0[c], code[c]) = (value, at);
    }
    (best, code)
}

/// Returns the pooled map alone.
pub(crate) fn max_pool_values(x: &[Pixel], size: Size) -> BlockedMap {
    let (mut map, w, plane) = (BlockedMap::unset(size.pixels()), size.w, size.h * size.w);
    map.par_chunks_mut(w).enumerate().for_each(|(i, map)| {
        let (sample, row) = (&x[i / size.h * plane..], i % size.h);
        let at = |row: usize| &sample[row * w..(row + 1) * w];
        // Where there is no neighbour, a row or a pixel stands in for it.
        let rows = [at(row.saturating_sub(1)), at(row), at((row + 1).min(size.h - 1))];
        let mut down = vec![Pixel::ZERO; w + 2];
        maxima(rows, &mut down[1..=w]);
        (down[0], down[w + 1]) = (down[1], down[w]);
        maxima([&down[..w], &down[1..=w], &down[2..]], map);
    });
    map
}

widest! {
    /// Writes the maxima of three maps, pixel by pixel.
    fn maxima(maps: [&[Pixel]; SIDE], out: &mut [Pixel]) {
        for (w, out) in out.iter_mut().enumerate() {
            *out = greatest(maps.map(|map| &map[w]), [&[0; BLOCK_CHANNELS]; SIDE], [0; SIDE]).0;
        }
    }
}
