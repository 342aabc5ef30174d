//! The trunk with all its weights in place, for evaluation.

use super::reader::Reader;
use super::stem::Stem;
use super::sweep::{Readings, forward};
use super::tail::Layer;
use super::{FastTrunk, window};
use crate::blocked::pool::max_pool_values;
use crate::blocked::{Cell, Size, Slab, planes};
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::config::BRANCHES;
use crate::trunk::params::DeepSlots;
use crate::trunk::statistics::TrunkStatistics;

/// Cells that are evaluated together: few enough for the last-level cache, enough for all threads.
const EVALUATED: usize = 20_000;

/// What an evaluation needs, for maps of any size.
pub(crate) struct Plan {
    /// Rows that become one.
    window: usize,
    stem: Option<Stem>,
    blocks: Vec<BlockPlan>,
    exit: Option<Reader>,
}

struct BlockPlan {
    b1: Reader,
    b3: Deep,
    b5: Deep,
    bp: Reader,
}

/// A bottleneck with the normalisation and activation behind it, and the convolutions that follow.
struct Deep {
    bottleneck: Reader,
    convs: Vec<Layer>,
}

impl Plan {
    pub(crate) fn new(trunk: &FastTrunk, theta: &[f32], running: &TrunkStatistics) -> Self {
        let config = &trunk.config;
        let stem = trunk.slots.stem.as_ref().zip(running.stem.as_ref());
        let blocks = trunk.slots.blocks.iter().zip(&running.blocks).map(|(slots, known)| BlockPlan {
            b1: trunk.bottleneck(&slots.b1, theta, &known.x[0]),
            b3: Deep::new(trunk, &slots.b3, &config.kernels3, theta, [&known.x[1], &known.z3]),
            b5: Deep::new(trunk, &slots.b5, &config.kernels5, theta, [&known.x[2], &known.z5]),
            bp: trunk.bottleneck(&slots.bp, theta, &known.pooled),
        });
        Self {
            window: window(config),
            stem: stem.map(|(slots, statistics)| trunk.stem(slots, theta, statistics)),
            blocks: blocks.collect(),
            exit: trunk.exit_reader(theta, running),
        }
    }

    /// From inputs of this size, with at least as many rows as the stem's pool takes, to the outputs: (N, 32, H, W).
    pub(crate) fn forward(&self, x: &[f32], input: Size) -> Vec<f32> {
        let most = EVALUATED.div_ceil(input.h / self.window * input.w);
        let samples = input.n.div_ceil(input.n.div_ceil(most)); // batches of one size where that goes
        let len = x.len() / input.n;
        let batches = x.chunks(samples * len);
        batches.flat_map(|x| self.batch(x, Size { n: x.len() / len, ..input })).collect()
    }

    fn batch(&self, x: &[f32], input: Size) -> Vec<f32> {
        let size = Size { h: input.h / self.window, ..input };
        let mut maps = vec![match &self.stem {
            Some(stem) => stem.resized(input).forward(x).0,
            None => planes::from_planes(x, size),
        }];
        let mut pooled: Vec<Slab> = vec![];
        for block in &self.blocks {
            pooled.extend(maps[pooled.len()..].iter().map(|map| max_pool_values(map, size)));
            maps.extend(block.forward(&maps, &pooled, size));
        }
        let mut y = Slab::unset(size.cells());
        let readings = [Readings { slabs: cells(&maps), readers: self.exit.iter().collect() }];
        forward(&readings, &mut [&mut y], false);
        planes::to_planes(&y, size)
    }
}

impl BlockPlan {
    fn forward(&self, maps: &[Slab], pooled: &[Slab], size: Size) -> [Slab; BRANCHES] {
        let readings = [
            Readings {
                slabs: cells(maps),
                readers: vec![&self.b1, &self.b3.bottleneck, &self.b5.bottleneck],
            },
            Readings { slabs: cells(pooled), readers: vec![&self.bp] },
        ];
        let mut outputs = [(); BRANCHES].map(|()| Slab::unset(size.cells()));
        forward(&readings, &mut outputs.each_mut().map(|slab| &mut **slab), false);
        let [y1, a3, a5, yp] = outputs;
        [y1, self.b3.convolve(a3, size), self.b5.convolve(a5, size), yp]
    }
}

impl Deep {
    fn new(
        trunk: &FastTrunk,
        slots: &DeepSlots,
        kernels: &[(usize, usize)],
        theta: &[f32],
        [x, z]: [&ChannelStatistics; 2],
    ) -> Self {
        let after = trunk.affines(&slots.norm, theta, z).first().copied();
        let bottleneck = Reader { after, ..trunk.bottleneck(&slots.bottleneck, theta, x) };
        Self { bottleneck, convs: Layer::all(slots, kernels, theta) }
    }

    fn convolve(&self, a: Slab, size: Size) -> Slab {
        self.convs.iter().fold(a, |a, layer| layer.forward(&a, None, size).0)
    }
}

pub(super) fn cells(slabs: &[Slab]) -> Vec<&[Cell]> {
    slabs.iter().map(|slab| &**slab).collect()
}
