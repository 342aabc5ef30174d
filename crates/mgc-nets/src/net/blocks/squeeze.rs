//! Squeeze-and-excitation (Hu et al. 2018) as in the paper's notebook: a global **max** pool, ratio 8.

use crate::config::HeadPool;
use crate::layers::{Dense, DenseActivation};
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;

/// Gates for the channels of a map, computed from the maximum of each channel.
#[derive(Debug, Clone)]
pub(crate) struct Squeeze {
    name: String,
    fc1: Dense,
    fc2: Dense,
}

impl Squeeze {
    pub(crate) fn new(channels: usize, ratio: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let squeezed = channels / ratio;
        Ok(Self {
            name: vb.prefix(),
            fc1: Dense::new((channels, squeezed), DenseActivation::Relu, &vb.pp("fc1"))?,
            fc2: Dense::new((squeezed, channels), DenseActivation::Sigmoid, &vb.pp("fc2"))?,
        })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let z = pass.global_pool(&format!("{}.pool", self.name), HeadPool::Max, x)?;
        let z = pass.dense(&self.fc1, &z)?;
        let gates = pass.dense(&self.fc2, &z)?;
        pass.gate(&format!("{}.gate", self.name), x, &gates)
    }
}
