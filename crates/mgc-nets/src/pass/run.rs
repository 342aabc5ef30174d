//! Computes tensors.

use super::{Fused, Pass};
use crate::config::HeadPool;
use crate::layers::{Conv, Coordinate, Dense, Depthwise, Dropout, Lstm, Norm, Pool};
use candle::{Result, Tensor};
use mgc_ops::{append_coordinate, avg_pool2d, global_max_pool2d, max_pool2d, sub_band_means};

/// A forward pass. In training, batch statistics normalise and update the running ones, and dropout applies.
pub(crate) struct Run {
    pub(crate) train: bool,
}

impl Pass for Run {
    type Map = Tensor;

    fn coordinate(&mut self, layer: &Coordinate, x: &Tensor) -> Result<Tensor> {
        append_coordinate(x, layer.range)
    }

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
            HeadPool::SubBands(count) => sub_band_pool(x, count),
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

/// Returns the means over time of all sub-bands, then their maxima.
fn sub_band_pool(x: &Tensor, count: usize) -> Result<Tensor> {
    let curves = sub_band_means(x, count)?.flatten(1, 2)?; // (N, channels * sub-bands, frames)
    let maxima = global_max_pool2d(&curves.unsqueeze(3)?)?;
    Tensor::cat(&[curves.mean(2)?, maxima], 1)
}
