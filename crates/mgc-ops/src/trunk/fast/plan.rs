//! The fast trunk prepared for evaluation.

use super::layer::Layer;
use super::reader::Reader;
use super::shape::{FastTrunk, maps_read, output_maps};
use super::stem::Stem;
use super::sweep::{Readings, forward};
use crate::blocked::planes::{self, Place};
use crate::blocked::pool::max_pool_values;
use crate::blocked::{BlockedMap, Size, views};
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::config::BRANCHES;
use crate::trunk::params::DeepSlots;
use crate::trunk::statistics::TrunkStatistics;
use std::ops::Range;

/// Pixels evaluated together: few enough for the last-level cache, enough for all threads.
const EVALUATED: usize = 20_000;

/// The layers of an evaluation, for maps of any size.
pub(crate) struct Plan {
    /// Rows and columns of the stem's pool.
    pool: (usize, usize),
    stem: Option<Stem>,
    blocks: Vec<BlockPlan>,
    exit: Exit,
    /// How many maps the first block reads.
    inputs: usize,
}

/// The last layer: from the maps to the output.
enum Exit {
    Conv(Box<Reader>),
    /// These maps are the output.
    Maps(Range<usize>),
}

struct BlockPlan {
    b1: Reader,
    b3: Deep,
    b5: Deep,
    bp: Reader,
}

/// A bottleneck with the normalisation and activation after it, and the convolutions that follow.
struct Deep {
    bottleneck: Reader,
    convs: Vec<Layer>,
}

impl Plan {
    pub(crate) fn new(trunk: &FastTrunk, theta: &[f32], running: &TrunkStatistics) -> Self {
        let config = &trunk.config;
        let blocks = trunk.slots.blocks.iter().zip(&running.blocks).map(|(slots, known)| BlockPlan {
            b1: trunk.bottleneck(&slots.b1, theta, &known.x[0]),
            b3: Deep::new(trunk, &slots.b3, &config.kernels3, theta, [&known.x[1], &known.z3]),
            b5: Deep::new(trunk, &slots.b5, &config.kernels5, theta, [&known.x[2], &known.z5]),
            bp: trunk.bottleneck(&slots.bp, theta, &known.pooled),
        });
        Self {
            pool: config.pool(),
            stem: trunk.slots.stem.as_ref().map(|slots| trunk.stem(slots, theta, running.stem())),
            blocks: blocks.collect(),
            exit: match &trunk.slots.exit {
                Some(slots) => Exit::Conv(Box::new(trunk.exit_reader(slots, theta, running))),
                None => Exit::Maps(output_maps(config)),
            },
            inputs: maps_read(config, 0),
        }
    }

    /// Returns the outputs (N, 32 * maps, H, W) of inputs of this size, which is at least that of the stem's
    /// pool.
    pub(crate) fn forward(&self, x: &[f32], input: Size) -> Vec<f32> {
        let most = EVALUATED.div_ceil(self.pooled(Size { n: 1, ..input }).pixels());
        let samples = input.n.div_ceil(input.n.div_ceil(most)); // batches of one size where that goes
        let len = x.len() / input.n;
        let batches = x.chunks(samples * len);
        batches.flat_map(|x| self.batch(x, Size { n: x.len() / len, ..input })).collect()
    }

    /// Returns the size of the maps for inputs of this size.
    fn pooled(&self, Size { n, h, w }: Size) -> Size {
        Size { n, h: h / self.pool.0, w: w / self.pool.1 }
    }

    fn batch(&self, x: &[f32], input: Size) -> Vec<f32> {
        let size = self.pooled(input);
        let place = |number| Place { number, count: self.inputs };
        let mut maps: Vec<_> = match &self.stem {
            Some(stem) => vec![stem.resized(input).forward(x).0],
            None => (0..self.inputs).map(|number| planes::from_planes(x, size, place(number))).collect(),
        };
        let mut pooled: Vec<BlockedMap> = vec![];
        for block in &self.blocks {
            pooled.extend(maps[pooled.len()..].iter().map(|map| max_pool_values(map, size)));
            maps.extend(block.forward(&maps, &pooled, size));
        }
        match &self.exit {
            Exit::Maps(range) => planes::to_planes(&views(&maps[range.clone()]), size),
            Exit::Conv(reader) => {
                let mut y = BlockedMap::unset(size.pixels());
                let readings = [Readings { maps: views(&maps), readers: vec![reader] }];
                forward(&readings, &mut [&mut y], false);
                planes::to_planes(&[&y], size)
            }
        }
    }
}

impl BlockPlan {
    fn forward(&self, maps: &[BlockedMap], pooled: &[BlockedMap], size: Size) -> [BlockedMap; BRANCHES] {
        let readings = [
            Readings { maps: views(maps), readers: vec![&self.b1, &self.b3.bottleneck, &self.b5.bottleneck] },
            Readings { maps: views(pooled), readers: vec![&self.bp] },
        ];
        let mut outputs = [(); BRANCHES].map(|()| BlockedMap::unset(size.pixels()));
        forward(&readings, &mut outputs.each_mut().map(|map| &mut **map), false);
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
        let after = Some(trunk.affines(&slots.norm, theta, z)[0]);
        let bottleneck = Reader { after, ..trunk.bottleneck(&slots.bottleneck, theta, x) };
        Self { bottleneck, convs: Layer::all(slots, kernels, theta) }
    }

    fn convolve(&self, a: BlockedMap, size: Size) -> BlockedMap {
        self.convs.iter().fold(a, |a, layer| layer.forward(&a, None, size).0)
    }
}
