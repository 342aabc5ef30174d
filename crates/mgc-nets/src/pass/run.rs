//! Computes tensors.

use super::Pass;
use crate::config::HeadPool;
use crate::layers::{Conv, Dense, Depthwise, Dropout, Lstm, Norm, Pool};
use crate::net::blocks::Branches;
use crate::net::fused::{fused_branches, fused_trunk};
use crate::net::trunk::Trunk;
use candle::{Result, Tensor};
use mgc_ops::{avg_pool2d, global_max_pool2d, max_pool2d};

/// An evaluation, or a pass of training: batch statistics that move the running ones, dropout.
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

    fn branches(&mut self, branches: &Branches, x: &Tensor) -> Result<Tensor> {
        match fused_branches(branches, x, self.train)? {
            Some(y) => Ok(y),
            None => branches.forward(self, x),
        }
    }

    fn trunk(&mut self, trunk: &Trunk, x: &Tensor) -> Result<Tensor> {
        match fused_trunk(trunk, x, self.train)? {
            Some(y) => Ok(y),
            None => trunk.forward(self, x),
        }
    }
}
