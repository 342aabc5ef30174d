//! Mean and variance per channel.

use crate::planes::Dims;
use crate::real::{Real, with_real, with_slice};
use crate::rows;
use candle::{Result, Tensor};
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

/// The statistics of a map, summed in an order that does not depend on the thread count.
///
/// At most 16 additions in a row are made in the type of the map; the rest is in double precision.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64, on the CPU
///
/// # Errors
/// When `x` has another rank, type or device.
///
/// # Example
/// ```
/// use mgc_ops::{candle::{Device, Tensor}, channel_statistics};
/// let x = Tensor::new(&[1f32, 3., 5., 7.], &Device::Cpu)?.reshape((1, 2, 1, 2))?;
/// let statistics = channel_statistics(&x)?;
/// assert_eq!(statistics.mean, [2., 6.]);
/// assert_eq!(statistics.variance, [1., 1.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn channel_statistics(x: &Tensor) -> Result<ChannelStatistics> {
    let dims = Dims::of(x)?;
    with_real!("channel_statistics", x.dtype(), T => {
        with_slice::<T, _>("channel_statistics", x, |x| Ok(statistics(x, dims, 0..dims.c)))
    })
}

/// The statistics of some channels of a map.
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
