//! The stem's convolution, which is so cheap that its output is never stored: each pass recomputes it, row by
//! row.

use super::reader::pixel;
use super::shape::{FastTrunk, pooled_rows};
use super::stem_rows::{TAPS, convolve};
use crate::blocked::moments::Moments;
use crate::blocked::{Pixel, Size};
use crate::trunk::params::StemSlots;
use rayon::prelude::*;
use std::ops::Range;

/// Pooled rows of a task.
pub(super) const ROWS: usize = 8;

/// The convolution.
#[derive(Clone)]
pub(super) struct StemConv {
    pub(super) input: Size,
    /// Rows of a window of the pool.
    pub(super) window: usize,
    weights: [Pixel; TAPS],
    bias: Pixel,
}

/// A sample and some of its rows.
pub(super) type Task = (usize, Range<usize>);

impl FastTrunk {
    pub(super) fn stem_conv(&self, slots: &StemSlots, theta: &[f32]) -> StemConv {
        let weight = &theta[slots.conv.weight.clone()];
        StemConv {
            input: self.input,
            window: pooled_rows(&self.config),
            weights: std::array::from_fn(|tap| Pixel(std::array::from_fn(|o| weight[o * TAPS + tap]))),
            bias: pixel(&theta[slots.conv.bias.clone()]),
        }
    }
}

impl StemConv {
    /// Returns the convolution for inputs of another size.
    pub(super) fn resized(&self, input: Size) -> Self {
        Self { input, ..self.clone() }
    }

    /// Returns each task's sample and rows; the last task of a sample has the rows that fill no window.
    pub(super) fn tasks(&self) -> Vec<Task> {
        let (h, step) = (self.input.h, ROWS * self.window);
        let count = (h / self.window).div_ceil(ROWS);
        let rows = move |i: usize| i * step..if i + 1 == count { h } else { (i + 1) * step };
        (0..self.input.n).flat_map(|n| (0..count).map(move |i| (n, rows(i)))).collect()
    }

    /// Returns a task's rows of `x` and those around them, with a zero on both sides and zeros outside the
    /// sample.
    pub(super) fn padded(&self, x: &[f32], (n, rows): &Task) -> Padded {
        let (Size { h, w, .. }, stride) = (self.input, self.input.w + 2);
        let mut values = vec![0.; (rows.len() + 2) * stride];
        for (i, values) in values.chunks_mut(stride).enumerate() {
            if let Some(row) = (rows.start + i).checked_sub(1).filter(|row| *row < h) {
                values[1..=w].copy_from_slice(&x[(n * h + row) * w..][..w]);
            }
        }
        Padded { values, stride, first: rows.start }
    }

    pub(super) fn row(&self, x: &Padded, row: usize, y: &mut [Pixel]) {
        convolve(x.seen(row), &self.weights, &self.bias, y);
    }

    /// Returns the moments of the convolution's output.
    pub(super) fn moments(&self, x: &[f32]) -> Moments {
        let task = |task: Task| {
            let (x, mut y, mut moments) =
                (self.padded(x, &task), vec![Pixel::ZERO; self.input.w], Moments::ZERO);
            for row in task.1 {
                self.row(&x, row, &mut y);
                moments.take(&y);
            }
            moments
        };
        let tasks: Vec<_> = self.tasks().into_par_iter().map(task).collect();
        Moments::total(tasks)
    }
}

/// Rows with a margin of one value around them.
pub(super) struct Padded {
    values: Vec<f32>,
    stride: usize,
    first: usize,
}

impl Padded {
    /// Returns the rows above, at and below row `row`.
    pub(super) fn seen(&self, row: usize) -> [&[f32]; 3] {
        let i = row - self.first;
        [i, i + 1, i + 2].map(|i| &self.values[i * self.stride..(i + 1) * self.stride])
    }
}
