//! A convolution and what follows it up to the next one, as one operation.

use crate::activation::Activation;
use crate::bridge::map_op::MapOp;
use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::conv::algorithm::Room;
use crate::kernels::planes::{Dims, build_pair};
use crate::kernels::rows;
use crate::ops::avg_pool::AvgPool;
use crate::ops::conv2d::{Conv2d, OutputGradient};
use crate::ops::dropout::Dropout;
use crate::ops::max_pool::MaxPool;
use crate::scalar::real::Real;
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

/// Settings of [`conv_pool2d`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConvPoolConfig {
    /// Where the kernel lands.
    pub window: Window,
    /// Applied to the convolution's output.
    pub activation: Activation,
    /// Applied to that.
    pub pool: Pool,
    /// Applied to the pooled map, if at all.
    pub dropout: Option<Dropout>,
}

/// [`conv2d`](crate::conv2d), an activation, a pool and [`dropout`](crate::dropout), with the values and gradients of
/// these one by one.
///
/// The large map between convolution and pool stays inside the operation. So no gradient of its size is made, which
/// candle would add to a map of zeros; before a max pool not even the map is, but sample by sample.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`: (O, C, kernel rows, kernel columns)
/// - `bias`: (O)
/// - output: (N, O, H', W'), the pool's output for the size that [`Window::output_size`] gives for the convolution
///
/// # Errors
/// When shapes or types disagree, the kernel of the window is not that of `weight`, a window does not fit, the rate of
/// the dropout is not 0 to below 1, or a tensor is not on the CPU.
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
        Pool::Max(window) => Planes::Max(MaxPool::new(&window, map)?),
        Pool::Average { kernel, stride } => Planes::Average(AvgPool::new(kernel, stride, map)?),
    };
    let op = ConvPool { config: *config, conv, pool, map, kept: OnceLock::new() };
    x.contiguous()?.apply_op3(&weight.contiguous()?, &bias.contiguous()?, op)
}

/// A pool of the planes of known maps.
enum Planes {
    Max(MaxPool),
    Average(AvgPool),
}

/// What the forward pass leaves for the backward pass.
enum Kept<T> {
    /// The number of the cell that won each window of a max pool; its activation is the output.
    Winners(Vec<u8>),
    /// The activated map between convolution and pool.
    Map(Vec<T>),
}

struct ConvPool {
    config: ConvPoolConfig,
    conv: Conv2d,
    pool: Planes,
    /// The sizes of the map between convolution and pool.
    map: Dims,
    /// A [`Kept`] of the element type.
    kept: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl ConvPool {
    /// The sizes of the pooled map.
    fn output(&self) -> Dims {
        match &self.pool {
            Planes::Max(pool) => pool.output(),
            Planes::Average(pool) => pool.output(),
        }
    }

    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> (Kept<T>, Vec<T>) {
        let (map, pooled) = (self.map, self.output());
        let (whole, pooled_size) = ((map.len(), map.sample()), (pooled.len(), pooled.sample()));
        let room = || (Room::default(), vec![T::zero(); map.sample()]);
        self.conv.with_outputs((x, weight, bias), self.config.activation, |fill| match &self.pool {
            Planes::Max(pool) if pool.numbered => {
                let (winners, y) = build_pair([pooled_size; 2], 0u8, room, |(room, cells), i, winners, y| {
                    fill(i, cells, room);
                    let outputs = y.chunks_mut(pooled.plane()).zip(winners.chunks_mut(pooled.plane()));
                    let planes = cells.chunks(map.plane()).zip(outputs);
                    planes.for_each(|(map, (y, winners))| pool.forward_winners(map, y, winners));
                    self.drop(i, y);
                });
                (Kept::Winners(winners), y)
            }
            pool => {
                let (cells, y) =
                    build_pair([whole, pooled_size], T::zero(), Room::default, |room, i, cells, y| {
                        fill(i, cells, room);
                        let planes = cells.chunks(map.plane()).zip(y.chunks_mut(pooled.plane()));
                        planes.for_each(|(map, y)| pool.forward(map, y));
                        self.drop(i, y);
                    });
                (Kept::Map(cells), y)
            }
        })
    }

    /// Drops cells of one sample's pooled map, or of its gradient.
    fn drop<T: Real>(&self, number: usize, cells: &mut [T]) {
        if let Some(dropout) = self.config.dropout {
            dropout.mask(number * cells.len(), cells);
        }
    }

    /// One sample's pooled map before the dropout, as far as it is kept there, from that behind it.
    fn undo_scaling<T: Real>(&self, y: &mut [T]) {
        if let Some(dropout) = self.config.dropout {
            y.iter_mut().for_each(|y| *y *= T::from_f64(1.0 - dropout.rate));
        }
    }
}

impl Planes {
    /// `y` starts as zeros.
    fn forward<T: Real>(&self, x: &[T], y: &mut [T]) {
        match self {
            Self::Max(pool) => pool.forward_plane(x, y),
            Self::Average(pool) => pool.forward_plane(x, y),
        }
    }

    /// `dx` starts as zeros.
    fn backward<T: Real>(&self, x: &[T], dy: &[T], dx: &mut [T]) {
        match self {
            Self::Max(pool) => {
                let mut y = vec![T::zero(); dy.len()];
                pool.forward_plane(x, &mut y);
                pool.backward_plane(x, &y, dy, dx);
            }
            Self::Average(pool) => pool.backward_plane(dy, dx),
        }
    }
}

/// What the backward pass knows of the outputs.
struct Pooled<'a, T> {
    op: &'a ConvPool,
    kept: &'a Kept<T>,
    y: &'a [T],
    dy: &'a [T],
}

impl<T: Real> OutputGradient<T> for Pooled<'_, T> {
    fn sample<'a>(&'a self, number: usize, room: &'a mut Vec<T>) -> &'a [T] {
        let (ConvPool { config, pool, map, .. }, pooled) = (self.op, self.op.output());
        let cells = number * pooled.sample()..(number + 1) * pooled.sample();
        let mut dy = self.dy[cells.clone()].to_vec();
        self.op.drop(number, &mut dy);
        room.clear();
        room.resize(map.sample(), T::zero());
        let planes = room.chunks_mut(map.plane());
        match (self.kept, pool) {
            (Kept::Winners(winners), Planes::Max(pool)) => {
                let mut y = self.y[cells.clone()].to_vec();
                self.op.undo_scaling(&mut y);
                rows::undo_activation(config.activation, &y, &mut dy);
                let outputs = dy.chunks(pooled.plane()).zip(winners[cells].chunks(pooled.plane()));
                planes.zip(outputs).for_each(|(dx, (dy, winners))| pool.backward_winners(winners, dy, dx));
            }
            (Kept::Winners(_), Planes::Average(_)) => {} // an average keeps its map
            (Kept::Map(maps), pool) => {
                let maps = maps[number * map.sample()..][..map.sample()].chunks(map.plane());
                for (dx, (x, dy)) in planes.zip(maps.zip(dy.chunks(pooled.plane()))) {
                    pool.backward(x, dy, dx);
                    rows::undo_activation(config.activation, x, dx);
                }
            }
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
            let (kept, y) = self.forward(x, slice(OP, weight, weight_layout)?, slice(OP, bias, bias_layout)?);
            let _ = self.kept.set(Box::new(kept)); // candle runs an operation once; a second one would leave the same
            let Dims { n, c, h, w } = self.output();
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
            let Some(kept) = self.kept.get().and_then(|kept| kept.downcast_ref::<Kept<T>>()) else {
                bail!("{OP}: the backward pass comes before the forward pass")
            };
            let (dx, dweight, dbias) = with_slice::<T, _>(OP, y, |y| {
                with_slice(OP, dy, |dy| with_slice(OP, x, |cells| with_slice(OP, weight, |weight| {
                    let pooled = Pooled { op: self, kept, y, dy };
                    Ok(self.conv.gradients((cells, weight), &pooled, x.track_op()))
                })))
            })?;
            let dx = dx.map(|dx| like(dx, x)).transpose()?;
            Ok((dx, Some(like(dweight, weight)?), Some(like(dbias, bias)?)))
        })
    }
}
