//! A convolution, an activation, a pool and dropout as one operation.

mod passes;
mod plane_pool;

use crate::activation::Activation;
use crate::bridge::map_op::MapOp;
use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::Dims;
use crate::ops::avg_pool::AvgPool;
use crate::ops::conv2d::Conv2d;
use crate::ops::dropout::Dropout;
use crate::ops::max_pool::MaxPool;
use crate::window::Window;
use candle::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use passes::{ConvPool, Kept};
use plane_pool::PlanePool;
use std::sync::OnceLock;

const OP: &str = "conv_pool2d";

/// A pool after a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pool {
    /// [`max_pool2d`](crate::max_pool2d) with this window.
    Max(Window),
    /// [`avg_pool2d`](crate::avg_pool2d).
    Average {
        /// Rows and columns of its window.
        kernel: (usize, usize),
        /// Steps down and to the right.
        stride: (usize, usize),
    },
}

/// Settings of [`conv_pool2d`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConvPoolConfig {
    /// The positions of the convolution's kernel.
    pub window: Window,
    /// Applied to the convolution's output.
    pub activation: Activation,
    /// Applied to the activated map.
    pub pool: Pool,
    /// Applied to the pooled map, if at all.
    pub dropout: Option<Dropout>,
}

/// Computes [`conv2d`](crate::conv2d), an activation, a pool and [`dropout`](crate::dropout) as one
/// operation, with the values and gradients of the single ones.
///
/// The large map between convolution and pool stays inside the operation, so candle makes no gradient of its
/// size. Before a max pool even the map exists for one sample per thread only.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`: (O, C, kernel rows, kernel columns)
/// - `bias`: (O)
/// - output: (N, O, H', W'), the pool's output for the size that [`Window::output_size`] gives for the
///   convolution
///
/// # Errors
/// When shapes or types disagree, the kernel of the window is not that of `weight`, a window does not fit,
/// the dropout's rate is not at least 0 and below 1, or a tensor is not on the CPU.
///
/// # Example
/// ```
/// use mgc_ops::candle::{Device, Tensor};
/// use mgc_ops::{Activation, ConvPoolConfig, Pool, Window, conv_pool2d};
/// let x = Tensor::new(&[[[[1f32, -2., 3.], [4., 5., -6.]]]], &Device::Cpu)?;
/// let (weight, bias) = (Tensor::new(&[[[[1f32]]]], &Device::Cpu)?, Tensor::new(&[1f32], &Device::Cpu)?);
/// let config = ConvPoolConfig {
///     window: Window::same((1, 1)),
///     activation: Activation::Relu,
///     pool: Pool::Average { kernel: (2, 1), stride: (2, 1) },
///     dropout: None,
/// };
/// let y = conv_pool2d(&x, &weight, &bias, &config)?;
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [3.5, 3., 2.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn conv_pool2d(x: &Tensor, weight: &Tensor, bias: &Tensor, config: &ConvPoolConfig) -> Result<Tensor> {
    let conv = Conv2d::of(OP, x, weight, bias, &config.window)?;
    config.dropout.map_or(Ok(()), |dropout| dropout.check(OP))?;
    let map = conv.output();
    let pool = match config.pool {
        Pool::Max(window) => PlanePool::Max(MaxPool::new(&window, map)?),
        Pool::Average { kernel, stride } => PlanePool::Average(AvgPool::new(kernel, stride, map)?),
    };
    let op = ConvPool::new(conv, config.activation, pool, config.dropout);
    x.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, Op { op, kept: OnceLock::new() })
}

/// The operation as candle keeps it in its graph.
struct Op {
    op: ConvPool,
    /// The data that the forward pass keeps for the backward pass.
    kept: OnceLock<Kept>,
}

impl CustomOp3 for Op {
    fn name(&self) -> &'static str {
        OP
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
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let x = slice::<T>(OP, x, x_layout)?;
            let (kept, y) = self.op.forward(x, slice(OP, weight, weight_layout)?, slice(OP, bias, bias_layout)?);
            let _ = self.kept.set(kept); // candle runs an operation once; a second run would keep the same
            let Dims { n, c, h, w } = self.op.output();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), (n, c, h, w).into()))
        })
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        with_real!(OP, x.dtype(), T => {
            let found = self.kept.get().map(|kept| with_slice::<T, _>(OP, y, |y| {
                with_slice(OP, dy, |dy| with_slice(OP, x, |values| with_slice(OP, weight, |weight| {
                    Ok(self.op.backward(kept, (values, weight), (y, dy), x.track_op()))
                })))
            }));
            let Some((dx, dweight, dbias)) = found.transpose()?.flatten() else {
                bail!("{OP}: the backward pass comes before the forward pass")
            };
            let dx = dx.map(|dx| like(dx, x)).transpose()?;
            Ok((dx, Some(like(dweight, weight)?), Some(like(dbias, bias)?)))
        })
    }
}
