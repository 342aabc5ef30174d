//! The coordinate channel of the stem.
//!
//! It is the same in every sample and row, so its part of the convolution is one row of pixels, with others
//! where the kernel reaches over the first or the last row. Backwards, the gradients of all rows of a kind
//! are summed before they meet the channel.

use super::stem_rows::{TAPS, TapSums, add_row, add_taps, convolve};
use crate::blocked::Pixel;
use crate::ops::coordinate::positions;

/// Kinds of rows: with and without a row above, with and without one below.
const KINDS: usize = 4;

/// The channel, and its part of the convolution.
#[derive(Clone)]
pub(super) struct Coordinate {
    range: f64,
    weights: [Pixel; TAPS],
    bias: Pixel,
    /// The positions of the columns, with a zero on both sides, and as many zeros.
    positions: Vec<f32>,
    zeros: Vec<f32>,
    /// The bias and the channel's part, for each kind of row.
    starts: [Vec<Pixel>; KINDS],
}

impl Coordinate {
    pub(super) fn new(range: f64, weights: [Pixel; TAPS], bias: Pixel, columns: usize) -> Self {
        let margin = std::iter::once(0.0);
        let inner = positions(columns, range).into_iter().map(|position| position as f32);
        let positions: Vec<f32> = margin.clone().chain(inner).chain(margin).collect();
        let zeros = vec![0.; positions.len()];
        let mut channel = Self { range, weights, bias, positions, zeros, starts: Default::default() };
        channel.starts = std::array::from_fn(|kind| {
            let mut start = vec![Pixel::ZERO; columns];
            convolve(channel.seen(kind), &channel.weights, &channel.bias, &mut start);
            start
        });
        channel
    }

    /// Returns the channel for inputs of another width.
    pub(super) fn resized(&self, columns: usize) -> Self {
        Self::new(self.range, self.weights, self.bias, columns)
    }

    /// Returns what the convolution's sums start from in a row of `rows`.
    pub(super) fn start(&self, row: usize, rows: usize) -> &[Pixel] {
        &self.starts[kind(row, rows)]
    }

    /// Returns the rows of the channel above, at and below a row of this kind.
    fn seen(&self, kind: usize) -> [&[f32]; 3] {
        let there = |bit: usize| if kind & bit == 0 { &self.zeros[..] } else { &self.positions };
        [there(ABOVE), &self.positions, there(BELOW)]
    }

    /// Adds the gradients of the channel's weights.
    pub(super) fn add_weights(&self, gradients: &ColumnSums, weights: &mut TapSums) {
        for (kind, sums) in gradients.0.iter().enumerate() {
            add_taps(self.seen(kind), sums, weights);
        }
    }
}

const ABOVE: usize = 1;
const BELOW: usize = 2;

fn kind(row: usize, rows: usize) -> usize {
    (if row > 0 { ABOVE } else { 0 }) + if row + 1 < rows { BELOW } else { 0 }
}

/// Gradients summed over rows, for each kind of row; empty where no row was of a kind.
#[derive(Default)]
pub(super) struct ColumnSums([Vec<Pixel>; KINDS]);

impl ColumnSums {
    /// Adds the gradients of a row of `rows`. A task has few rows, so single precision will do.
    pub(super) fn add(&mut self, row: usize, rows: usize, gradients: &[Pixel]) {
        let sums = &mut self.0[kind(row, rows)];
        sums.resize(gradients.len(), Pixel::ZERO);
        add_row(gradients, sums);
    }
}
