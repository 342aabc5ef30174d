//! A reader of a list of maps: a normalisation and activation, or none, and a 1x1 convolution to one map.

use super::shape::FastTrunk;
use crate::activation::Activation;
use crate::blocked::conv::transpose;
use crate::blocked::pixels::Affine;
use crate::blocked::{BLOCK_CHANNELS, Pixel, WeightBlock};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::{BottleneckSlots, ExitSlots, Slot};
use crate::trunk::statistics::TrunkStatistics;

/// A reader with its statistics in place.
pub(super) struct Reader {
    /// One per map, unless nothing is normalised.
    pub(super) affines: Option<Vec<Affine>>,
    pub(super) activation: Activation,
    /// One (inputs, outputs) per map.
    pub(super) weights: Vec<WeightBlock>,
    /// The same as (outputs, inputs).
    pub(super) transposed: Vec<WeightBlock>,
    pub(super) bias: Pixel,
    /// The normalisation that follows, where its statistics are known in advance.
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

    /// Returns the reader of all maps after the last block.
    pub(super) fn exit_reader(
        &self,
        slots: &ExitSlots,
        theta: &[f32],
        statistics: &TrunkStatistics,
    ) -> Reader {
        let norm = slots.norm.as_ref().map(|slot| (slot, statistics.exit()));
        self.reader(norm, &slots.conv, theta)
    }

    fn reader(&self, norm: Option<(&Slot, &ChannelStatistics)>, conv: &Slot, theta: &[f32]) -> Reader {
        let weight = &theta[conv.weight.clone()];
        let channels = weight.len() / BLOCK_CHANNELS;
        let row = |s: usize, o: usize| {
            Pixel(std::array::from_fn(|k| weight[o * channels + s * BLOCK_CHANNELS + k]))
        };
        let transposed: Vec<WeightBlock> =
            (0..channels / BLOCK_CHANNELS).map(|s| std::array::from_fn(|o| row(s, o))).collect();
        Reader {
            affines: norm.map(|(slot, statistics)| self.affines(slot, theta, statistics)),
            activation: self.config.activation,
            weights: transposed.iter().map(transpose).collect(),
            transposed,
            bias: pixel(&theta[conv.bias.clone()]),
            after: None,
        }
    }

    /// Returns the affine maps of a normalisation, map by map.
    pub(super) fn affines(&self, slot: &Slot, theta: &[f32], statistics: &ChannelStatistics) -> Vec<Affine> {
        let scaling = Scaling::new(statistics, self.config.epsilon);
        let (weight, bias) = (&theta[slot.weight.clone()], &theta[slot.bias.clone()]);
        let channels = scaling.affine(weight, bias);
        let affine = |s: &[crate::kernels::affine::Affine<f32>]| Affine {
            scale: Pixel(std::array::from_fn(|c| s[c].scale)),
            bias: Pixel(std::array::from_fn(|c| s[c].bias)),
            mean: Pixel(std::array::from_fn(|c| s[c].mean)),
        };
        channels.chunks_exact(BLOCK_CHANNELS).map(affine).collect()
    }
}

/// Returns the first 32 values.
pub(super) fn pixel(values: &[f32]) -> Pixel {
    Pixel(std::array::from_fn(|c| values[c]))
}
