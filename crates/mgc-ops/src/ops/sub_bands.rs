//! Means over groups of neighbouring columns.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::{Dims, build_planes};
use crate::scalar::real::Real;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use std::ops::Range;

const OP: &str = "sub_band_means";

/// Divides the columns into `count` groups of neighbours and returns the mean of each row over each group:
/// for the map of a spectrogram, a curve over time for each of its sub-bands.
///
/// Group `i` has the columns from `i * W / count` to before `(i + 1) * W / count`, rounded down, so that
/// groups differ by at most one column.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - output: (N, C, `count`, H)
///
/// # Errors
/// When `count` is 0 or greater than W, or `x` is empty, or has another rank, type or device.
///
/// # Example
/// ```
/// use mgc_ops::{candle::{Device, Tensor}, sub_band_means};
/// let x = Tensor::new(&[[[[1f32, 3., 5., 9.], [0., 2., 7., 7.]]]], &Device::Cpu)?;
/// let y = sub_band_means(&x, 2)?;
/// assert_eq!(y.dims(), [1, 1, 2, 2]);
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [2., 1., 7., 7.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn sub_band_means(x: &Tensor, count: usize) -> Result<Tensor> {
    let input = Dims::of(x)?;
    if !(1..=input.w).contains(&count) {
        bail!("{OP}: {count} sub-bands, expected 1 to {}, the columns of the map", input.w)
    }
    x.contiguous()?.apply_op1(SubBandMeans { input, count })
}

struct SubBandMeans {
    input: Dims,
    count: usize,
}

impl SubBandMeans {
    /// Returns the columns of a group.
    fn columns(&self, group: usize) -> Range<usize> {
        let Self { input: Dims { w, .. }, count } = self;
        group * w / count..(group + 1) * w / count
    }

    fn forward<T: Real>(&self, x: &[T]) -> Vec<T> {
        let Dims { n, c, h, w } = self.input;
        build_planes(n * c * self.count * h, self.count * h, |plane, y| {
            let rows = x[plane * h * w..][..h * w].chunks(w);
            for (t, row) in rows.enumerate() {
                for group in 0..self.count {
                    let values = &row[self.columns(group)];
                    let sum = values.iter().fold(T::zero(), |sum, value| sum + *value);
                    y[group * h + t] = sum / T::from_f64(values.len() as f64);
                }
            }
        })
    }

    fn backward<T: Real>(&self, dy: &[T]) -> Vec<T> {
        let Dims { h, w, .. } = self.input;
        build_planes(self.input.len(), h * w, |plane, dx| {
            let dy = &dy[plane * self.count * h..][..self.count * h];
            for (t, row) in dx.chunks_mut(w).enumerate() {
                for group in 0..self.count {
                    let values = &mut row[self.columns(group)];
                    let share = dy[group * h + t] / T::from_f64(values.len() as f64);
                    values.fill(share);
                }
            }
        })
    }
}

impl CustomOp1 for SubBandMeans {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let (y, Dims { n, c, h, .. }) = (self.forward(slice::<T>(OP, x, layout)?), self.input);
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), (n, c, self.count, h).into()))
        })
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, dy, |dy| Ok(self.backward(dy)))?;
            Ok(Some(like(dx, x)?))
        })
    }
}
