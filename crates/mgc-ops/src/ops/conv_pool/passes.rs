//! Both passes of the operation, over slices.
//!
//! The backward pass needs one of two things from the map between convolution and pool. Before a max pool
//! that is the number of the element that won each window, a byte; otherwise it is the map itself.

use super::plane_pool::PlanePool;
use crate::activation::Activation;
use crate::bridge::map_op::{Gradients, MapOp};
use crate::conv::algorithm::Scratch;
use crate::kernels::planes::{Dims, build_pair};
use crate::kernels::rows;
use crate::ops::conv2d::{Conv2d, OutputGradient};
use crate::ops::dropout::Dropout;
use crate::ops::max_pool::MaxPool;
use crate::scalar::real::Real;
use std::any::Any;

/// The data that the forward pass keeps: `Vec<u8>` of winners, or `Vec<T>`, the activated map.
pub(super) type Kept = Box<dyn Any + Send + Sync>;

/// The operation on maps of known size.
pub(super) struct ConvPool {
    conv: Conv2d,
    activation: Activation,
    pooling: Pooling,
    dropout: Option<Dropout>,
    /// The sizes of the map between convolution and pool.
    map: Dims,
    /// The sizes of the pooled map.
    pooled: Dims,
}

/// The pool, by what is kept for it.
enum Pooling {
    Winners(MaxPool),
    Map(PlanePool),
}

impl ConvPool {
    pub(super) fn new(
        conv: Conv2d,
        activation: Activation,
        pool: PlanePool,
        dropout: Option<Dropout>,
    ) -> Self {
        let (map, pooled) = (conv.output(), pool.output());
        let pooling = match pool {
            PlanePool::Max(pool) if pool.numbered => Pooling::Winners(pool),
            pool => Pooling::Map(pool),
        };
        Self { conv, activation, pooling, dropout, map, pooled }
    }

    pub(super) fn output(&self) -> Dims {
        self.pooled
    }

    pub(super) fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> (Kept, Vec<T>) {
        let (map, pooled) = (self.map, self.pooled);
        let (whole, pooled_size) = ((map.len(), map.sample()), (pooled.len(), pooled.sample()));
        let scratch = || (Scratch::default(), vec![T::zero(); map.sample()]);
        self.conv.with_outputs((x, weight, bias), self.activation, |fill| match &self.pooling {
            Pooling::Winners(pool) => {
                let (winners, y) =
                    build_pair([pooled_size; 2], 0u8, scratch, |(scratch, values), i, winners, y| {
                        fill(i, values, scratch);
                        let outputs = y.chunks_mut(pooled.plane()).zip(winners.chunks_mut(pooled.plane()));
                        let planes = values.chunks(map.plane()).zip(outputs);
                        planes.for_each(|(map, (y, winners))| pool.forward_winners(map, y, winners));
                        self.drop(i, y);
                    });
                (Box::new(winners) as Kept, y)
            }
            Pooling::Map(pool) => {
                let (values, y) =
                    build_pair([whole, pooled_size], T::zero(), Scratch::default, |scratch, i, values, y| {
                        fill(i, values, scratch);
                        let planes = values.chunks(map.plane()).zip(y.chunks_mut(pooled.plane()));
                        planes.for_each(|(map, y)| pool.forward(map, y));
                        self.drop(i, y);
                    });
                (Box::new(values) as Kept, y)
            }
        })
    }

    /// Returns the gradients, or none when `kept` is not of a forward pass in this type.
    pub(super) fn backward<T: Real>(
        &self,
        kept: &Kept,
        (x, weight): (&[T], &[T]),
        (y, dy): (&[T], &[T]),
        want_dx: bool,
    ) -> Option<Gradients<T>> {
        Some(match &self.pooling {
            Pooling::Winners(pool) => {
                let gradient =
                    FromWinners { op: self, pool, winners: kept.downcast_ref::<Vec<u8>>()?, y, dy };
                self.conv.gradients((x, weight), &gradient, want_dx)
            }
            Pooling::Map(pool) => {
                let gradient = FromMap { op: self, pool, map: kept.downcast_ref::<Vec<T>>()?, dy };
                self.conv.gradients((x, weight), &gradient, want_dx)
            }
        })
    }

    /// Applies the dropout to one sample's pooled map, or to its gradient.
    fn drop<T: Real>(&self, number: usize, values: &mut [T]) {
        if let Some(dropout) = self.dropout {
            dropout.mask(number * values.len(), values);
        }
    }

    /// Recovers one sample's pooled map before the dropout from the output, where the dropout kept it.
    fn undo_scaling<T: Real>(&self, y: &mut [T]) {
        if let Some(dropout) = self.dropout {
            y.iter_mut().for_each(|y| *y *= T::from_f64(1.0 - dropout.rate));
        }
    }

    /// Returns one sample of the pooled map's gradient, before the dropout.
    fn pooled_gradient<T: Real>(&self, number: usize, dy: &[T]) -> Vec<T> {
        let mut dy = dy[number * self.pooled.sample()..][..self.pooled.sample()].to_vec();
        self.drop(number, &mut dy);
        dy
    }

    /// Makes `scratch` a map of zeros.
    fn clear<T: Real>(&self, scratch: &mut Vec<T>) {
        scratch.clear();
        scratch.resize(self.map.sample(), T::zero());
    }
}

/// The gradient to the convolution's output, from the winners of a max pool.
struct FromWinners<'a, T> {
    op: &'a ConvPool,
    pool: &'a MaxPool,
    winners: &'a [u8],
    y: &'a [T],
    dy: &'a [T],
}

impl<T: Real> OutputGradient<T> for FromWinners<'_, T> {
    fn sample<'a>(&'a self, number: usize, scratch: &'a mut Vec<T>) -> &'a [T] {
        let (map, pooled) = (self.op.map, self.op.pooled);
        let range = number * pooled.sample()..(number + 1) * pooled.sample();
        let mut dy = self.op.pooled_gradient(number, self.dy);
        let mut y = self.y[range.clone()].to_vec();
        self.op.undo_scaling(&mut y);
        rows::undo_activation(self.op.activation, &y, &mut dy);
        self.op.clear(scratch);
        let outputs = dy.chunks(pooled.plane()).zip(self.winners[range].chunks(pooled.plane()));
        let planes = scratch.chunks_mut(map.plane());
        planes.zip(outputs).for_each(|(dx, (dy, winners))| self.pool.backward_winners(winners, dy, dx));
        scratch
    }
}

/// The gradient to the convolution's output, from that output activated.
struct FromMap<'a, T> {
    op: &'a ConvPool,
    pool: &'a PlanePool,
    map: &'a [T],
    dy: &'a [T],
}

impl<T: Real> OutputGradient<T> for FromMap<'_, T> {
    fn sample<'a>(&'a self, number: usize, scratch: &'a mut Vec<T>) -> &'a [T] {
        let (map, pooled) = (self.op.map, self.op.pooled);
        let dy = self.op.pooled_gradient(number, self.dy);
        self.op.clear(scratch);
        let maps = self.map[number * map.sample()..][..map.sample()].chunks(map.plane());
        let planes = scratch.chunks_mut(map.plane());
        for (dx, (x, dy)) in planes.zip(maps.zip(dy.chunks(pooled.plane()))) {
            self.pool.backward(x, dy, dx);
            rows::undo_activation(self.op.activation, x, dx);
        }
        scratch
    }
}
