//! The coordinate channel of frequency-aware networks.

use crate::kernels::planes::Dims;
use candle::{Result, Tensor};

/// Appends a channel that holds the position of each column: from `-range` in the first to `range` in the
/// last, in equal steps, the same in every row. A single column has position 0.
///
/// A convolution sees the same few columns wherever it stands; with this channel it also sees where it stands
/// (Koutini et al. 2019, for the bands of spectrograms). `range` should be of the size of the map's
/// deviations: against a coordinate of ±1 decibels are loud.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - output: (N, C + 1, H, W)
///
/// # Errors
/// When `x` is empty or has another rank.
///
/// # Example
/// ```
/// use mgc_ops::{append_coordinate, candle::{DType, Device, Tensor}};
/// let x = Tensor::zeros((1, 1, 2, 3), DType::F32, &Device::Cpu)?;
/// let y = append_coordinate(&x, 20.)?;
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [0., 0., 0., 0., 0., 0., -20., 0., 20., -20., 0., 20.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn append_coordinate(x: &Tensor, range: f64) -> Result<Tensor> {
    let Dims { n, h, w, .. } = Dims::of(x)?;
    let positions = Tensor::from_vec(positions(w, range), (1, 1, 1, w), x.device())?;
    let channel = positions.to_dtype(x.dtype())?.broadcast_as((n, 1, h, w))?;
    Tensor::cat(&[x, &channel], 1)
}

/// Returns the positions of the columns.
pub(crate) fn positions(columns: usize, range: f64) -> Vec<f64> {
    let last = columns.saturating_sub(1) as f64;
    (0..columns).map(|column| range * ((2 * column) as f64 - last) / last.max(1.0)).collect()
}
