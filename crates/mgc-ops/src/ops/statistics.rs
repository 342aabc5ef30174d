//! Mean and variance per channel.

use crate::bridge::storage::{with_real, with_slice};
use crate::kernels::planes::Dims;
use crate::kernels::statistics::{ChannelStatistics, statistics};
use candle::{Result, Tensor};

/// Returns the mean and variance of each channel, summed in an order that does not depend on the thread
/// count.
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
