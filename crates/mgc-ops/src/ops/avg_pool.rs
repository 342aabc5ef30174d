//! Average pooling without padding.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::{Dims, build_planes};
use crate::kernels::pooling;
use crate::scalar::real::Real;
use crate::window::Window;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

const OP: &str = "avg_pool2d";

/// Returns the mean of each window of `kernel` (rows, columns) moved by `stride`, without padding.
///
/// Elements that no window covers (such as a last odd row) get gradient zero.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - output: (N, C, (H - kernel rows) / stride rows + 1, likewise for W)
///
/// # Errors
/// When the window does not fit, or `x` has another rank, type or device.
///
/// # Example
/// ```
/// use mgc_ops::{avg_pool2d, candle::{Device, Tensor}};
/// let x = Tensor::new(&[[[[1f32, 2., 9.], [3., 6., 9.]]]], &Device::Cpu)?;
/// assert_eq!(avg_pool2d(&x, (2, 2), (2, 2))?.flatten_all()?.to_vec1::<f32>()?, [3.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn avg_pool2d(x: &Tensor, kernel: (usize, usize), stride: (usize, usize)) -> Result<Tensor> {
    x.contiguous()?.apply_op1(AvgPool::new(kernel, stride, Dims::of(x)?)?)
}

/// An average pool of maps of known size.
pub(crate) struct AvgPool {
    window: Window,
    input: Dims,
    out_h: usize,
    out_w: usize,
}

impl AvgPool {
    pub(crate) fn new(kernel: (usize, usize), stride: (usize, usize), input: Dims) -> Result<Self> {
        let window = Window::valid(kernel, stride);
        let (out_h, out_w) = window.output_size(input.h, input.w)?;
        Ok(Self { window, input, out_h, out_w })
    }

    /// Returns the sizes of the pooled map.
    pub(crate) fn output(&self) -> Dims {
        Dims { h: self.out_h, w: self.out_w, ..self.input }
    }

    /// Calls `f(output index, input index)` for every output and every input of its window.
    fn for_each_pair(&self, mut f: impl FnMut(usize, usize)) {
        let Window { kernel: (kh, kw), stride: (sh, sw), .. } = self.window;
        for out in 0..self.out_h * self.out_w {
            let (top, left) = (out / self.out_w * sh, out % self.out_w * sw);
            for tap in 0..kh * kw {
                f(out, (top + tap / kw) * self.input.w + left + tap % kw);
            }
        }
    }

    fn share<T: Real>(&self) -> T {
        T::from_f64(1.0 / (self.window.kernel.0 * self.window.kernel.1) as f64)
    }

    fn forward<T: Real>(&self, x: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.out_h * self.out_w);
        build_planes(self.input.n * self.input.c * out_plane, out_plane, |i, y| {
            self.forward_plane(&x[i * plane..][..plane], y);
        })
    }

    fn backward<T: Real>(&self, dy: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.out_h * self.out_w);
        build_planes(self.input.len(), plane, |i, dx| {
            self.backward_plane(&dy[i * out_plane..][..out_plane], dx);
        })
    }

    /// Writes the means of one plane to `y`, which starts as zeros.
    pub(crate) fn forward_plane<T: Real>(&self, x: &[T], y: &mut [T]) {
        if self.window.is_two_by_two() {
            let rows = x.chunks_exact(2 * self.input.w).zip(y.chunks_mut(self.out_w));
            return rows.for_each(|(x, y)| {
                let (above, below) = x.split_at(self.input.w);
                pooling::mean_2x2(above, below, y);
            });
        }
        self.for_each_pair(|out, element| y[out] += x[element]);
        y.iter_mut().for_each(|y| *y *= self.share());
    }

    /// Adds the gradient of one plane to `dx`.
    pub(crate) fn backward_plane<T: Real>(&self, dy: &[T], dx: &mut [T]) {
        if self.window.is_two_by_two() {
            let rows = dx.chunks_exact_mut(2 * self.input.w).zip(dy.chunks(self.out_w));
            return rows.for_each(|(dx, dy)| {
                let (above, below) = dx.split_at_mut(self.input.w);
                pooling::spread_2x2(dy, above, below);
            });
        }
        self.for_each_pair(|out, element| dx[element] += dy[out] * self.share());
    }
}

impl CustomOp1 for AvgPool {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.forward(slice::<T>(OP, x, layout)?);
            let Dims { n, c, h, w } = self.output();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), (n, c, h, w).into()))
        })
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, dy, |dy| Ok(self.backward(dy)))?;
            Ok(Some(like(dx, x)?))
        })
    }
}
