//! Convolutions of 32 channels to 32, 'same', any odd kernel: products of shifted rows, no patches.

use super::cells::{Affine, Sums, activate, add_up, deactivate};
use super::moments::Moments;
use super::rows::Rows;
use super::{Block, Cell, LANES, Size, Slab, add_mixed, add_outer, mix};
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

/// What is done to a map before it is convolved.
pub(crate) type Before<'a> = Option<(&'a Affine, Activation)>;

/// What a convolution sends back.
pub(crate) struct ConvGradients {
    /// To the map before the activation, or to the convolved map where there is none; what the statistics take is still in it.
    pub(crate) dx: Slab,
    pub(crate) weights: Vec<Block>,
    pub(crate) bias: [f64; LANES],
    pub(crate) sums: Sums,
}

/// What one task adds to the gradients.
struct Share {
    weights: Vec<Block>,
    bias: [f64; LANES],
    sums: Sums,
}

impl Conv {
    fn taps(&self) -> usize {
        self.kernel.0 * self.kernel.1
    }

    /// The kernel's rows that see the map from row `row`; row i of the kernel lies at map row `row + i - kernel.0 / 2`.
    fn reach(&self, row: usize) -> std::ops::Range<usize> {
        let half = self.kernel.0 / 2;
        half.saturating_sub(row)..self.kernel.0.min(self.size.h + half - row)
    }

    /// Calls `f` for each task's rows with its number, in parallel, and collects in order.
    fn tasks<T: Send>(&self, out: &mut [Cell], f: impl Fn(Place, &mut [Cell]) -> T + Sync) -> Vec<T> {
        let (plane, task) = (self.size.h * self.size.w, ROWS * self.size.w);
        let samples = out.chunks_mut(plane).enumerate();
        let place = |sample, i| Place { sample, first: i * ROWS };
        let tasks = samples.flat_map(|(sample, out)| {
            out.chunks_mut(task).enumerate().map(move |(i, out)| (place(sample, i), out))
        });
        let tasks: Vec<_> = tasks.collect();
        tasks.into_par_iter().map(|(place, out)| f(place, out)).collect()
    }

    /// Convolves `x` (after `before`) with `weights`, one block (inputs, outputs) a tap.
    pub(crate) fn forward(
        &self,
        x: &[Cell],
        before: Before<'_>,
        weights: &[Block],
        bias: &Cell,
    ) -> (Slab, Moments) {
        let mut y = Slab::unset(x.len());
        let moments = self.tasks(&mut y, |place, y| self.forward_rows(place, x, before, weights, bias, y));
        (y, Moments::total(moments))
    }

    fn forward_rows(
        &self,
        place: Place,
        x: &[Cell],
        before: Before<'_>,
        weights: &[Block],
        bias: &Cell,
        y: &mut [Cell],
    ) -> Moments {
        let (mut rows, mut moments, mut next) = (
            Rows::new(self.kernel, self.size.w),
            Moments::ZERO,
            place.first.saturating_sub(self.kernel.0 / 2),
        );
        for (row, y) in (place.first..).zip(y.chunks_mut(self.size.w)) {
            self.fill(&mut rows, &mut next, row, |row, room| prepare(self.row(x, place, row), before, room));
            y.fill(*bias);
            let (inputs, taps) = self.seen(&rows, row);
            add_mixed(&inputs, &weights[taps], y, &[]);
            moments.take(y);
        }
        moments
    }

    /// Brings in the rows that the kernel sees from row `row`.
    fn fill(&self, rows: &mut Rows, next: &mut usize, row: usize, mut f: impl FnMut(usize, &mut [Cell])) {
        let end = (row + self.kernel.0 / 2 + 1).min(self.size.h);
        (*next..end).for_each(|row| f(row, rows.room(row)));
        *next = end.max(*next);
    }

    /// What each tap sees from row `row`, and the taps that see anything.
    fn seen<'a>(&self, rows: &'a Rows, row: usize) -> (Vec<&'a [Cell]>, std::ops::Range<usize>) {
        let (reach, (kh, kw)) = (self.reach(row), self.kernel);
        let at = |i: usize| row + i - kh / 2;
        let inputs = reach.clone().flat_map(|i| (0..kw).map(move |j| rows.seen(at(i), j))).collect();
        (inputs, reach.start * kw..reach.end * kw)
    }

    fn row<'a>(&self, x: &'a [Cell], place: Place, row: usize) -> &'a [Cell] {
        &x[(place.sample * self.size.h + row) * self.size.w..][..self.size.w]
    }

    /// The way back; `mirrored` are the weights of [`mirror`].
    pub(crate) fn backward(
        &self,
        x: &[Cell],
        before: Before<'_>,
        dy: &[Cell],
        mirrored: &[Block],
    ) -> ConvGradients {
        let mut dx = Slab::unset(x.len());
        let shares =
            self.tasks(&mut dx, |place, dx| self.backward_rows(place, (x, before), dy, mirrored, dx));
        let mut total =
            Share { weights: vec![[Cell::ZERO; LANES]; self.taps()], bias: [0.; LANES], sums: Sums::ZERO };
        shares.iter().for_each(|share| total.add(share));
        let Share { weights, bias, sums } = total;
        ConvGradients { dx, weights, bias, sums }
    }

    fn backward_rows(
        &self,
        place: Place,
        (x, before): (&[Cell], Before<'_>),
        dy: &[Cell],
        mirrored: &[Block],
        dx: &mut [Cell],
    ) -> Share {
        let mut share =
            Share { weights: vec![[Cell::ZERO; LANES]; self.taps()], bias: [0.; LANES], sums: Sums::ZERO };
        let (mut active, mut sent) =
            (Rows::new(self.kernel, self.size.w), Rows::new(self.kernel, self.size.w));
        let start = place.first.saturating_sub(self.kernel.0 / 2);
        let (mut next_active, mut next_sent) = (start, start);
        for (row, dx) in (place.first..).zip(dx.chunks_mut(self.size.w)) {
            self.fill(&mut active, &mut next_active, row, |row, room| {
                prepare(self.row(x, place, row), before, room);
            });
            self.fill(&mut sent, &mut next_sent, row, |row, room| {
                room.copy_from_slice(self.row(dy, place, row));
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

/// Where a task lies.
#[derive(Debug, Clone, Copy)]
struct Place {
    sample: usize,
    first: usize,
}

impl Share {
    fn add(&mut self, other: &Self) {
        let (blocks, others) = (self.weights.as_flattened_mut(), other.weights.as_flattened());
        for (Cell(sum), Cell(other)) in blocks.iter_mut().zip(others) {
            sum.iter_mut().zip(other).for_each(|(sum, other)| *sum += other);
        }
        self.bias.iter_mut().zip(&other.bias).for_each(|(sum, other)| *sum += other);
        self.sums.add(&other.sums);
    }
}

fn prepare(x: &[Cell], before: Before<'_>, room: &mut [Cell]) {
    match before {
        Some((affine, act)) => activate(affine, act, x, room),
        None => room.copy_from_slice(x),
    }
}

/// The weights that take a gradient back: taps in reverse, inputs and outputs exchanged.
pub(crate) fn mirror(weights: &[Block]) -> Vec<Block> {
    weights.iter().rev().map(transpose).collect()
}

pub(crate) fn transpose(block: &Block) -> Block {
    std::array::from_fn(|o| Cell(std::array::from_fn(|k| block[k].0[o])))
}
