//! The stem: a 3x3 convolution of one channel, a normalisation, its activation, the maximum of several rows.
//!
//! The convolution costs so little that its output is never stored: each pass makes it again, row by row.

use super::reader::cell;
use super::stem_rows::{TAPS, add_taps, convolve, greatest_row, raise, take_chosen};
use super::{FastTrunk, window};
use crate::activation::Activation;
use crate::blocked::cells::{Affine, Correction, Sums, activate, correct, deactivate};
use crate::blocked::moments::Moments;
use crate::blocked::{Cell, LANES, Size, Slab};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::StemSlots;
use rayon::prelude::*;
use std::ops::Range;

/// Pooled rows of a task.
const ROWS: usize = 8;

/// The convolution.
#[derive(Clone)]
pub(super) struct StemConv {
    input: Size,
    /// Rows that a window of the pool takes.
    window: usize,
    weights: [Cell; TAPS],
    bias: Cell,
}

/// The stem with its statistics in place.
#[derive(Clone)]
pub(super) struct Stem {
    conv: StemConv,
    affine: Affine,
    activation: Activation,
    scaling: Scaling,
}

/// A sample and some of its rows.
type Task = (usize, Range<usize>);

/// What a task of the way back adds to the gradients of the convolution.
struct Share {
    weights: [[f64; LANES]; TAPS],
    bias: [f64; LANES],
}

impl FastTrunk {
    pub(super) fn stem_conv(&self, slots: &StemSlots, theta: &[f32]) -> StemConv {
        let weight = &theta[slots.conv.weight.clone()];
        StemConv {
            input: self.input,
            window: window(&self.config),
            weights: std::array::from_fn(|tap| Cell(std::array::from_fn(|o| weight[o * TAPS + tap]))),
            bias: cell(&theta[slots.conv.bias.clone()]),
        }
    }

    pub(super) fn stem(&self, slots: &StemSlots, theta: &[f32], statistics: &ChannelStatistics) -> Stem {
        Stem {
            conv: self.stem_conv(slots, theta),
            affine: self.affines(&slots.norm, theta, statistics)[0],
            activation: self.config.activation,
            scaling: Scaling::new(statistics, self.config.epsilon),
        }
    }
}

impl StemConv {
    /// Each task's sample and rows; the last of a sample takes the rows that fill no window.
    fn tasks(&self) -> Vec<Task> {
        let (h, step) = (self.input.h, ROWS * self.window);
        let count = (h / self.window).div_ceil(ROWS);
        let rows = move |i: usize| i * step..if i + 1 == count { h } else { (i + 1) * step };
        (0..self.input.n).flat_map(|n| (0..count).map(move |i| (n, rows(i)))).collect()
    }

    /// A task's rows of `x` and those around them, with a zero on both sides and zeros outside of the sample.
    fn padded(&self, x: &[f32], (n, rows): &Task) -> Padded {
        let (Size { h, w, .. }, stride) = (self.input, self.input.w + 2);
        let mut values = vec![0.; (rows.len() + 2) * stride];
        for (i, values) in values.chunks_mut(stride).enumerate() {
            if let Some(row) = (rows.start + i).checked_sub(1).filter(|row| *row < h) {
                values[1..=w].copy_from_slice(&x[(n * h + row) * w..][..w]);
            }
        }
        Padded { values, stride, first: rows.start }
    }

    fn row(&self, x: &Padded, row: usize, y: &mut [Cell]) {
        convolve(x.seen(row), &self.weights, &self.bias, y);
    }

    /// Of the convolution's output.
    pub(super) fn moments(&self, x: &[f32]) -> Moments {
        let task = |task: Task| {
            let (x, mut y, mut moments) =
                (self.padded(x, &task), vec![Cell::ZERO; self.input.w], Moments::ZERO);
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

impl Stem {
    /// The same for inputs of another size.
    pub(super) fn resized(&self, input: Size) -> Self {
        Self { conv: StemConv { input, ..self.conv.clone() }, ..self.clone() }
    }

    /// The pooled map.
    pub(super) fn forward(&self, x: &[f32]) -> (Slab, Moments) {
        let Size { n, h, w } = self.conv.input;
        let mut pooled = Slab::unset(n * (h / self.conv.window) * w);
        let tasks = self.with_tasks(&mut pooled);
        let moments: Vec<_> =
            tasks.into_par_iter().map(|(task, pooled)| self.pool_rows(x, &task, pooled)).collect();
        (pooled, Moments::total(moments))
    }

    /// The tasks with their parts of a pooled map.
    fn with_tasks<'a>(&self, pooled: &'a mut [Cell]) -> Vec<(Task, &'a mut [Cell])> {
        let Size { h, w, .. } = self.conv.input;
        let samples = pooled.chunks_mut(h / self.conv.window * w);
        self.conv.tasks().into_iter().zip(samples.flat_map(|sample| sample.chunks_mut(ROWS * w))).collect()
    }

    fn pool_rows(&self, x: &[f32], task: &Task, pooled: &mut [Cell]) -> Moments {
        let (conv, w, mut moments) = (&self.conv, self.conv.input.w, Moments::ZERO);
        let (x, mut y) = (conv.padded(x, task), vec![Cell::ZERO; w]);
        for (i, pooled) in pooled.chunks_mut(w).enumerate() {
            let first = task.1.start + i * conv.window;
            for row in first..first + conv.window {
                conv.row(&x, row, &mut y);
                match row - first {
                    0 => activate(&self.affine, self.activation, &y, pooled),
                    _ => raise(&self.affine, self.activation, &y, pooled),
                }
            }
            moments.take(pooled);
        }
        moments
    }

    /// The gradients of the convolution; `owed` gets those of the normalisation, the cells behind it, and gives what its
    /// statistics take.
    pub(super) fn backward(
        &self,
        x: &[f32],
        dy: &[Cell],
        owed: impl FnOnce(&Scaling, &Sums, usize) -> Correction,
    ) -> ([[f64; LANES]; TAPS], [f64; LANES]) {
        let (conv, Size { n, h, w }) = (&self.conv, self.conv.input);
        let pooled = h / conv.window * w;
        let tasks: Vec<_> = conv.tasks();
        let part = |(n, rows): &Task| &dy[n * pooled + rows.start / conv.window * w..(n + 1) * pooled];
        let sums: Vec<_> = tasks
            .par_iter()
            .map(|task| {
                let mut sums = Sums::ZERO;
                self.way_back(&conv.padded(x, task), &task.1, part(task), &mut sums, |_, _, _| {});
                sums
            })
            .collect();
        let mut total = Sums::ZERO;
        sums.iter().for_each(|sums| total.add(sums));
        let owed = owed(&self.scaling, &total, n * h * w);
        let shares: Vec<_> = tasks
            .par_iter()
            .map(|task| {
                let (x, mut share) =
                    (conv.padded(x, task), Share { weights: [[0.; LANES]; TAPS], bias: [0.; LANES] });
                self.way_back(&x, &task.1, part(task), &mut Sums::ZERO.clone(), |row, y, dz| {
                    correct(&self.affine.scale, &owed, y, dz, &mut share.bias);
                    add_taps(x.seen(row), dz, &mut share.weights);
                });
                share
            })
            .collect();
        let mut gradients = Share { weights: [[0.; LANES]; TAPS], bias: [0.; LANES] };
        shares.iter().for_each(|share| gradients.add(share));
        (gradients.weights, gradients.bias)
    }

    /// Calls `f` with each row of a task, the convolution's output there and the gradient before the activation.
    fn way_back(
        &self,
        x: &Padded,
        rows: &Range<usize>,
        dy: &[Cell],
        sums: &mut Sums,
        mut f: impl FnMut(usize, &[Cell], &mut [Cell]),
    ) {
        let (conv, w) = (&self.conv, self.conv.input.w);
        let mut y = vec![Cell::ZERO; conv.window * w];
        let (mut best, mut codes, mut dz) = (vec![Cell::ZERO; w], vec![[0; LANES]; w], vec![Cell::ZERO; w]);
        for (window, first) in rows.clone().step_by(conv.window).enumerate() {
            let whole = first + conv.window <= conv.input.h;
            for (k, (row, y)) in (first..rows.end).zip(y.chunks_mut(w)).enumerate() {
                conv.row(x, row, y);
                greatest_row(&self.affine, self.activation, y, k as u32, &mut best, &mut codes);
            }
            for (k, (row, y)) in (first..rows.end).zip(y.chunks(w)).enumerate() {
                dz.fill(Cell::ZERO);
                if whole {
                    take_chosen(&dy[window * w..][..w], &codes, k as u32, &mut dz);
                    deactivate(&self.affine, self.activation, y, &mut dz, sums);
                }
                f(row, y, &mut dz);
            }
        }
    }
}

/// Rows with a margin of one value around them.
struct Padded {
    values: Vec<f32>,
    stride: usize,
    first: usize,
}

impl Padded {
    /// The rows above, at and below row `row`.
    fn seen(&self, row: usize) -> [&[f32]; 3] {
        let i = row - self.first;
        [i, i + 1, i + 2].map(|i| &self.values[i * self.stride..(i + 1) * self.stride])
    }
}

impl Share {
    fn add(&mut self, other: &Self) {
        let add = |sums: &mut [f64], others: &[f64]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        add(self.weights.as_flattened_mut(), other.weights.as_flattened());
        add(&mut self.bias, &other.bias);
    }
}
