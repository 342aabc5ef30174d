//! Convolutions of 32 channels to 32, 'same', with any odd kernel: products of shifted rows, no patches.

use super::moments::Moments;
use super::pixels::{Affine, Sums, activate, add_up, deactivate};
use super::rows::Rows;
use super::{BLOCK_CHANNELS, BlockedMap, Pixel, Size, WeightBlock, add_mixed, add_outer, mix};
use crate::activation::Activation;
use rayon::prelude::*;

/// Rows of a task.
const ROWS: usize = 16;

/// A convolution's kernel, (rows, columns), and the map's size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conv {
    pub(crate) kernel: (usize, usize),
    pub(crate) size: Size,
}

/// The normalisation and activation applied to a map before the convolution.
pub(crate) type Before<'a> = Option<(&'a Affine, Activation)>;

/// The gradients of a convolution.
pub(crate) struct ConvGradients {
    /// Of the map before the activation, or of the convolved map where there is none; still without the
    /// correction of the statistics.
    pub(crate) dx: BlockedMap,
    pub(crate) weights: Vec<WeightBlock>,
    pub(crate) bias: [f64; BLOCK_CHANNELS],
    pub(crate) sums: Sums,
}

/// The share of one task in the gradients.
struct Share {
    weights: Vec<WeightBlock>,
    bias: [f64; BLOCK_CHANNELS],
    sums: Sums,
}

impl Conv {
    fn taps(&self) -> usize {
        self.kernel.0 * self.kernel.1
    }

    /// Returns the kernel rows that lie on the map for output row `row`; kernel row i lies on map row `row +
    /// i - kernel.0 / 2`.
    fn reach(&self, row: usize) -> std::ops::Range<usize> {
        let half = self.kernel.0 / 2;
        half.saturating_sub(row)..self.kernel.0.min(self.size.h + half - row)
    }

    /// Calls `f` for the rows of each task, in parallel, and collects the results in order.
    fn tasks<T: Send>(&self, out: &mut [Pixel], f: impl Fn(Place, &mut [Pixel]) -> T + Sync) -> Vec<T> {
        let (plane, task) = (self.size.h * self.size.w, ROWS * self.size.w);
        let samples = out.chunks_mut(plane).enumerate();
        let place = |sample, i| Place { sample, first: i * ROWS };
        let tasks = samples.flat_map(|(sample, out)| {
            out.chunks_mut(task).enumerate().map(move |(i, out)| (place(sample, i), out))
        });
        let tasks: Vec<_> = tasks.collect();
        tasks.into_par_iter().map(|(place, out)| f(place, out)).collect()
    }

    /// Convolves `x` (after `before`) with `weights`, one block (inputs, outputs) per tap.
    pub(crate) fn forward(
        &self,
        x: &[Pixel],
        before: Before<'_>,
        weights: &[WeightBlock],
        bias: &Pixel,
    ) -> (BlockedMap, Moments) {
        let mut y = BlockedMap::unset(x.len());
        let moments = self.tasks(&mut y, |place, y| self.forward_rows(place, x, before, weights, bias, y));
        (y, Moments::total(moments))
    }

    fn forward_rows(
        &self,
        place: Place,
        x: &[Pixel],
        before: Before<'_>,
        weights: &[WeightBlock],
        bias: &Pixel,
        y: &mut [Pixel],
    ) -> Moments {
        let (mut rows, mut moments, mut next) = (
            Rows::new(self.kernel, self.size.w),
            Moments::ZERO,
            place.first.saturating_sub(self.kernel.0 / 2),
        );
        for (row, y) in (place.first..).zip(y.chunks_mut(self.size.w)) {
            self.fill(&mut rows, &mut next, row, |row, scratch| {
                prepare(self.row(x, place, row), before, scratch);
            });
            y.fill(*bias);
            let (inputs, taps) = self.seen(&rows, row);
            add_mixed(&inputs, &weights[taps], y, &[]);
            moments.take(y);
        }
        moments
    }

    /// Loads the rows that the kernel reads for output row `row`.
    fn fill(&self, rows: &mut Rows, next: &mut usize, row: usize, mut f: impl FnMut(usize, &mut [Pixel])) {
        let end = (row + self.kernel.0 / 2 + 1).min(self.size.h);
        (*next..end).for_each(|row| f(row, rows.row_mut(row)));
        *next = end.max(*next);
    }

    /// Returns the input of each tap for output row `row`, and the range of the taps that have one.
    fn seen<'a>(&self, rows: &'a Rows, row: usize) -> (Vec<&'a [Pixel]>, std::ops::Range<usize>) {
        let (reach, (kh, kw)) = (self.reach(row), self.kernel);
        let at = |i: usize| row + i - kh / 2;
        let inputs = reach.clone().flat_map(|i| (0..kw).map(move |j| rows.seen(at(i), j))).collect();
        (inputs, reach.start * kw..reach.end * kw)
    }

    fn row<'a>(&self, x: &'a [Pixel], place: Place, row: usize) -> &'a [Pixel] {
        &x[(place.sample * self.size.h + row) * self.size.w..][..self.size.w]
    }

    /// Returns the gradients; `mirrored` are the weights of [`mirror`].
    pub(crate) fn backward(
        &self,
        x: &[Pixel],
        before: Before<'_>,
        dy: &[Pixel],
        mirrored: &[WeightBlock],
    ) -> ConvGradients {
        let mut dx = BlockedMap::unset(x.len());
        let shares =
            self.tasks(&mut dx, |place, dx| self.backward_rows(place, (x, before), dy, mirrored, dx));
        let mut total = Share {
            weights: vec![[Pixel::ZERO; BLOCK_CHANNELS]; self.taps()],
            bias: [0.; BLOCK_CHANNELS],
            sums: Sums::ZERO,
        };
        shares.iter().for_each(|share| total.add(share));
        let Share { weights, bias, sums } = total;
        ConvGradients { dx, weights, bias, sums }
    }

    fn backward_rows(
        &self,
        place: Place,
        (x, before): (&[Pixel], Before<'_>),
        dy: &[Pixel],
        mirrored: &[WeightBlock],
        dx: &mut [Pixel],
    ) -> Share {
        let mut share = Share {
            weights: vec![[Pixel::ZERO; BLOCK_CHANNELS]; self.taps()],
            bias: [0.; BLOCK_CHANNELS],
            sums: Sums::ZERO,
        };
        let (mut active, mut sent) =
            (Rows::new(self.kernel, self.size.w), Rows::new(self.kernel, self.size.w));
        let start = place.first.saturating_sub(self.kernel.0 / 2);
        let (mut next_active, mut next_sent) = (start, start);
        for (row, dx) in (place.first..).zip(dx.chunks_mut(self.size.w)) {
            self.fill(&mut active, &mut next_active, row, |row, scratch| {
                prepare(self.row(x, place, row), before, scratch);
            });
            self.fill(&mut sent, &mut next_sent, row, |row, scratch| {
                scratch.copy_from_slice(self.row(dy, place, row));
            });
            let dy = self.row(dy, place, row);
            let (inputs, taps) = self.seen(&active, row);
            for (input, weights) in inputs.iter().zip(&mut share.weights[taps]) {
                add_outer(input, dy, weights);
            }
            add_up(dy, &mut share.bias);
            let (inputs, taps) = self.seen(&sent, row);
            mix(&inputs, &mirrored[taps], dx, &[]);
            if let Some((affine, act)) = before {
                deactivate(affine, act, self.row(x, place, row), dx, &mut share.sums);
            }
        }
        share
    }
}

/// The place of a task.
#[derive(Debug, Clone, Copy)]
struct Place {
    sample: usize,
    first: usize,
}

impl Share {
    fn add(&mut self, other: &Self) {
        let (blocks, others) = (self.weights.as_flattened_mut(), other.weights.as_flattened());
        for (Pixel(sum), Pixel(other)) in blocks.iter_mut().zip(others) {
            sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        }
        self.bias.iter_mut().zip(&other.bias).for_each(|(sum, other)| *sum += other);
        self.sums.add(&other.sums);
    }
}

fn prepare(x: &[Pixel], before: Before<'_>, scratch: &mut [Pixel]) {
    match before {
        Some((affine, act)) => activate(affine, act, x, scratch),
        None => scratch.copy_from_slice(x),
    }
}

/// Returns the weights of the backward pass: taps in reverse, inputs and outputs exchanged.
pub(crate) fn mirror(weights: &[WeightBlock]) -> Vec<WeightBlock> {
    weights.iter().rev().map(transpose).collect()
}

pub(crate) fn transpose(block: &WeightBlock) -> WeightBlock {
    std::array::from_fn(|o| Pixel(std::array::from_fn(|k| block[k].0[o])))
}
