//! The way back of the 3x3 max pool, together with what statistics take.

use super::cells::{Correction, correct};
use super::pool::{ROWS, SIDE};
use super::{Cell, LANES, Size};
use crate::kernels::simd::widest;
use rayon::prelude::*;

/// What completes the gradient of a slab.
pub(crate) struct Settlement<'a> {
    /// The gradient of the pooled map and its codes, if anything reads it.
    pub(crate) pooled: Option<(&'a [Cell], &'a [[u8; LANES]])>,
    /// What the statistics of the pooled map take, as a function of x, for each pooled cell that chose x.
    pub(crate) pooled_owed: Correction,
    /// What the statistics of the slab take.
    pub(crate) owed: Correction,
}

impl Settlement<'_> {
    /// Adds to `dx` what the pool sends, less what is owed; gives the sums over all cells.
    pub(crate) fn pay(&self, x: &[Cell], dx: &mut [Cell], size: Size) -> [f64; LANES] {
        let (plane, task) = (size.h * size.w, ROWS * size.w);
        let tasks_per_sample = plane.div_ceil(task);
        let samples = dx.chunks_mut(plane).flat_map(|dx| dx.chunks_mut(task));
        let tasks: Vec<_> = samples.enumerate().collect();
        let sums: Vec<_> = tasks
            .into_par_iter()
            .map(|(i, dx)| {
                let (sample, first) = (i / tasks_per_sample, i % tasks_per_sample * ROWS);
                self.pay_rows(sample * size.h, first, x, dx, size)
            })
            .collect();
        let mut total = [0.; LANES];
        sums.iter().for_each(|sums| total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum));
        total
    }

    /// Rows from number `first` of the sample that starts at row `start` of the map.
    fn pay_rows(&self, start: usize, first: usize, x: &[Cell], dx: &mut [Cell], size: Size) -> [f64; LANES] {
        let (w, mut sum) = (size.w, [0.; LANES]);
        for (row, dx) in (first..).zip(dx.chunks_mut(w)) {
            let x = &x[(start + row) * w..][..w];
            if let Some((dy, codes)) = self.pooled {
                // The window's row k lies at output row `row + 1 - k`.
                let outputs = [row + 1, row, row.wrapping_sub(1)];
                let cells = outputs
                    .map(|row| if row < size.h { (start + row) * w..(start + row + 1) * w } else { 0..0 });
                let rows = cells.map(|cells| (&dy[cells.clone()], &codes[cells]));
                unpool_row(rows, &self.pooled_owed, x, dx);
            }
            correct(&Cell([1.; LANES]), &self.owed, x, dx, &mut sum);
        }
        sum
    }
}

/// A row of the pooled map's gradient, with its codes; empty outside of the map.
type PooledRow<'a> = (&'a [Cell], &'a [[u8; LANES]]);

/// Places of a window.
const PLACES: usize = SIDE * SIDE;
/// The code of a place outside of the map.
const NOWHERE: [u8; LANES] = [u8::MAX; LANES];

widest! {
    fn unpool_row(rows: [PooledRow<'_>; SIDE], owed: &Correction, x: &[Cell], dx: &mut [Cell]) {
        let Correction { constant: Cell(constant), slope: Cell(slope), mean: Cell(mean) } = *owed;
        for (w, (Cell(x), Cell(dx))) in x.iter().zip(dx.iter_mut()).enumerate() {
            let mut outputs = [(&Cell::ZERO, &NOWHERE); PLACES];
            for (outputs, (dy, codes)) in outputs.chunks_mut(SIDE).zip(rows) {
                // The window's column j lies at output column `w + 1 - j`.
                for (output, at) in outputs.iter_mut().zip([w + 1, w, w.wrapping_sub(1)]) {
                    if let (Some(dy), Some(codes)) = (dy.get(at), codes.get(at)) {
                        *output = (dy, codes);
                    }
                }
            }
            let mut sum = [0f32; LANES];
            for c in 0..LANES {
                let (mut gradient, mut times) = (dx[c], 0f32);
                for (place, (Cell(dy), codes)) in outputs.iter().enumerate() {
                    let chosen = codes[c] == place as u8;
                    gradient += if chosen { dy[c] } else { 0. };
                    times += if chosen { 1. } else { 0. };
                }
                sum[c] = gradient - times * (slope[c] * (x[c] - mean[c]) + constant[c]);
            }
            *dx = sum;
        }
    }
}
