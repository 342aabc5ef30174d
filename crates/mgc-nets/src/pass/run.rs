//! Computes tensors.

use super::{Fused, Pass};
use crate::config::HeadPool;
use crate::layers::{Conv, Dense, Depthwise, Dropout, Lstm, Norm, Pool};
use candle::{Result, Tensor};
use mgc_ops::{avg_pool2d, global_max_pool2d, max_pool2d};

/// A forward pass. In training, batch statistics normalise and update the running ones, and dropout applies.
pub(crate) struct Run {
    pub(crate) train: bool,
}

impl Pass for Run {
    type Map = Tensor;

    fn conv(&mut self, layer: &Conv, x: &Tensor) -> Result<Tensor> {
        layer.forward(x)
    }

    fn depthwise(&mut self, layer: &Depthwise, x: &Tensor) -> Result<Tensor> {
        layer.forward(x)
    }

    fn norm(&mut self, layer: &Norm, x: &Tensor) -> Result<Tensor> {
        layer.forward_t(x, self.train)
    }

    fn max_pool(&mut self, layer: &Pool, x: &Tensor) -> Result<Tensor> {
        max_pool2d(x, &layer.window)
    }

    fn average_pool(&mut self, layer: &Pool, x: &Tensor) -> Result<Tensor> {
        avg_pool2d(x, layer.window.kernel, layer.window.stride)
    }

    fn global_pool(&mut self, _: &str, pool: HeadPool, x: &Tensor) -> Result<Tensor> {
        match pool {
            HeadPool::Average => x.flatten_from(2)?.mean(2),
            HeadPool::Max => global_max_pool2d(x),
        }
    }

    fn concat(&mut self, _: &str, parts: &[Tensor]) -> Result<Tensor> {
        Tensor::cat(parts, 1)
    }

    fn add(&mut self, _: &str, x: &Tensor, y: &Tensor) -> Result<Tensor> {
        x + y
    }

    fn gate(&mut self, _: &str, x: &Tensor, gates: &Tensor) -> Result<Tensor> {
        x.broadcast_mul(&gates.unsqueeze(2)?.unsqueeze(3)?)
    }

    fn dense(&mut self, layer: &Dense, x: &Tensor) -> Result<Tensor> {
        layer.forward(x)
    }

    fn lstm(&mut self, layer: &Lstm, x: &Tensor) -> Result<Tensor> {
        layer.forward(x)
    }

    fn dropout(&mut self, _: &str, layer: &Dropout, x: &Tensor) -> Result<Tensor> {
        layer.forward_t(x, self.train)
    }

    fn fused(&mut self, part: &dyn Fused, x: &Tensor) -> Result<Option<Tensor>> {
        part.run(x, self.train)
    }
}
