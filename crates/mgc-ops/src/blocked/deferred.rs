//! The gradient of the 3x3 max pool, together with the deferred corrections of the statistics.
//!
//! Every reader of a map subtracts its own correction for batch statistics. They are summed over the readers
//! and applied once, when the gradient of the map is otherwise complete.

use super::pixels::{Correction, correct};
use super::pool::{ROWS, SIDE};
use super::{BLOCK_CHANNELS, Pixel, Size};
use crate::kernels::simd::widest;
use rayon::prelude::*;

/// The parts that complete the gradient of a map.
pub(crate) struct DeferredCorrection<'a> {
    /// The gradient of the pooled map and its codes, if any block reads it.
    pub(crate) pooled: Option<(&'a [Pixel], &'a [[u8; BLOCK_CHANNELS]])>,
    /// The correction of the pooled map's statistics as a function of x, applied once for each pooled pixel
    /// that chose x.
    pub(crate) pooled_correction: Correction,
    /// The correction of the map's own statistics.
    pub(crate) correction: Correction,
}

impl DeferredCorrection<'_> {
    /// Adds the gradient from the pool to `dx`, subtracts the corrections, and returns the sums over all
    /// pixels.
    pub(crate) fn apply(&self, x: &[Pixel], dx: &mut [Pixel], size: Size) -> [f64; BLOCK_CHANNELS] {
        let (plane, task) = (size.h * size.w, ROWS * size.w);
        let tasks_per_sample = plane.div_ceil(task);
        let samples = dx.chunks_mut(plane).flat_map(|dx| dx.chunks_mut(task));
        let tasks: Vec<_> = samples.enumerate().collect();
        let sums: Vec<_> = tasks
            .into_par_iter()
            .map(|(i, dx)| {
                let (sample, first) = (i / tasks_per_sample, i % tasks_per_sample * ROWS);
                self.apply_rows(sample * size.h, first, x, dx, size)
            })
            .collect();
        let mut total = [0.; BLOCK_CHANNELS];
        sums.iter().for_each(|sums| total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum));
        total
    }

    /// Does so for the rows from `first` of the sample that starts at row `start` of the map.
    fn apply_rows(
        &self,
        start: usize,
        first: usize,
        x: &[Pixel],
        dx: &mut [Pixel],
        size: Size,
    ) -> [f64; BLOCK_CHANNELS] {
        let (w, mut sum) = (size.w, [0.; BLOCK_CHANNELS]);
        for (row, dx) in (first..).zip(dx.chunks_mut(w)) {
            let x = &x[(start + row) * w..][..w];
            if let Some((dy, codes)) = self.pooled {
                // The window's row k lies at output row `row + 1 - k`.
                let outputs = [row + 1, row, row.wrapping_sub(1)];
                let pixels = outputs
                    .map(|row| if row < size.h { (start + row) * w..(start + row + 1) * w } else { 0..0 });
                let rows = pixels.map(|pixels| (&dy[pixels.clone()], &codes[pixels]));
                unpool_row(rows, &self.pooled_correction, x, dx);
            }
            correct(&Pixel([1.; BLOCK_CHANNELS]), &self.correction, x, dx, &mut sum);
        }
        sum
    }
}

/// A row of the pooled map's gradient, with its codes; empty outside the map.
type PooledRow<'a> = (&'a [Pixel], &'a [[u8; BLOCK_CHANNELS]]);

/// Places of a window.
const PLACES: usize = SIDE * SIDE;
/// The code of a place outside the map.
const NOWHERE: [u8; BLOCK_CHANNELS] = [u8::MAX; BLOCK_CHANNELS];

widest! {
    fn unpool_row(rows: [PooledRow<'_>; SIDE], correction: &Correction, x: &[Pixel], dx: &mut [Pixel]) {
        let Correction { constant: Pixel(constant), slope: Pixel(slope), mean: Pixel(mean) } = *correction;
        for (w, (Pixel(x), Pixel(dx))) in x.iter().zip(dx.iter_mut()).enumerate() {
            let mut outputs = [(&Pixel::ZERO, &NOWHERE); PLACES];
            for (outputs, (dy, codes)) in outputs.chunks_mut(SIDE).zip(rows) {
                // The window's column j lies at output column `w + 1 - j`.
                for (output, at) in outputs.iter_mut().zip([w + 1, w, w.wrapping_sub(1)]) {
                    if let (Some(dy), Some(codes)) = (dy.get(at), codes.get(at)) {
                        *output = (dy, codes);
                    }
                }
            }
            let mut sum = [0f32; BLOCK_CHANNELS];
            for c in 0..BLOCK_CHANNELS {
                let (mut gradient, mut times) = (dx[c], 0f32);
                for (place, (Pixel(dy), codes)) in outputs.iter().enumerate() {
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
