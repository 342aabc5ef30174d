//! Global max pooling with Keras' gradient: split equally among tied maxima.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::{Dims, build_planes};
use crate::kernels::pooling;
use crate::scalar::real::Real;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

const OP: &str = "global_max_pool2d";

/// Returns the maximum of each plane, Keras' `GlobalMaxPooling2D`.
///
/// The gradient of an output is split equally among the elements equal to the maximum;
/// [`max_pool2d`](crate::max_pool2d) gives all of it to the first, as Keras does there. A plane with a NaN
/// gives a NaN, and its elements get no gradient.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - output: (N, C)
///
/// # Errors
/// When `x` is empty, or has another rank, type or device.
///
/// # Example
/// ```
/// use mgc_ops::{candle::{Device, Var}, global_max_pool2d};
/// let x = Var::new(&[[[[1f32, 7.], [7., 5.]]]], &Device::Cpu)?;
/// let y = global_max_pool2d(&x)?;
/// let gradient = y.backward()?.get(&x).cloned();
/// assert_eq!(y.to_vec2::<f32>()?, [[7.]]);
/// assert_eq!(gradient.map(|g| g.flatten_all()?.to_vec1::<f32>()).transpose()?, Some(vec![0., 0.5, 0.5, 0.]));
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn global_max_pool2d(x: &Tensor) -> Result<Tensor> {
    x.contiguous()?.apply_op1(GlobalMaxPool { input: Dims::of(x)? })
}

struct GlobalMaxPool {
    input: Dims,
}

impl GlobalMaxPool {
    fn forward<T: Real>(&self, x: &[T]) -> Vec<T> {
        let plane = self.input.plane();
        build_planes(self.input.n * self.input.c, 1, |i, y| {
            y.fill(pooling::maximum(&x[i * plane..][..plane]));
        })
    }

    fn backward<T: Real>(&self, x: &[T], y: &[T], dy: &[T]) -> Vec<T> {
        let plane = self.input.plane();
        build_planes(x.len(), plane, |i, dx| pooling::share(&x[i * plane..][..plane], y[i], dy[i], dx))
    }
}

impl CustomOp1 for GlobalMaxPool {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.forward(slice::<T>(OP, x, layout)?);
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), (self.input.n, self.input.c).into()))
        })
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, x, |x| {
                with_slice(OP, y, |y| with_slice(OP, dy, |dy| Ok(self.backward(x, y, dy))))
            })?;
            Ok(Some(like(dx, x)?))
        })
    }
}
