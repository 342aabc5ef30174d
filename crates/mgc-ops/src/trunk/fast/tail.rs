//! The layers after the bottleneck of a deep branch: a normalisation, its activation, and possibly
//! convolutions.

use super::layer::{Layer, put_taps};
use super::shape::FastTrunk;
use crate::activation::Activation;
use crate::blocked::conv::Before;
use crate::blocked::moments::Moments;
use crate::blocked::pixels::{Affine, Correction, Sums, activate, correct, deactivate};
use crate::blocked::{BLOCK_CHANNELS, BlockedMap, Pixel, Size};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::{DeepSlots, Slot};
use rayon::prelude::*;

/// Pixels of a task of the loops here.
const SPAN: usize = 4_096;

/// The tail of b3 or b5 with its statistics in place.
pub(super) struct Tail<'a> {
    slots: &'a DeepSlots,
    size: Size,
    affine: Affine,
    activation: Activation,
    scaling: Scaling,
    gammas: &'a [f32],
    convs: Vec<Layer>,
    /// The pixels over which the statistics were taken; none when they are constants.
    count: Option<usize>,
}

impl FastTrunk {
    /// Returns the tail of a branch; `through` tells whether gradients flow through the statistics.
    pub(super) fn tail<'a>(
        &self,
        slots: &'a DeepSlots,
        kernels: &[(usize, usize)],
        theta: &'a [f32],
        (statistics, through): (&ChannelStatistics, bool),
    ) -> Tail<'a> {
        Tail {
            slots,
            size: self.size,
            affine: self.affines(&slots.norm, theta, statistics)[0],
            activation: self.config.activation,
            scaling: Scaling::new(statistics, self.config.epsilon),
            gammas: &theta[slots.norm.weight.clone()],
            convs: Layer::all(slots, kernels, theta),
            count: through.then(|| self.size.pixels()),
        }
    }
}

impl Tail<'_> {
    fn before(&self, number: usize) -> Before<'_> {
        (number == 0).then_some((&self.affine, self.activation))
    }

    /// Returns the branch's output, from the bottleneck's.
    pub(super) fn forward(&self, z: &[Pixel]) -> (BlockedMap, Moments) {
        let Some((last, mids)) = self.convs.split_last() else { return self.activate(z) };
        let mids = self.maps(z, mids);
        let x = mids.last().map_or(z, |map| map);
        last.forward(x, self.before(mids.len()), self.size)
    }

    /// Returns the outputs of these convolutions.
    fn maps(&self, z: &[Pixel], convs: &[Layer]) -> Vec<BlockedMap> {
        let mut maps: Vec<BlockedMap> = vec![];
        for (number, layer) in convs.iter().enumerate() {
            let x = maps.last().map_or(z, |map| map);
            maps.push(layer.forward(x, self.before(number), self.size).0);
        }
        maps
    }

    fn activate(&self, z: &[Pixel]) -> (BlockedMap, Moments) {
        let mut y = BlockedMap::unset(z.len());
        let tasks = y.par_chunks_mut(SPAN).zip(z.par_chunks(SPAN));
        let moments: Vec<_> = tasks
            .map(|(y, z)| {
                activate(&self.affine, self.activation, z, y);
                let mut moments = Moments::ZERO;
                moments.take(y);
                moments
            })
            .collect();
        (y, Moments::total(moments))
    }

    /// Returns the gradient of the bottleneck's output and its sums over all pixels; the gradients of the
    /// parameters go to `dtheta`.
    pub(super) fn backward(
        &self,
        z: &[Pixel],
        dy: BlockedMap,
        dtheta: &mut [f32],
    ) -> (BlockedMap, [f64; BLOCK_CHANNELS]) {
        let (dz, sums) = match self.convs.split_last() {
            None => self.deactivate(z, dy),
            Some((_, mids)) => self.undo_convs(z, dy, &self.maps(z, mids), dtheta),
        };
        let correction =
            norm_gradients(&self.scaling, 0, &self.slots.norm, self.gammas, &sums, self.count, dtheta);
        self.correct(z, dz, &correction)
    }

    fn undo_convs(
        &self,
        z: &[Pixel],
        dy: BlockedMap,
        mids: &[BlockedMap],
        dtheta: &mut [f32],
    ) -> (BlockedMap, Sums) {
        let (mut dy, mut sums) = (dy, Sums::ZERO);
        for (number, layer) in self.convs.iter().enumerate().rev() {
            let x: &[Pixel] = number.checked_sub(1).map_or(z, |before| &mids[before]);
            let found = layer.backward(x, self.before(number), &dy, self.size);
            let slot = &self.slots.convs[number];
            put_taps(&found.weights, &mut dtheta[slot.weight.clone()]);
            put(&found.bias, &mut dtheta[slot.bias.clone()]);
            (dy, sums) = (found.dx, found.sums);
        }
        (dy, sums)
    }

    fn deactivate(&self, z: &[Pixel], mut dy: BlockedMap) -> (BlockedMap, Sums) {
        let tasks = dy.par_chunks_mut(SPAN).zip(z.par_chunks(SPAN));
        let parts: Vec<_> = tasks
            .map(|(dy, z)| {
                let mut sums = Sums::ZERO;
                deactivate(&self.affine, self.activation, z, dy, &mut sums);
                sums
            })
            .collect();
        let mut total = Sums::ZERO;
        parts.iter().for_each(|part| total.add(part));
        (dy, total)
    }

    fn correct(
        &self,
        z: &[Pixel],
        mut dz: BlockedMap,
        correction: &Correction,
    ) -> (BlockedMap, [f64; BLOCK_CHANNELS]) {
        let tasks = dz.par_chunks_mut(SPAN).zip(z.par_chunks(SPAN));
        let parts: Vec<_> = tasks
            .map(|(dz, z)| {
                let mut sum = [0.; BLOCK_CHANNELS];
                correct(&self.affine.scale, correction, z, dz, &mut sum);
                sum
            })
            .collect();
        let mut total = [0.; BLOCK_CHANNELS];
        parts.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(total, part)| *total += part));
        (dz, total)
    }
}

pub(super) fn put(values: &[f64; BLOCK_CHANNELS], to: &mut [f32]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to = *value as f32);
}

/// Writes the gradients of a normalisation's channels of map `map` and returns the correction of its
/// statistics.
pub(super) fn norm_gradients(
    scaling: &Scaling,
    map: usize,
    slot: &Slot,
    gammas: &[f32],
    sums: &Sums,
    count: Option<usize>,
    dtheta: &mut [f32],
) -> Correction {
    let mut correction = Correction::NONE;
    for lane in 0..BLOCK_CHANNELS {
        let c = map * BLOCK_CHANNELS + lane;
        let sums = crate::kernels::affine::Sums { dz: sums.dz[lane], dzx: sums.dzx[lane] };
        let found = scaling.correction(c, f64::from(gammas[c]), sums, count);
        dtheta[slot.weight.start + c] = scaling.dweight(c, sums) as f32;
        dtheta[slot.bias.start + c] = sums.dz as f32;
        correction.constant.0[lane] = found.constant as f32;
        correction.slope.0[lane] = found.slope as f32;
        correction.mean.0[lane] = scaling.mean(c) as f32;
    }
    correction
}
