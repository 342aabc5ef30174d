//! The backward pass of the stem.

use super::stem::Stem;
use super::stem_conv::{Padded, Task};
use super::stem_coordinate::ColumnSums;
use super::stem_rows::{TAPS, TapSums, add_taps, argmax_row, scatter_row};
use crate::blocked::pixels::{Correction, Sums, correct, deactivate};
use crate::blocked::{BLOCK_CHANNELS, Pixel};
use crate::kernels::scaling::Scaling;
use rayon::prelude::*;
use std::ops::Range;

/// The gradients of the convolution, or the share of one task in them.
pub(super) struct StemGradients {
    /// Of the weights that read each input: the spectrogram and, if there is one, its coordinate.
    pub(super) weights: [TapSums; 2],
    pub(super) bias: [f64; BLOCK_CHANNELS],
}

impl Stem {
    /// Returns the gradients of the convolution.
    ///
    /// `correction` gets the normalisation's scaling, its sums and the number of pixels, and returns what
    /// flows through its statistics.
    pub(super) fn backward(
        &self,
        x: &[f32],
        dy: &[Pixel],
        correction: impl FnOnce(&Scaling, &Sums, usize) -> Correction,
    ) -> StemGradients {
        let (conv, (rows, columns)) = (&self.conv, self.conv.pooled());
        let first = |n: usize, row: usize| (n * rows + row / conv.pool.0) * columns;
        let part = |(n, rows): &Task| &dy[first(*n, rows.start)..first(n + 1, 0)];
        let tasks = conv.tasks();
        let tasks: Vec<_> = tasks.iter().map(|task| (task, part(task))).collect();
        let correction = correction(&self.scaling, &self.sums(x, &tasks), conv.input.pixels());
        let shares: Vec<_> = tasks
            .par_iter()
            .map(|(task, dy)| self.share(&conv.padded(x, task), task, dy, &correction))
            .collect();
        let mut gradients = StemGradients::ZERO;
        shares.iter().for_each(|share| gradients.add(share));
        gradients
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
    fn share(&self, x: &Padded, task: &Task, dy: &[Pixel], correction: &Correction) -> StemGradients {
        let StemGradients { weights: [mut weights, mut of_coordinate], mut bias } = StemGradients::ZERO;
        let (coordinate, mut columns) = (&self.conv.coordinate, ColumnSums::default());
        self.backward_rows(x, &task.1, dy, &mut Sums::ZERO.clone(), |row, y, dz| {
            correct(&self.affine.scale, correction, y, dz, &mut bias);
            add_taps(x.seen(row), dz, &mut weights);
            if coordinate.is_some() {
                columns.add(row, self.conv.input.h, dz);
            }
        });
        if let Some(coordinate) = coordinate {
            coordinate.add_weights(&columns, &mut of_coordinate);
        }
        StemGradients { weights: [weights, of_coordinate], bias }
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
        let (conv, w, pooled) = (&self.conv, self.conv.input.w, self.conv.pooled().1);
        let (height, columns) = conv.pool;
        let place = |row: usize| (row * columns) as u32;
        let mut y = vec![Pixel::ZERO; height * w];
        let (mut best, mut codes, mut dz) =
            (vec![Pixel::ZERO; pooled], vec![[0; BLOCK_CHANNELS]; pooled], vec![Pixel::ZERO; w]);
        for (window, first) in rows.clone().step_by(height).enumerate() {
            let whole = first + height <= conv.input.h;
            for (k, (row, y)) in (first..rows.end).zip(y.chunks_mut(w)).enumerate() {
                conv.row(x, row, y);
                argmax_row(&self.affine, self.activation, y, columns, place(k), &mut best, &mut codes);
            }
            for (k, (row, y)) in (first..rows.end).zip(y.chunks(w)).enumerate() {
                dz.fill(Pixel::ZERO);
                if whole {
                    scatter_row(&dy[window * pooled..][..pooled], &codes, columns, place(k), &mut dz);
                    deactivate(&self.affine, self.activation, y, &mut dz, sums);
                }
                f(row, y, &mut dz);
            }
        }
    }
}

impl StemGradients {
    const ZERO: Self = Self { weights: [[[0.; BLOCK_CHANNELS]; TAPS]; 2], bias: [0.; BLOCK_CHANNELS] };

    fn add(&mut self, other: &Self) {
        let add = |sums: &mut [f64], others: &[f64]| {
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        };
        add(self.weights.as_flattened_mut().as_flattened_mut(), other.weights.as_flattened().as_flattened());
        add(&mut self.bias, &other.bias);
    }
}
