//! Average pooling without padding.

use crate::planes::{Dims, build_planes};
use crate::real::{Real, like, slice, with_real, with_slice};
use crate::window::Window;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

const OP: &str = "avg_pool2d";

/// The mean of each window of `kernel` (rows, columns) moved by `stride`; no padding.
///
/// Cells that no window reaches (a last odd row, say) get gradient zero.
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
    let (input, window) = (Dims::of(x)?, Window::valid(kernel, stride));
    let (out_h, out_w) = window.output_size(input.h, input.w)?;
    x.contiguous()?.apply_op1(AvgPool { window, input, out_h, out_w })
}

struct AvgPool {
    window: Window,
    input: Dims,
    out_h: usize,
    out_w: usize,
}

impl AvgPool {
    /// Calls `f(output cell, input cell)` for every pair that belongs together.
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
            let x = &x[i * plane..][..plane];
            self.for_each_pair(|out, cell| y[out] += x[cell]);
            y.iter_mut().for_each(|y| *y *= self.share());
        })
    }

    fn backward<T: Real>(&self, dy: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.out_h * self.out_w);
        build_planes(self.input.len(), plane, |i, dx| {
            let dy = &dy[i * out_plane..][..out_plane];
            self.for_each_pair(|out, cell| dx[cell] += dy[out] * self.share());
        })
    }
}

impl CustomOp1 for AvgPool {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.forward(slice::<T>(OP, x, layout)?);
            let shape = (self.input.n, self.input.c, self.out_h, self.out_w).into();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), shape))
        })
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, dy, |dy| Ok(self.backward(dy)))?;
            Ok(Some(like(dx, x)?))
        })
    }
}
