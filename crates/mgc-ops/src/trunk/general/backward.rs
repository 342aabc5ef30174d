//! The backward pass of the trunk.

use super::bottleneck::{Bottleneck, Share, backward};
use super::deep::Tail;
use super::forward::{BlockState, State, Trunk};
use super::maps::{for_each_plane, gather};
use crate::kernels::matmul::transpose;
use crate::kernels::planes::Dims;
use crate::kernels::rows;
use crate::kernels::scaling::{Correction, Scaling};
use crate::kernels::statistics::ChannelStatistics;
use crate::scalar::real::Real;
use crate::trunk::config::BRANCHES;
use crate::trunk::params::BottleneckSlots;
use candle::Result;
use rayon::prelude::*;
use std::ops::Range;

/// A gradient that is not complete yet: what the readers sent so far, and the corrections to apply.
struct Gradient<T> {
    data: Vec<T>,
    /// Per channel, summed over its readers' statistics.
    corrections: Vec<Correction>,
}

/// The pass in progress.
struct Pass<'a, T> {
    trunk: &'a Trunk,
    map: &'a [T],
    state: &'a State<T>,
    theta: &'a [T],
    /// The elements over which the statistics were taken; none when they are constants.
    count: Option<usize>,
    dmap: Gradient<T>,
    dpooled: Gradient<T>,
    dtheta: Vec<T>,
}

impl Trunk {
    /// Returns the gradients of the input and of the parameters; `dy` is that of the output map.
    pub(crate) fn backward<T: Real>(
        &self,
        map: &[T],
        state: &State<T>,
        theta: &[T],
        dy: Vec<T>,
        through_statistics: bool,
    ) -> Result<(Vec<T>, Vec<T>)> {
        let pooled = self.pooled_dims();
        let corrections = |channels| vec![Correction::default(); channels];
        let mut pass = Pass {
            trunk: self,
            map,
            state,
            theta,
            count: through_statistics.then_some(self.dims.n * self.dims.plane()),
            dmap: Gradient { data: dy, corrections: corrections(self.dims.c) },
            dpooled: Gradient { data: vec![T::zero(); pooled.len()], corrections: corrections(pooled.c) },
            dtheta: vec![T::zero(); theta.len()],
        };
        for i in (0..self.config.blocks).rev() {
            pass.block(i)?;
            let first = if i == 0 { 0 } else { self.config.channels(i - 1) };
            pass.complete(&(first..self.config.channels(i)))?;
        }
        let dx = gather(&pass.dmap.data, self.dims, &(0..self.config.width));
        Ok((dx, pass.dtheta))
    }
}

impl<T: Real> Pass<'_, T> {
    /// Takes the complete gradient of block `i`'s output channels to what the block reads.
    fn block(&mut self, i: usize) -> Result<()> {
        let (trunk, state) = (self.trunk, &self.state.blocks[i]);
        let (first, growth) = (trunk.config.channels(i), trunk.config.growth);
        let dy =
            |b: usize, dmap: &[T]| gather(dmap, trunk.dims, &(first + b * growth..first + (b + 1) * growth));
        let [dy1, dy3, dy5, dyp] = [0, 1, 2, 3].map(|b| dy(b, &self.dmap.data));
        let [dz3, dz5] = self.tails(i, state, dy3, dy5)?;
        self.sweep(i, state, &[dy1, dz3, dz5, dyp]);
        Ok(())
    }

    fn tails(&mut self, i: usize, state: &BlockState<T>, dy3: Vec<T>, dy5: Vec<T>) -> Result<[Vec<T>; 2]> {
        let (trunk, config, slots) = (self.trunk, &self.trunk.config, &self.trunk.blocks[i]);
        let (branch, through) = (trunk.branch_dims(), self.count.is_some());
        let BlockState { z3, z5, statistics } = state;
        let tail = |slots, kernels: &[_], statistics| {
            Tail::new(config, (slots, kernels), self.theta, branch, (statistics, through))
        };
        let b3 = tail(&slots.b3, &config.kernels3, &statistics.z3)?;
        let b5 = tail(&slots.b5, &config.kernels5, &statistics.z5)?;
        let dz3 = b3.backward(z3, dy3, &mut self.dtheta);
        Ok([dz3, b5.backward(z5, dy5, &mut self.dtheta)])
    }

    /// Runs the four bottlenecks backward, sample by sample.
    fn sweep(&mut self, i: usize, state: &BlockState<T>, dy: &[Vec<T>; BRANCHES]) {
        let (trunk, slots, statistics) = (self.trunk, &self.trunk.blocks[i], &state.statistics);
        let readers = [
            (&slots.b1, &statistics.x[0]),
            (&slots.b3.bottleneck, &statistics.x[1]),
            (&slots.b5.bottleneck, &statistics.x[2]),
            (&slots.bp, &statistics.pooled),
        ];
        let bottlenecks = readers.map(|(slots, statistics)| trunk.bottleneck(slots, self.theta, statistics));
        let shares = self.shares(&bottlenecks, dy);
        for (b, (slots, statistics)) in readers.into_iter().enumerate() {
            let mut total = shares[0][b].clone();
            shares[1..].iter().for_each(|sample| total.add(&sample[b]));
            self.collect(slots, statistics, &total, b == BRANCHES - 1);
        }
    }

    /// Returns each sample's share of the gradients, and adds to those of the maps.
    fn shares(
        &mut self,
        bottlenecks: &[Bottleneck<'_, T>; BRANCHES],
        dy: &[Vec<T>; BRANCHES],
    ) -> Vec<[Share<T>; BRANCHES]> {
        let (all, pooled, branch) = (self.trunk.dims, self.trunk.pooled_dims(), self.trunk.branch_dims());
        let plane = all.plane();
        let maps = self.dmap.data.par_chunks_mut(all.sample()).zip(self.map.par_chunks(all.sample()));
        let pools = self.dpooled.data.par_chunks_mut(pooled.sample());
        let pools = pools.zip(self.state.pooled.par_chunks(pooled.sample()));
        maps.zip(pools)
            .enumerate()
            .map(|(n, ((dmap, map), (dpooled, pooled)))| {
                let dy = |b: usize| &dy[b][n * branch.sample()..][..branch.sample()];
                let [b1, b3, b5, bp] = bottlenecks;
                let [s1, s3, s5] = backward([b1, b3, b5], map, [dy(0), dy(1), dy(2)], dmap, plane);
                let [sp] = backward([bp], pooled, [dy(3)], dpooled, plane);
                [s1, s3, s5, sp]
            })
            .collect()
    }

    /// Writes one bottleneck's gradients and notes the correction of its statistics.
    fn collect(
        &mut self,
        slots: &BottleneckSlots,
        statistics: &ChannelStatistics,
        total: &Share<T>,
        pooled: bool,
    ) {
        let scaling = Scaling::new(statistics, self.trunk.config.epsilon);
        let dweight = &mut self.dtheta[slots.conv.weight.clone()];
        transpose(&total.weight, dweight, self.trunk.config.growth);
        let gradient = if pooled { &mut self.dpooled } else { &mut self.dmap };
        for (c, sums) in total.sums.iter().enumerate() {
            let weight = self.theta[slots.norm.weight.start + c].to_f64();
            gradient.corrections[c] += scaling.correction(c, weight, *sums, self.count);
            self.dtheta[slots.norm.weight.start + c] = T::from_f64(scaling.dweight(c, *sums));
            self.dtheta[slots.norm.bias.start + c] = T::from_f64(sums.dz);
        }
        let biases = &mut self.dtheta[slots.conv.bias.clone()];
        biases.iter_mut().zip(&total.bias).for_each(|(d, sum)| *d = T::from_f64(*sum));
    }

    /// Completes the gradient of channels that no other block reads: applies the corrections and the gradient
    /// of the pool.
    fn complete(&mut self, channels: &Range<usize>) -> Result<()> {
        let (trunk, map, state) = (self.trunk, self.map, self.state);
        let (all, pooled, plane) = (trunk.dims, trunk.pooled_dims(), trunk.dims.plane());
        let last = &state.blocks[trunk.config.blocks - 1].statistics;
        self.dpooled.correct(&state.pooled, pooled, channels, &last.pooled);
        self.dmap.correct(map, all, channels, &last.x[0]);
        let (pool, dpooled) = (trunk.pool()?, &self.dpooled.data);
        for_each_plane(&mut self.dmap.data, all, channels, |n, c, dx| {
            let inner = n * pooled.sample() + c * plane..n * pooled.sample() + (c + 1) * plane;
            let x = &map[n * all.sample() + c * plane..][..plane];
            pool.backward_plane(x, &state.pooled[inner.clone()], &dpooled[inner], dx);
        });
        Ok(())
    }
}

impl<T: Real> Gradient<T> {
    fn correct(&mut self, x: &[T], dims: Dims, channels: &Range<usize>, statistics: &ChannelStatistics) {
        let (corrections, plane) = (&self.corrections, dims.plane());
        for_each_plane(&mut self.data, dims, channels, |n, c, dx| {
            let (constant, slope) = (T::from_f64(corrections[c].constant), T::from_f64(corrections[c].slope));
            let (mean, x) = (T::from_f64(statistics.mean[c]), &x[n * dims.sample() + c * plane..][..plane]);
            rows::correct(constant, slope, mean, x, dx);
        });
    }
}
