//! The candle side of operations of a map, weights and biases: an operation defines its two passes over
//! slices, this file does the rest.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::Dims;
use crate::scalar::real::Real;
use candle::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor};

/// The gradients of the map (when wanted), the weights and the biases.
pub(crate) type Gradients<T> = (Option<Vec<T>>, Vec<T>, Vec<T>);

/// Both passes of an operation, over slices.
pub(crate) trait MapOp: Send + Sync {
    const NAME: &'static str;

    /// Returns the size of the result.
    fn output(&self) -> Dims;

    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> Vec<T>;

    fn backward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T], dy: &[T], want_dx: bool) -> Gradients<T>;
}

/// An operation as candle keeps it in its graph.
pub(crate) struct Node<O>(pub(crate) O);

impl<O: MapOp> CustomOp3 for Node<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(O::NAME, candle::backend::BackendStorage::dtype(x), T => {
            let x = slice::<T>(O::NAME, x, x_layout)?;
            let (weight, bias) = (slice(O::NAME, weight, weight_layout)?, slice(O::NAME, bias, bias_layout)?);
            let Dims { n, c, h, w } = self.0.output();
            let y = self.0.forward(x, weight, bias);
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), (n, c, h, w).into()))
        })
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        with_real!(O::NAME, x.dtype(), T => {
            let (dx, dweight, dbias) = with_slice::<T, _>(O::NAME, x, |map| {
                with_slice(O::NAME, weight, |weight| with_slice(O::NAME, bias, |bias| {
                    with_slice(O::NAME, dy, |dy| Ok(self.0.backward(map, weight, bias, dy, x.track_op())))
                }))
            })?;
            let dx = dx.map(|dx| like(dx, x)).transpose()?;
            Ok((dx, Some(like(dweight, weight)?), Some(like(dbias, bias)?)))
        })
    }
}
