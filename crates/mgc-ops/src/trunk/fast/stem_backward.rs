//! The backward pass of the stem.

use super::stem::Stem;
use super::stem_conv::{Padded, Task};
use super::stem_rows::{TAPS, add_taps, argmax_row, scatter_row};
use crate::blocked::pixels::{Correction, Sums, correct, deactivate};
use crate::blocked::{BLOCK_CHANNELS, Pixel, Size};
use crate::kernels::scaling::Scaling;
use rayon::prelude::*;
use std::ops::Range;

/// The share of one backward task in the gradients of the convolution.
struct Share {
    weights: [[f64; BLOCK_CHANNELS]; TAPS],
    bias: [f64; BLOCK_CHANNELS],
}

impl Stem {
    /// Returns the gradients of the convolution's weights and bias.
    ///
    /// `correction` gets the normalisation's scaling, its sums and the number of pixels, and returns what
    /// flows through its statistics.
    pub(super) fn backward(
        &self,
        x: &[f32],
        dy: &[Pixel],
        correction: impl FnOnce(&Scaling, &Sums, usize) -> Correction,
    ) -> ([[f64; BLOCK_CHANNELS]; TAPS], [f64; BLOCK_CHANNELS]) {
        let (conv, Size { n, h, w }) = (&self.conv, self.conv.input);
        let pooled = h / conv.window * w;
        let part = |(n, rows): &Task| &dy[n * pooled + rows.start / conv.window * w..(n + 1) * pooled];
        let tasks = conv.tasks();
        let tasks: Vec<_> = tasks.iter().map(|task| (task, part(task))).collect();
        let correction = correction(&self.scaling, &self.sums(x, &tasks), n * h * w);
        let shares: Vec<_> = tasks
            .par_iter()
            .map(|(task, dy)| self.share(&conv.padded(x, task), task, dy, &correction))
            .collect();
        let mut gradients = Share::ZERO;
        shares.iter().for_each(|share| gradients.add(share));
        (gradients.weights, gradients.bias)
    }

    /// Returns the sums of the gradient before the activation.
    fn sums(&self, x: &[f32], tasks: &[(&Task, &[Pixel])]) -> Sums {
        let task = |(task, dy): &(&Task, &[Pixel])| {
            let mut sums = Sums::ZERO;
            self.backward_rows(&self.conv.padded(x, task), &task.1, dy, &mut sums, |_, _, _| {});
            sums
        };
        let parts: Vec<_> = tasks.par_iter().map(task).collect();
        let mut total = Sums::ZERO;
        parts.iter().for_each(|sums| total.add(sums));
        total
    }

    /// Returns the share of one task.
    fn share(&self, x: &Padded, task: &Task, dy: &[Pixel], correction: &Correction) -> Share {
        let mut share = Share::ZERO;
        self.backward_rows(x, &task.1, dy, &mut Sums::ZERO.clone(), |row, y, dz| {
            correct(&self.affine.scale, correction, y, dz, &mut share.bias);
            add_taps(x.seen(row), dz, &mut share.weights);
        });
        share
    }

    /// Calls `f` with each row of a task, the convolution's output there and the gradient before the
    /// activation.
    fn backward_rows(
        &self,
        x: &Padded,
        rows: &Range<usize>,
        dy: &[Pixel],
        sums: &mut Sums,
        mut f: impl FnMut(usize, &[Pixel], &mut [Pixel]),
    ) {
        let (conv, w) = (&self.conv, self.conv.input.w);
        let mut y = vec![Pixel::ZERO; conv.window * w];
        let (mut best, mut codes, mut dz) =
            (vec![Pixel::ZERO; w], vec![[0; BLOCK_CHANNELS]; w], vec![Pixel::ZERO; w]);
        for (window, first) in rows.clone().step_by(conv.window).enumerate() {
            let whole = first + conv.window <= conv.input.h;
            for (k, (row, y)) in (first..rows.end).zip(y.chunks_mut(w)).enumerate() {
                conv.row(x, row, y);
                argmax_row(&self.affine, self.activation, y, k as u32, &mut best, &mut codes);
            }
            for (k, (row, y)) in (first..rows.end).zip(y.chunks(w)).enumerate() {
                dz.fill(Pixel::ZERO);
                if whole {
                    scatter_row(&dy[window * w..][..w], &codes, k as u32, &mut dz);
                    deactivate(&self.affine, self.activation, y, &mut dz, sums);
                }
                f(row, y, &mut dz);
            }
        }
    }
}

impl Share {
    const ZERO: Self = Self { weights: [[0.; BLOCK_CHANNELS]; TAPS], bias: [0.; BLOCK_CHANNELS] };

    fn add(&mut self, other: &Self) {
        let add = |sums: &mut [f64], others: &[f64]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        add(self.weights.as_flattened_mut(), other.weights.as_flattened());
        add(&mut self.bias, &other.bias);
    }
}
