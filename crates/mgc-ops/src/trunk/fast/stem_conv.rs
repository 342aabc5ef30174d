//! The stem's convolution, which is so cheap that its output is never stored: each pass recomputes it, row by
//! row.

use super::reader::pixel;
use super::shape::FastTrunk;
use super::stem_coordinate::Coordinate;
use super::stem_rows::{TAPS, convolve, convolve_from};
use crate::blocked::moments::Moments;
use crate::blocked::{BLOCK_CHANNELS, Pixel, Size};
use crate::trunk::entry::TrunkEntry;
use crate::trunk::params::StemSlots;
use rayon::prelude::*;
use std::ops::Range;

/// Pooled rows of a task.
pub(super) const ROWS: usize = 8;

/// The convolution.
#[derive(Clone)]
pub(super) struct StemConv {
    pub(super) input: Size,
    /// Rows and columns of a window of the pool.
    pub(super) pool: (usize, usize),
    weights: [Pixel; TAPS],
    bias: Pixel,
    pub(super) coordinate: Option<Coordinate>,
}

/// A sample and some of its rows.
pub(super) type Task = (usize, Range<usize>);

impl FastTrunk {
    pub(super) fn stem_conv(&self, slots: &StemSlots, theta: &[f32]) -> StemConv {
        let (weight, bias) = (&theta[slots.conv.weight.clone()], pixel(&theta[slots.conv.bias.clone()]));
        let range = match self.config.entry {
            TrunkEntry::Stem(stem) => stem.coordinate,
            TrunkEntry::Map => None,
        };
        let coordinate = |range| Coordinate::new(range, taps(weight, 1), bias, self.input.w);
        StemConv {
            input: self.input,
            pool: self.config.pool(),
            weights: taps(weight, 0),
            bias,
            coordinate: range.map(coordinate),
        }
    }
}

/// Returns the taps of one input channel of a kernel (32 outputs, inputs, rows, columns).
fn taps(kernel: &[f32], input: usize) -> [Pixel; TAPS] {
    let output = kernel.len() / BLOCK_CHANNELS;
    std::array::from_fn(|tap| Pixel(std::array::from_fn(|o| kernel[o * output + input * TAPS + tap])))
}

impl StemConv {
    /// Returns the convolution for inputs of another size.
    pub(super) fn resized(&self, input: Size) -> Self {
        let coordinate = self.coordinate.as_ref().map(|coordinate| coordinate.resized(input.w));
        Self { input, coordinate, ..self.clone() }
    }

    /// Returns the rows and columns of the pooled map.
    pub(super) fn pooled(&self) -> (usize, usize) {
        (self.input.h / self.pool.0, self.input.w / self.pool.1)
    }

    /// Returns each task's sample and rows; the last task of a sample has the rows that fill no window.
    pub(super) fn tasks(&self) -> Vec<Task> {
        let (h, step) = (self.input.h, ROWS * self.pool.0);
        let count = self.pooled().0.div_ceil(ROWS);
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
        match &self.coordinate {
            None => convolve(x.seen(row), &self.weights, &self.bias, y),
            Some(channel) => {
                convolve_from(x.seen(row), &self.weights, channel.start(row, self.input.h), y);
            }
        }
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
