//! Mean and variance per channel.

use crate::planes::{Dims, sums};
use crate::real::{Real, with_real, with_slice};
use candle::{Result, Tensor};
use rayon::prelude::*;

/// Mean and variance of each channel of an (N, C, H, W) map over N, H and W.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelStatistics {
    /// The means, C values.
    pub mean: Vec<f64>,
    /// The biased variances (divided by N * H * W), C values.
    pub variance: Vec<f64>,
}

/// The statistics of a map, summed in double precision in an order that does not depend on the thread count.
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
        with_slice::<T, _>("channel_statistics", x, |x| Ok(statistics(x, dims)))
    })
}

fn statistics<T: Real>(x: &[T], dims: Dims) -> ChannelStatistics {
    let count = (dims.n * dims.plane()) as f64;
    let (mean, variance) = (0..dims.c)
        .into_par_iter()
        .map(|c| {
            let over_planes = |term: &dyn Fn(&[T]) -> f64| dims.channel(x, c).map(term).sum::<f64>() / count;
            let mean = over_planes(&|plane| sums(plane.len(), |i| [plane[i].to_f64()])[0]);
            let variance = over_planes(&|plane| {
                sums(plane.len(), |i| {
                    let centred = plane[i].to_f64() - mean;
                    [centred * centred]
                })[0]
            });
            (mean, variance)
        })
        .unzip();
    ChannelStatistics { mean, variance }
}
