//! What reads a list of slabs: a normalisation and activation, or none, and a 1x1 convolution to one slab.

use super::FastTrunk;
use crate::activation::Activation;
use crate::blocked::cells::Affine;
use crate::blocked::conv::transpose;
use crate::blocked::{Block, Cell, LANES};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::{BottleneckSlots, Slot};

/// A reader with its statistics in place.
pub(super) struct Reader {
    /// One for each slab, unless nothing is normalised.
    pub(super) affines: Option<Vec<Affine>>,
    pub(super) activation: Activation,
    /// One (inputs, outputs) for each slab.
    pub(super) weights: Vec<Block>,
    /// The same (outputs, inputs).
    pub(super) transposed: Vec<Block>,
    pub(super) bias: Cell,
    /// What follows at once, where its statistics are known beforehand.
    pub(super) after: Option<Affine>,
}

impl FastTrunk {
    pub(super) fn bottleneck(
        &self,
        slots: &BottleneckSlots,
        theta: &[f32],
        statistics: &ChannelStatistics,
    ) -> Reader {
        self.reader(Some((&slots.norm, statistics)), &slots.conv, theta)
    }

    pub(super) fn reader(
        &self,
        norm: Option<(&Slot, &ChannelStatistics)>,
        conv: &Slot,
        theta: &[f32],
    ) -> Reader {
        let weight = &theta[conv.weight.clone()];
        let channels = weight.len() / LANES;
        let row = |s: usize, o: usize| Cell(std::array::from_fn(|k| weight[o * channels + s * LANES + k]));
        let transposed: Vec<Block> =
            (0..channels / LANES).map(|s| std::array::from_fn(|o| row(s, o))).collect();
        Reader {
            affines: norm.map(|(slot, statistics)| self.affines(slot, theta, statistics)),
            activation: self.config.activation,
            weights: transposed.iter().map(transpose).collect(),
            transposed,
            bias: cell(&theta[conv.bias.clone()]),
            after: None,
        }
    }

    /// The maps of a normalisation, slab by slab.
    pub(super) fn affines(&self, slot: &Slot, theta: &[f32], statistics: &ChannelStatistics) -> Vec<Affine> {
        let scaling = Scaling::new(statistics, self.config.epsilon);
        let (weight, bias) = (&theta[slot.weight.clone()], &theta[slot.bias.clone()]);
        let channels = scaling.affine(weight, bias);
        let affine = |s: &[crate::kernels::affine::Affine<f32>]| Affine {
            scale: Cell(std::array::from_fn(|c| s[c].scale)),
            bias: Cell(std::array::from_fn(|c| s[c].bias)),
            mean: Cell(std::array::from_fn(|c| s[c].mean)),
        };
        channels.chunks_exact(LANES).map(affine).collect()
    }
}

/// The first 32 values.
pub(super) fn cell(values: &[f32]) -> Cell {
    Cell(std::array::from_fn(|c| values[c]))
}
