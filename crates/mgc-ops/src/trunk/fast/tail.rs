//! What follows the bottleneck of a deep branch: a normalisation, its activation, and perhaps convolutions.

use super::FastTrunk;
use super::reader::cell;
use crate::activation::Activation;
use crate::blocked::cells::{Affine, Correction, Sums, activate, correct, deactivate};
use crate::blocked::conv::{Before, Conv, ConvGradients, mirror};
use crate::blocked::moments::Moments;
use crate::blocked::{Block, Cell, LANES, Size, Slab};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::{DeepSlots, Slot};
use rayon::prelude::*;

/// Cells of a task of the loops here.
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
    /// Cells behind each statistic, or none when they were constants.
    count: Option<usize>,
}

/// A convolution with its parameters.
pub(super) struct Layer {
    kernel: (usize, usize),
    /// One (inputs, outputs) a tap.
    weights: Vec<Block>,
    bias: Cell,
}

impl Layer {
    /// Those of a branch.
    pub(super) fn all(slots: &DeepSlots, kernels: &[(usize, usize)], theta: &[f32]) -> Vec<Self> {
        let layer = |(slot, kernel): (&Slot, &(usize, usize))| Self {
            kernel: *kernel,
            weights: taps(&theta[slot.weight.clone()]),
            bias: cell(&theta[slot.bias.clone()]),
        };
        slots.convs.iter().zip(kernels).map(layer).collect()
    }

    pub(super) fn forward(&self, x: &[Cell], before: Before<'_>, size: Size) -> (Slab, Moments) {
        Conv { kernel: self.kernel, size }.forward(x, before, &self.weights, &self.bias)
    }

    fn backward(&self, x: &[Cell], before: Before<'_>, dy: &[Cell], size: Size) -> ConvGradients {
        Conv { kernel: self.kernel, size }.backward(x, before, dy, &mirror(&self.weights))
    }
}

impl FastTrunk {
    /// `through` tells whether gradients flow through the statistics.
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
            count: through.then(|| self.size.cells()),
        }
    }
}

impl Tail<'_> {
    fn before(&self, number: usize) -> Before<'_> {
        (number == 0).then_some((&self.affine, self.activation))
    }

    /// From the bottleneck's output to the branch's.
    pub(super) fn forward(&self, z: &[Cell]) -> (Slab, Moments) {
        let Some((last, mids)) = self.convs.split_last() else { return self.activate(z) };
        let mids = self.maps(z, mids);
        let x = mids.last().map_or(z, |map| map);
        last.forward(x, self.before(mids.len()), self.size)
    }

    /// The outputs of the first convolutions.
    fn maps(&self, z: &[Cell], convs: &[Layer]) -> Vec<Slab> {
        let mut maps: Vec<Slab> = vec![];
        for (number, layer) in convs.iter().enumerate() {
            let x = maps.last().map_or(z, |map| map);
            maps.push(layer.forward(x, self.before(number), self.size).0);
        }
        maps
    }

    fn activate(&self, z: &[Cell]) -> (Slab, Moments) {
        let mut y = Slab::unset(z.len());
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

    /// The gradient to the bottleneck's output and its sums over all cells; the gradients of the parameters go to `dtheta`.
    pub(super) fn backward(&self, z: &[Cell], dy: Slab, dtheta: &mut [f32]) -> (Slab, [f64; LANES]) {
        let (dz, sums) = match self.convs.split_last() {
            None => self.deactivate(z, dy),
            Some((_, mids)) => self.undo_convs(z, dy, &self.maps(z, mids), dtheta),
        };
        let owed = norm_gradients(&self.scaling, 0, &self.slots.norm, self.gammas, &sums, self.count, dtheta);
        self.correct(z, dz, &owed)
    }

    fn undo_convs(&self, z: &[Cell], dy: Slab, mids: &[Slab], dtheta: &mut [f32]) -> (Slab, Sums) {
        let (mut dy, mut sums) = (dy, Sums::ZERO);
        for (number, layer) in self.convs.iter().enumerate().rev() {
            let x: &[Cell] = number.checked_sub(1).map_or(z, |before| &mids[before]);
            let found = layer.backward(x, self.before(number), &dy, self.size);
            let slot = &self.slots.convs[number];
            put_taps(&found.weights, &mut dtheta[slot.weight.clone()]);
            put(&found.bias, &mut dtheta[slot.bias.clone()]);
            (dy, sums) = (found.dx, found.sums);
        }
        (dy, sums)
    }

    fn deactivate(&self, z: &[Cell], mut dy: Slab) -> (Slab, Sums) {
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

    fn correct(&self, z: &[Cell], mut dz: Slab, owed: &Correction) -> (Slab, [f64; LANES]) {
        let tasks = dz.par_chunks_mut(SPAN).zip(z.par_chunks(SPAN));
        let parts: Vec<_> = tasks
            .map(|(dz, z)| {
                let mut sum = [0.; LANES];
                correct(&self.affine.scale, owed, z, dz, &mut sum);
                sum
            })
            .collect();
        let mut total = [0.; LANES];
        parts.iter().for_each(|part| total.iter_mut().zip(part).for_each(|(total, part)| *total += part));
        (dz, total)
    }
}

/// The blocks of a kernel (outputs, inputs, rows, columns), one a tap.
fn taps(kernel: &[f32]) -> Vec<Block> {
    let count = kernel.len() / (LANES * LANES);
    let at = |tap: usize, k: usize, o: usize| kernel[(o * LANES + k) * count + tap];
    (0..count).map(|tap| std::array::from_fn(|k| Cell(std::array::from_fn(|o| at(tap, k, o))))).collect()
}

/// The way back.
fn put_taps(taps: &[Block], kernel: &mut [f32]) {
    for (tap, block) in taps.iter().enumerate() {
        for (k, row) in block.iter().enumerate() {
            for (o, value) in row.0.iter().enumerate() {
                kernel[(o * LANES + k) * taps.len() + tap] = *value;
            }
        }
    }
}

pub(super) fn put(values: &[f64; LANES], to: &mut [f32]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to = *value as f32);
}

/// Writes the gradients of a normalisation's 32 channels from `slab * 32` and gives what its statistics take.
pub(super) fn norm_gradients(
    scaling: &Scaling,
    slab: usize,
    slot: &Slot,
    gammas: &[f32],
    sums: &Sums,
    count: Option<usize>,
    dtheta: &mut [f32],
) -> Correction {
    let mut owed = Correction { constant: Cell::ZERO, slope: Cell::ZERO, mean: Cell::ZERO };
    for lane in 0..LANES {
        let c = slab * LANES + lane;
        let sums = crate::kernels::affine::Sums { dz: sums.dz[lane], dzx: sums.dzx[lane] };
        let found = scaling.correction(c, f64::from(gammas[c]), sums, count);
        dtheta[slot.weight.start + c] = scaling.dweight(c, sums) as f32;
        dtheta[slot.bias.start + c] = sums.dz as f32;
        owed.constant.0[lane] = found.constant as f32;
        owed.slope.0[lane] = found.slope as f32;
        owed.mean.0[lane] = scaling.mean(c) as f32;
    }
    owed
}
