//! The forward pass of the trunk.

use super::bottleneck::{Bottleneck, forward};
use super::deep::Tail;
use super::maps::{for_each_plane, place};
use crate::kernels::planes::Dims;
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::{ChannelStatistics, statistics};
use crate::ops::max_pool::MaxPool;
use crate::scalar::real::Real;
use crate::trunk::config::{BRANCHES, TrunkConfig};
use crate::trunk::params::{BlockSlots, BottleneckSlots};
use crate::trunk::statistics::{BlockStatistics, TrunkStatistics};
use crate::window::Window;
use candle::Result;
use rayon::prelude::*;

/// The data of one block that the backward pass needs.
#[derive(Debug)]
pub(crate) struct BlockState<T> {
    pub(crate) z3: Vec<T>,
    pub(crate) z5: Vec<T>,
    pub(crate) statistics: BlockStatistics,
}

/// The data that the backward pass needs, besides the output map.
#[derive(Debug)]
pub(crate) struct State<T> {
    /// The 3x3 maxima of the channels that blocks read.
    pub(crate) pooled: Vec<T>,
    pub(crate) blocks: Vec<BlockState<T>>,
}

impl<T> State<T> {
    pub(crate) fn statistics(&self) -> TrunkStatistics {
        let blocks = self.blocks.iter().map(|block| block.statistics.clone()).collect();
        TrunkStatistics { blocks, ..Default::default() }
    }
}

/// A trunk on maps of known size.
#[derive(Debug, Clone)]
pub(crate) struct Trunk {
    pub(crate) config: TrunkConfig,
    pub(crate) blocks: Vec<BlockSlots>,
    /// The size of the output map.
    pub(crate) dims: Dims,
}

impl Trunk {
    /// Returns the size of the map of pooled channels.
    pub(crate) fn pooled_dims(&self) -> Dims {
        Dims { c: self.config.channels(self.config.blocks - 1), ..self.dims }
    }

    /// Returns the size of one branch's map.
    pub(crate) fn branch_dims(&self) -> Dims {
        Dims { c: self.config.growth, ..self.dims }
    }

    pub(crate) fn pool(&self) -> Result<MaxPool> {
        MaxPool::new(&Window::same((3, 3)), self.dims)
    }

    pub(crate) fn bottleneck<'a, T: Real>(
        &self,
        slots: &BottleneckSlots,
        theta: &'a [T],
        statistics: &ChannelStatistics,
    ) -> Bottleneck<'a, T> {
        let scaling = Scaling::new(statistics, self.config.epsilon);
        let affine = scaling.affine(&theta[slots.norm.weight.clone()], &theta[slots.norm.bias.clone()]);
        Bottleneck {
            affine,
            activation: self.config.activation,
            weight: &theta[slots.conv.weight.clone()],
            bias: &theta[slots.conv.bias.clone()],
        }
    }

    /// Returns the output map and the state; `running` replaces the batch's statistics.
    pub(crate) fn forward<T: Real>(
        &self,
        x: &[T],
        theta: &[T],
        running: Option<&TrunkStatistics>,
    ) -> Result<(Vec<T>, State<T>)> {
        let (dims, pooled_dims) = (self.dims, self.pooled_dims());
        let mut map = vec![T::zero(); dims.len()];
        place(x, &mut map, dims, &(0..self.config.width));
        let mut state = State { pooled: vec![T::zero(); pooled_dims.len()], blocks: vec![] };
        let mut known = Known::default();
        for i in 0..self.config.blocks {
            self.pool_new_channels(i, &map, &mut state.pooled)?;
            let given = match running {
                Some(running) => running.blocks[i].clone(),
                None => known.grow(self, i, &map, &state.pooled),
            };
            let block = self.forward_block(i, &mut map, &state.pooled, theta, given, running.is_none())?;
            state.blocks.push(block);
        }
        Ok((map, state))
    }

    /// Pools the channels that block `i` is the first to read.
    fn pool_new_channels<T: Real>(&self, i: usize, map: &[T], pooled: &mut [T]) -> Result<()> {
        let (pool, dims, plane) = (self.pool()?, self.dims, self.dims.plane());
        let first = if i == 0 { 0 } else { self.config.channels(i - 1) };
        for_each_plane(pooled, self.pooled_dims(), &(first..self.config.channels(i)), |n, c, y| {
            pool.forward_plane(&map[n * dims.sample() + c * plane..][..plane], y);
        });
        Ok(())
    }

    /// Appends the four branches of block `i`; computes the statistics of b3 and b5 when `fresh`.
    fn forward_block<T: Real>(
        &self,
        i: usize,
        map: &mut [T],
        pooled: &[T],
        theta: &[T],
        mut given: BlockStatistics,
        fresh: bool,
    ) -> Result<BlockState<T>> {
        let (z3, z5) = self.sweep(i, map, pooled, theta, &given);
        let (branch, slots, config) = (self.branch_dims(), &self.blocks[i], &self.config);
        if fresh {
            given.z3 = statistics(&z3, branch, 0..branch.c);
            given.z5 = statistics(&z5, branch, 0..branch.c);
        }
        let tail = |slots, kernels: &[_], statistics| {
            Tail::new(config, (slots, kernels), theta, branch, (statistics, fresh))
        };
        let b3 = tail(&slots.b3, &config.kernels3, &given.z3)?.forward(&z3);
        let b5 = tail(&slots.b5, &config.kernels5, &given.z5)?.forward(&z5);
        let (first, growth) = (config.channels(i), config.growth);
        place(&b3, map, self.dims, &(first + growth..first + 2 * growth));
        place(&b5, map, self.dims, &(first + 2 * growth..first + 3 * growth));
        Ok(BlockState { z3, z5, statistics: given })
    }

    /// Runs the four bottlenecks: b1 and bp directly into the map, b3 and b5 into their own maps.
    fn sweep<T: Real>(
        &self,
        i: usize,
        map: &mut [T],
        pooled: &[T],
        theta: &[T],
        given: &BlockStatistics,
    ) -> (Vec<T>, Vec<T>) {
        let (slots, plane, branch) = (&self.blocks[i], self.dims.plane(), self.branch_dims());
        let b1 = self.bottleneck(&slots.b1, theta, &given.x[0]);
        let b3 = self.bottleneck(&slots.b3.bottleneck, theta, &given.x[1]);
        let b5 = self.bottleneck(&slots.b5.bottleneck, theta, &given.x[2]);
        let bp = self.bottleneck(&slots.bp, theta, &given.pooled);
        let (mut z3, mut z5) = (vec![T::zero(); branch.len()], vec![T::zero(); branch.len()]);
        let outputs = z3.par_chunks_mut(branch.sample()).zip(z5.par_chunks_mut(branch.sample()));
        let inputs =
            map.par_chunks_mut(self.dims.sample()).zip(pooled.par_chunks(self.pooled_dims().sample()));
        inputs.zip(outputs).for_each(|((map, pooled), (z3, z5))| {
            let (x, y) = map.split_at_mut(self.config.channels(i) * plane);
            let (y1, rest) = y.split_at_mut(branch.sample());
            let yp = &mut rest[(BRANCHES - 2) * branch.sample()..][..branch.sample()];
            if self.dims.n > 1 {
                forward([&b1, &b3, &b5], x, [y1, z3, z5], plane);
                forward([&bp], pooled, [yp], plane);
                return;
            }
            let others = || {
                forward([&b5], x, [z5], plane);
                forward([&bp], pooled, [yp], plane);
            };
            rayon::join(|| forward([&b1, &b3], x, [y1, z3], plane), others);
        });
        (z3, z5)
    }
}

/// The statistics of all channels so far; each is computed once.
#[derive(Default)]
struct Known {
    map: ChannelStatistics,
    pooled: ChannelStatistics,
}

impl Known {
    fn grow<T: Real>(&mut self, trunk: &Trunk, i: usize, map: &[T], pooled: &[T]) -> BlockStatistics {
        let new = self.map.mean.len()..trunk.config.channels(i);
        self.map.append(statistics(map, trunk.dims, new.clone()));
        self.pooled.append(statistics(pooled, trunk.pooled_dims(), new));
        BlockStatistics {
            x: [(); 3].map(|()| self.map.clone()),
            z3: ChannelStatistics::default(),
            z5: ChannelStatistics::default(),
            pooled: self.pooled.clone(),
        }
    }
}
