//! The backward pass: slabs in groups, last made first; each group's gradient in one sweep over all that read it.

use super::forward::State;
use super::reader::Reader;
use super::sweep::{Share, Source, backward};
use super::tail::{norm_gradients, put};
use super::{FastTrunk, slabs};
use crate::blocked::cells::Correction;
use crate::blocked::moments::Moments;
use crate::blocked::unpool::Settlement;
use crate::blocked::{Cell, LANES, Slab, planes};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::config::BRANCHES;
use crate::trunk::params::Slot;
use crate::trunk::statistics::TrunkStatistics;
use std::ops::Range;

/// A reader whose output's gradient is known.
struct Known<'a> {
    reader: Reader,
    norm: Option<(&'a Slot, Scaling)>,
    conv: &'a Slot,
    pooled: bool,
    gradient: Slab,
}

/// The pass in progress.
struct Pass<'a> {
    trunk: &'a FastTrunk,
    theta: &'a [f32],
    state: State,
    statistics: &'a TrunkStatistics,
    /// Whether gradients flow through the statistics.
    through: bool,
    known: Vec<Known<'a>>,
    dtheta: Vec<f32>,
}

const NO_CORRECTION: Correction = Correction { constant: Cell::ZERO, slope: Cell::ZERO, mean: Cell::ZERO };

impl FastTrunk {
    /// Gradients to the input, where no stem reads it, and to the parameters; `dy` is that of the output.
    pub(crate) fn backward(
        &self,
        mut state: State,
        x: &[f32],
        theta: &[f32],
        dy: &[f32],
        through: bool,
    ) -> (Option<Vec<f32>>, Vec<f32>) {
        let statistics = std::mem::take(&mut state.statistics);
        let dtheta = vec![0.; theta.len()];
        let statistics = &statistics;
        let mut pass = Pass { trunk: self, theta, state, statistics, through, known: vec![], dtheta };
        pass.exit(dy);
        for i in (0..self.config.blocks).rev() {
            let dy = pass.group(slabs(i)..slabs(i + 1));
            pass.block(i, dy);
        }
        let dx = pass.group(0..1).pop().and_then(|(dx, _)| pass.enter(x, &dx));
        (dx, pass.dtheta)
    }
}

impl<'a> Pass<'a> {
    fn count(&self) -> Option<usize> {
        self.through.then(|| self.trunk.size.cells())
    }

    fn exit(&mut self, dy: &[f32]) {
        let (Some(slots), Some(reader)) =
            (&self.trunk.slots.exit, self.trunk.exit_reader(self.theta, self.statistics))
        else {
            return;
        };
        let gradient = planes::from_planes(dy, self.trunk.size);
        let sums = Moments::of(&gradient).sum();
        let norm = slots.norm.as_ref().zip(self.statistics.exit.as_ref());
        self.know(reader, norm, &slots.conv, false, (gradient, sums));
    }

    /// From the first slab's gradient to the input's, or to the stem's parameters.
    fn enter(&mut self, x: &[f32], dx: &[Cell]) -> Option<Vec<f32>> {
        let (Some(slots), Some(statistics)) = (&self.trunk.slots.stem, &self.statistics.stem) else {
            return Some(planes::to_planes(dx, self.trunk.size));
        };
        let stem = self.trunk.stem(slots, self.theta, statistics);
        let (theta, through, dtheta) = (self.theta, self.through, &mut self.dtheta);
        let (weights, bias) = stem.backward(x, dx, |scaling, sums, count| {
            let gammas = &theta[slots.norm.weight.clone()];
            norm_gradients(scaling, 0, &slots.norm, gammas, sums, through.then_some(count), dtheta)
        });
        put(&bias, &mut self.dtheta[slots.conv.bias.clone()]);
        for (tap, values) in weights.iter().enumerate() {
            let kernel = self.dtheta[slots.conv.weight.clone()].iter_mut().skip(tap).step_by(weights.len());
            kernel.zip(values).for_each(|(kernel, value)| *kernel = *value as f32);
        }
        None
    }

    fn know(
        &mut self,
        reader: Reader,
        norm: Option<(&'a Slot, &ChannelStatistics)>,
        conv: &'a Slot,
        pooled: bool,
        (gradient, sums): (Slab, [f64; LANES]),
    ) {
        put(&sums, &mut self.dtheta[conv.bias.clone()]);
        let norm = norm.map(|(slot, statistics)| (slot, Scaling::new(statistics, self.trunk.config.epsilon)));
        self.known.push(Known { reader, norm, conv, pooled, gradient });
    }

    /// Takes the gradients of block `i`'s branches to its bottlenecks' outputs.
    fn block(&mut self, i: usize, dy: Vec<(Slab, [f64; LANES])>) {
        let (trunk, slots, statistics) =
            (self.trunk, &self.trunk.slots.blocks[i], &self.statistics.blocks[i]);
        let (Some([z3, z5]), Ok([dy1, dy3, dy5, dyp])) = (self.state.z.pop(), <[_; BRANCHES]>::try_from(dy))
        else {
            return;
        };
        let b3 = trunk.tail(&slots.b3, &trunk.config.kernels3, self.theta, (&statistics.z3, self.through));
        let b5 = trunk.tail(&slots.b5, &trunk.config.kernels5, self.theta, (&statistics.z5, self.through));
        let dz3 = b3.backward(&z3, dy3.0, &mut self.dtheta);
        let dz5 = b5.backward(&z5, dy5.0, &mut self.dtheta);
        let readers = [
            (&slots.b1, &statistics.x[0], false, dy1),
            (&slots.b3.bottleneck, &statistics.x[1], false, dz3),
            (&slots.b5.bottleneck, &statistics.x[2], false, dz5),
            (&slots.bp, &statistics.pooled, true, dyp),
        ];
        for (slots, statistics, pooled, dy) in readers {
            let reader = trunk.bottleneck(slots, self.theta, statistics);
            self.know(reader, Some((&slots.norm, statistics)), &slots.conv, pooled, dy);
        }
    }

    /// The complete gradients of some slabs, all of whose readers are known, with their sums; the slabs are freed.
    fn group(&mut self, range: Range<usize>) -> Vec<(Slab, [f64; LANES])> {
        let cells = self.trunk.size.cells();
        let unset = |count: usize| (0..count).map(|_| Slab::unset(cells)).collect::<Vec<_>>();
        let pools = range.len().min(self.state.pooled.len().saturating_sub(range.start));
        let (mut dx, mut dpooled) = (unset(range.len()), unset(pools));
        let mut shares = self.sweep(&range, &mut dx, &mut dpooled).into_iter();
        let owed: Vec<_> = range.clone().map(|s| self.collect(s, false, shares.next())).collect();
        let pooled_owed: Vec<_> =
            range.clone().take(pools).map(|s| self.collect(s, true, shares.next())).collect();
        let mut done = vec![];
        for (k, mut dx) in dx.into_iter().enumerate() {
            let pooled = self.state.pooled.get(range.start + k).zip(dpooled.get(k));
            let settlement = Settlement {
                pooled: pooled.map(|(pooled, dy)| (&**dy, &*pooled.codes)),
                pooled_owed: pooled_owed.get(k).copied().unwrap_or(NO_CORRECTION),
                owed: owed[k],
            };
            let sums = settlement.pay(&self.state.maps[range.start + k], &mut dx, self.trunk.size);
            done.push((dx, sums));
        }
        self.state.maps.truncate(range.start);
        self.state.pooled.truncate(range.start);
        done
    }

    /// The shares of all readers: first of the slabs, then of the pooled ones.
    fn sweep(&self, range: &Range<usize>, dx: &mut [Slab], dpooled: &mut [Slab]) -> Vec<Vec<Share>> {
        let readers = |pooled: bool| {
            let known = self.known.iter().filter(move |known| known.pooled == pooled);
            known.map(|known| (&known.reader, &*known.gradient)).collect::<Vec<_>>()
        };
        let slabs = range.clone().map(|number| Source {
            x: &self.state.maps[number],
            number,
            readers: readers(false),
        });
        let pooled = range.clone().take(dpooled.len());
        let pooled =
            pooled.map(|number| Source { x: &self.state.pooled[number].map, number, readers: readers(true) });
        let sources: Vec<_> = slabs.chain(pooled).collect();
        let mut gradients: Vec<_> = dx.iter_mut().chain(dpooled).map(|slab| &mut **slab).collect();
        backward(&sources, &mut gradients)
    }

    /// Writes what the readers of one slab learned and gives what their statistics take.
    fn collect(&mut self, slab: usize, pooled: bool, shares: Option<Vec<Share>>) -> Correction {
        let (mut owed, count) = (NO_CORRECTION, self.count());
        let readers = self.known.iter().filter(|known| known.pooled == pooled);
        for (known, share) in readers.zip(shares.into_iter().flatten()) {
            let weight = &mut self.dtheta[known.conv.weight.clone()];
            let channels = weight.len() / LANES;
            for (k, row) in share.weights.iter().enumerate() {
                row.0
                    .iter()
                    .enumerate()
                    .for_each(|(o, value)| weight[o * channels + slab * LANES + k] = *value);
            }
            let Some((slot, scaling)) = &known.norm else { continue };
            let gammas = &self.theta[slot.weight.clone()];
            let found = norm_gradients(scaling, slab, slot, gammas, &share.sums, count, &mut self.dtheta);
            for c in 0..LANES {
                owed.constant.0[c] += found.constant.0[c];
                owed.slope.0[c] += found.slope.0[c];
            }
            owed.mean = found.mean;
        }
        owed
    }
}
