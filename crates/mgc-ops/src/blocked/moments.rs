//! Sums from which mean and variance follow.

use super::{BLOCK_CHANNELS, Pixel, RUN, pixels};
use rayon::prelude::*;

/// Sums over pixels of the values and of their squares, channel by channel.
///
/// Within a run of pixels the sums are in single precision, of differences from one of its pixels. Sums over
/// runs are in double precision, which leaves enough digits for the variance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    count: f64,
    sum: [f64; BLOCK_CHANNELS],
    squares: [f64; BLOCK_CHANNELS],
}

/// Pixels of a task.
const TASK: usize = 4_096;

impl Moments {
    pub(crate) const ZERO: Self =
        Self { count: 0., sum: [0.; BLOCK_CHANNELS], squares: [0.; BLOCK_CHANNELS] };

    /// Adds some pixels.
    pub(crate) fn take(&mut self, x: &[Pixel]) {
        self.count += x.len() as f64;
        x.chunks(RUN).for_each(|run| pixels::add_moments(run, &mut self.sum, &mut self.squares));
    }

    /// Returns the moments of a whole map.
    pub(crate) fn of(x: &[Pixel]) -> Self {
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
        for c in 0..BLOCK_CHANNELS {
            self.sum[c] += other.sum[c];
            self.squares[c] += other.squares[c];
        }
    }

    /// Adds up the parts in their order.
    pub(crate) fn total(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::ZERO, |mut total, part| {
            total.add(&part);
            total
        })
    }

    pub(crate) fn sum(&self) -> [f64; BLOCK_CHANNELS] {
        self.sum
    }

    pub(crate) fn statistics(&self) -> crate::kernels::statistics::ChannelStatistics {
        let mean: Vec<_> = self.sum.iter().map(|sum| sum / self.count).collect();
        let squares = self.squares.iter().zip(&mean);
        let variance = squares.map(|(squares, mean)| squares / self.count - mean * mean);
        // Rounding may end below 0; a NaN stays a NaN.
        let variance = variance.map(|variance| if variance < 0. { 0. } else { variance }).collect();
        crate::kernels::statistics::ChannelStatistics { mean, variance }
    }
}
