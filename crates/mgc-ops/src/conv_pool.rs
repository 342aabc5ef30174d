//! A convolution, its activation and a pool as one operation.

use crate::activation::Activation;
use crate::avg_pool::AvgPool;
use crate::conv2d::{Conv2d, OutputGradient};
use crate::map_op::MapOp;
use crate::max_pool::MaxPool;
use crate::planes::{Dims, build_pair};
use crate::real::{Real, like, slice, with_real, with_slice};
use crate::rows;
use crate::window::Window;
use candle::{CpuStorage, CustomOp3, Layout, Result, Shape, Tensor, bail};
use std::any::Any;
use std::sync::OnceLock;

const OP: &str = "conv_pool2d";

/// A pool behind a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pool {
    /// [`max_pool2d`](crate::max_pool2d) with this window.
    Max(Window),
    /// [`avg_pool2d`](crate::avg_pool2d).
    Average {
        /// Rows and columns of its window.
        kernel: (usize, usize),
        /// Step down and to the right.
        stride: (usize, usize),
    },
}

/// [`conv2d`](crate::conv2d), then `activation`, then `pool`, with the same values and gradients as these one by one.
///
/// The large map between convolution and pool stays inside the operation, for the backward pass. So no gradient of its size is made:
/// candle would add it to a map of zeros.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`: (O, C, kernel rows, kernel columns)
/// - `bias`: (O)
/// - output: (N, O, H', W'), `pool`'s output for the size that [`Window::output_size`] gives for `window`
///
/// # Errors
/// When shapes or types disagree, the kernel of `window` is not that of `weight`, a window does not fit, or a tensor is not on the
/// CPU.
///
/// # Example
/// ```
/// use mgc_ops::candle::{Device, Tensor};
/// use mgc_ops::{Activation, Pool, Window, conv_pool2d};
/// let x = Tensor::new(&[[[[1f32, -2., 3.], [4., 5., -6.]]]], &Device::Cpu)?;
/// let (weight, bias) = (Tensor::new(&[[[[1f32]]]], &Device::Cpu)?, Tensor::new(&[1f32], &Device::Cpu)?);
/// let pool = Pool::Average { kernel: (2, 1), stride: (2, 1) };
/// let y = conv_pool2d(&x, &weight, &bias, &Window::same((1, 1)), Activation::Relu, &pool)?;
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [3.5, 3., 2.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn conv_pool2d(
    x: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    window: &Window,
    activation: Activation,
    pool: &Pool,
) -> Result<Tensor> {
    let conv = Conv2d::of(OP, x, weight, bias, window)?;
    let map = conv.output();
    let pool = match *pool {
        Pool::Max(window) => Planes::Max(MaxPool::new(&window, map)?),
        Pool::Average { kernel, stride } => Planes::Average(AvgPool::new(kernel, stride, map)?),
    };
    let op = ConvPool { conv, activation, pool, map, kept: OnceLock::new() };
    x.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, op)
}

/// A pool of the planes of known maps.
enum Planes {
    Max(MaxPool),
    Average(AvgPool),
}

impl Planes {
    /// The sizes of the pooled map.
    fn output(&self) -> Dims {
        match self {
            Self::Max(pool) => pool.output(),
            Self::Average(pool) => pool.output(),
        }
    }

    /// `y` starts as zeros.
    fn forward<T: Real>(&self, x: &[T], y: &mut [T]) {
        match self {
            Self::Max(pool) => pool.forward_plane(x, y),
            Self::Average(pool) => pool.forward_plane(x, y),
        }
    }

    /// `dx` starts as zeros.
    fn backward<T: Real>(&self, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        match self {
            Self::Max(pool) => pool.backward_plane(x, y, dy, dx),
            Self::Average(pool) => pool.backward_plane(dy, dx),
        }
    }
}

struct ConvPool {
    conv: Conv2d,
    activation: Activation,
    pool: Planes,
    /// The sizes of the map between convolution and pool.
    map: Dims,
    /// That map, activated, a vector of the element type: the forward pass leaves it for the backward pass.
    kept: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl ConvPool {
    /// The map between convolution and pool, and the pooled one.
    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> (Vec<T>, Vec<T>) {
        let (map, pooled) = (self.map, self.pool.output());
        self.conv.with_outputs((x, weight, bias), self.activation, |fill| {
            build_pair((map.len(), map.sample()), (pooled.len(), pooled.sample()), |i, map_sample, y| {
                fill(i, map_sample);
                let planes = map_sample.chunks(map.plane()).zip(y.chunks_mut(pooled.plane()));
                planes.for_each(|(map, y)| self.pool.forward(map, y));
            })
        })
    }
}

/// What the backward pass knows of the outputs.
struct Pooled<'a, T> {
    op: &'a ConvPool,
    map: &'a [T],
    y: &'a [T],
    dy: &'a [T],
}

impl<T: Real> OutputGradient<T> for Pooled<'_, T> {
    fn sample<'a>(&'a self, number: usize, room: &'a mut Vec<T>) -> &'a [T] {
        let (map, pooled) = (self.op.map, self.op.pool.output());
        let of = |maps: &'a [T], dims: Dims| maps[number * dims.sample()..][..dims.sample()].chunks(dims.plane());
        room.clear();
        room.resize(map.sample(), T::zero());
        let inputs = of(self.map, map).zip(of(self.y, pooled).zip(of(self.dy, pooled)));
        for (gradient, (map, (y, dy))) in room.chunks_mut(map.plane()).zip(inputs) {
            self.op.pool.backward(map, y, dy, gradient);
            rows::undo_activation(self.op.activation, map, gradient);
        }
        room
    }
}

impl CustomOp3 for ConvPool {
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
            let (map, y) = self.forward(x, slice(OP, weight, weight_layout)?, slice(OP, bias, bias_layout)?);
            let _ = self.kept.set(Box::new(map)); // candle runs an operation once; a second map would be the same
            let Dims { n, c, h, w } = self.pool.output();
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
            let Some(map) = self.kept.get().and_then(|map| map.downcast_ref::<Vec<T>>()) else {
                bail!("{OP}: the backward pass comes before the forward pass")
            };
            let (dx, dweight, dbias) = with_slice::<T, _>(OP, y, |y| {
                with_slice(OP, dy, |dy| with_slice(OP, x, |cells| with_slice(OP, weight, |weight| {
                    let pooled = Pooled { op: self, map, y, dy };
                    Ok(self.conv.gradients((cells, weight), &pooled, x.track_op()))
                })))
            })?;
            let dx = dx.map(|dx| like(dx, x)).transpose()?;
            Ok((dx, Some(like(dweight, weight)?), Some(like(dbias, bias)?)))
        })
    }
}
