//! Mean and variance per channel, from slices.

use crate::kernels::planes::Dims;
use crate::kernels::rows;
use crate::scalar::real::Real;
use rayon::prelude::*;
use std::ops::Range;

/// Mean and variance of each channel of an (N, C, H, W) map over N, H and W.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChannelStatistics {
    /// The means, C values.
    pub mean: Vec<f64>,
    /// The biased variances (divided by N * H * W), C values.
    pub variance: Vec<f64>,
}

impl ChannelStatistics {
    /// Appends the channels of `other`.
    pub(crate) fn append(&mut self, other: Self) {
        self.mean.extend(other.mean);
        self.variance.extend(other.variance);
    }
}

/// Returns the statistics of some channels of a map.
pub(crate) fn statistics<T: Real>(x: &[T], dims: Dims, channels: Range<usize>) -> ChannelStatistics {
    let count = (dims.n * dims.plane()) as f64;
    let channel = |c| {
        let mean = dims.channel(x, c).map(rows::sum).sum::<f64>() / count;
        let centre = T::from_f64(mean);
        let squares = dims.channel(x, c).map(|plane| rows::sum_squares(centre, plane));
        (mean, squares.sum::<f64>() / count)
    };
    let (mean, variance) = channels.into_par_iter().map(channel).unzip();
    ChannelStatistics { mean, variance }
}
