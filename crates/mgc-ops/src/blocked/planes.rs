//! The way between candle's layout, planes of one channel each, and slabs.

use super::{Cell, LANES, LINE, RUN, Size, Slab};
use rayon::prelude::*;

/// From (N, 32, H, W).
pub(crate) fn from_planes(x: &[f32], size: Size) -> Slab {
    let (mut slab, plane) = (Slab::unset(size.cells()), size.h * size.w);
    slab.par_chunks_mut(plane).zip(x.par_chunks(LANES * plane)).for_each(|(cells, x)| {
        cells.par_chunks_mut(RUN).enumerate().for_each(|(run, cells)| {
            for (c, x) in x.chunks(plane).enumerate() {
                cells.iter_mut().zip(&x[run * RUN..]).for_each(|(cell, x)| cell.0[c] = *x);
            }
        });
    });
    slab
}

/// To (N, 32, H, W).
pub(crate) fn to_planes(slab: &[Cell], size: Size) -> Vec<f32> {
    let plane = size.h * size.w;
    let mut y = vec![0.; slab.len() * LANES];
    y.par_chunks_mut(LANES * plane).zip(slab.par_chunks(plane)).for_each(|(y, cells)| {
        y.par_chunks_mut(LINE * plane).enumerate().for_each(|(line, y)| {
            for (run, cells) in cells.chunks(RUN).enumerate() {
                for (c, y) in y.chunks_mut(plane).enumerate() {
                    let y = &mut y[run * RUN..];
                    y.iter_mut().zip(cells).for_each(|(y, cell)| *y = cell.0[line * LINE + c]);
                }
            }
        });
    });
    y
}
