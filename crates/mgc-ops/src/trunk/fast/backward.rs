//! The backward pass: groups of maps, last made first. One sweep over all readers of a group gives its
//! gradient.

use super::done::{DoneReaders, MapGradient};
use super::forward::State;
use super::shape::{FastTrunk, maps_read, output_maps};
use super::sweep::Share;
use super::tail::{norm_gradients, put};
use crate::blocked::deferred::DeferredCorrection;
use crate::blocked::moments::Moments;
use crate::blocked::pixels::Correction;
use crate::blocked::planes::{self, Place};
use crate::blocked::{BLOCK_CHANNELS, BlockedMap};
use crate::trunk::config::BRANCHES;
use crate::trunk::params::StemSlots;
use crate::trunk::statistics::TrunkStatistics;
use std::ops::Range;

/// The pass in progress.
struct Pass<'a> {
    trunk: &'a FastTrunk,
    theta: &'a [f32],
    state: State,
    statistics: &'a TrunkStatistics,
    /// Whether gradients flow through the statistics.
    through: bool,
    /// The gradient to the maps that are the output.
    dy: Option<&'a [f32]>,
    done: DoneReaders<'a>,
    dtheta: Vec<f32>,
}

impl FastTrunk {
    /// Returns the gradients to the input, unless a stem reads it, and to the parameters; `dy` is that of the
    /// output.
    pub(crate) fn backward(
        &self,
        mut state: State,
        x: &[f32],
        theta: &[f32],
        dy: &[f32],
        through: bool,
    ) -> (Option<Vec<f32>>, Vec<f32>) {
        let statistics = std::mem::take(&mut state.statistics);
        let (statistics, dtheta) = (&statistics, vec![0.; theta.len()]);
        let (trunk, done) = (self, DoneReaders::new(self, theta, through));
        let mut pass = Pass { trunk, theta, state, statistics, through, dy: None, done, dtheta };
        pass.exit(dy);
        for i in (0..self.config.blocks).rev() {
            let dy = pass.group(maps_read(&self.config, i)..maps_read(&self.config, i + 1));
            pass.block(i, dy);
        }
        let dx = pass.group(0..maps_read(&self.config, 0));
        let dx = pass.enter(x, &dx);
        (dx, pass.dtheta)
    }
}

impl<'a> Pass<'a> {
    fn exit(&mut self, dy: &'a [f32]) {
        let (trunk, statistics) = (self.trunk, self.statistics);
        let Some(slots) = &trunk.slots.exit else {
            self.dy = Some(dy);
            return;
        };
        let gradient = planes::from_planes(dy, trunk.size, Place::ALONE);
        let sums = Moments::of(&gradient).sum();
        let norm = slots.norm.as_ref().map(|slot| (slot, statistics.exit()));
        let reader = trunk.exit_reader(slots, self.theta, statistics);
        self.done.add((reader, false), norm, &slots.conv, (gradient, sums), &mut self.dtheta);
    }

    /// Takes the gradient of the first maps to the input, or to the stem's parameters.
    fn enter(&mut self, x: &[f32], dx: &[MapGradient]) -> Option<Vec<f32>> {
        if let Some(slots) = &self.trunk.slots.stem {
            self.stem(slots, x, &dx[0].0);
            return None;
        }
        let maps: Vec<_> = dx.iter().map(|(map, _)| &**map).collect();
        Some(planes::to_planes(&maps, self.trunk.size))
    }

    fn stem(&mut self, slots: &StemSlots, x: &[f32], dx: &BlockedMap) {
        let stem = self.trunk.stem(slots, self.theta, self.statistics.stem());
        let (theta, through, dtheta) = (self.theta, self.through, &mut self.dtheta);
        let gradients = stem.backward(x, dx, |scaling, sums, count| {
            let gammas = &theta[slots.norm.weight.clone()];
            norm_gradients(scaling, 0, &slots.norm, gammas, sums, through.then_some(count), dtheta)
        });
        put(&gradients.bias, &mut self.dtheta[slots.conv.bias.clone()]);
        let kernel = &mut self.dtheta[slots.conv.weight.clone()];
        let taps = kernel.len() / BLOCK_CHANNELS; // of all inputs
        for (tap, values) in gradients.weights.as_flattened()[..taps].iter().enumerate() {
            let weights = kernel.iter_mut().skip(tap).step_by(taps);
            weights.zip(values).for_each(|(weight, value)| *weight = *value as f32);
        }
    }

    /// Takes the gradients of block `i`'s branches to the outputs of its bottlenecks.
    #[allow(
        clippy::expect_used,
        clippy::panic,
        reason = "a block that is left out would be a zero gradient, not an error"
    )]
    fn block(&mut self, i: usize, dy: Vec<MapGradient>) {
        let (trunk, slots, statistics) =
            (self.trunk, &self.trunk.slots.blocks[i], &self.statistics.blocks[i]);
        // The forward pass kept one pair per block, and the group of a block has its branches' maps.
        let [z3, z5] = self.state.z.pop().expect("the bottleneck outputs of each block");
        let Ok([dy1, dy3, dy5, dyp]) = <[MapGradient; BRANCHES]>::try_from(dy) else {
            panic!("one gradient for each branch")
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
            self.done.add(
                (reader, pooled),
                Some((&slots.norm, statistics)),
                &slots.conv,
                dy,
                &mut self.dtheta,
            );
        }
    }

    /// Returns the complete gradients of some maps, all of whose readers are done, and frees the maps.
    fn group(&mut self, range: Range<usize>) -> Vec<MapGradient> {
        let (size, pixels) = (self.trunk.size, self.trunk.size.pixels());
        let unset = |count: usize| (0..count).map(|_| BlockedMap::unset(pixels)).collect::<Vec<_>>();
        let pools = range.len().min(self.state.pooled.len().saturating_sub(range.start));
        let (mut dx, mut dpooled) = (unset(range.len()), unset(pools));
        let (shares, pooled_shares) = self.done.sweep(&self.state, &range, &mut dx, &mut dpooled);
        let mut collect = |pooled: bool, shares: Vec<Vec<Share>>| -> Vec<Correction> {
            let maps = range.clone().zip(shares);
            maps.map(|(map, shares)| self.done.collect(map, pooled, &shares, &mut self.dtheta)).collect()
        };
        let (corrections, pooled_corrections) = (collect(false, shares), collect(true, pooled_shares));
        let mut gradients = vec![];
        for (k, mut dx) in dx.into_iter().enumerate() {
            let number = range.start + k;
            self.add_output_gradient(number, &mut dx);
            let pooled = self.state.pooled.get(number).zip(dpooled.get(k));
            let deferred = DeferredCorrection {
                pooled: pooled.map(|(pooled, dy)| (&**dy, &*pooled.codes)),
                pooled_correction: pooled_corrections.get(k).copied().unwrap_or(Correction::NONE),
                correction: corrections[k],
            };
            let sums = deferred.apply(&self.state.maps[number], &mut dx, size);
            gradients.push((dx, sums));
        }
        self.state.maps.truncate(range.start);
        self.state.pooled.truncate(range.start);
        gradients
    }

    /// Adds what the output itself sends to map `number`.
    fn add_output_gradient(&self, number: usize, dx: &mut BlockedMap) {
        let outputs = output_maps(&self.trunk.config);
        if let Some(dy) = self.dy
            && outputs.contains(&number)
        {
            let place = Place { number: number - outputs.start, count: outputs.len() };
            planes::add_planes(dy, dx, self.trunk.size, place);
        }
    }
}
