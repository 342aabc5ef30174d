//! Sums from which mean and variance follow.

use super::{Cell, LANES, RUN, cells};
use rayon::prelude::*;

/// Sums over cells, and of their squares, channel by channel.
///
/// Single precision is used within runs of cells and about one of them; sums of runs are in double precision, where the squares
/// of a mean leave enough digits for the variance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    count: f64,
    sum: [f64; LANES],
    squares: [f64; LANES],
}

/// Cells of a task.
const TASK: usize = 4_096;

impl Moments {
    pub(crate) const ZERO: Self = Self { count: 0., sum: [0.; LANES], squares: [0.; LANES] };

    /// Takes in some cells.
    pub(crate) fn take(&mut self, x: &[Cell]) {
        self.count += x.len() as f64;
        x.chunks(RUN).for_each(|run| cells::add_moments(run, &mut self.sum, &mut self.squares));
    }

    /// Of a whole map.
    pub(crate) fn of(x: &[Cell]) -> Self {
        let tasks: Vec<_> = x
            .par_chunks(TASK)
            .map(|x| {
                let mut moments = Self::ZERO;
                moments.take(x);
                moments
            })
            .collect();
        Self::total(tasks)
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.count += other.count;
        for c in 0..LANES {
            self.sum[c] += other.sum[c];
            self.squares[c] += other.squares[c];
        }
    }

    /// In this order.
    pub(crate) fn total(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::ZERO, |mut total, part| {
            total.add(&part);
            total
        })
    }

    pub(crate) fn sum(&self) -> [f64; LANES] {
        self.sum
    }

    pub(crate) fn statistics(&self) -> crate::kernels::statistics::ChannelStatistics {
        let mean: Vec<_> = self.sum.iter().map(|sum| sum / self.count).collect();
        let squares = self.squares.iter().zip(&mean);
        let variance = squares.map(|(squares, mean)| squares / self.count - mean * mean);
        // Rounding may end below 0; what is not a number stays so.
        let variance = variance.map(|variance| if variance < 0. { 0. } else { variance }).collect();
        crate::kernels::statistics::ChannelStatistics { mean, variance }
    }
}
