//! The readers whose output's gradient is known, and what they add to the gradients of the maps they read.

use super::forward::State;
use super::reader::Reader;
use super::shape::FastTrunk;
use super::sweep::{Share, Source, backward};
use super::tail::{norm_gradients, put};
use crate::blocked::pixels::Correction;
use crate::blocked::{BLOCK_CHANNELS, BlockedMap};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::Slot;
use std::ops::Range;

/// A reader whose output's gradient is known.
pub(super) struct DoneReader<'a> {
    reader: Reader,
    norm: Option<(&'a Slot, Scaling)>,
    conv: &'a Slot,
    /// Whether it reads the pooled maps.
    pooled: bool,
    gradient: BlockedMap,
}

/// The gradient of a map and its sums over all pixels.
pub(super) type MapGradient = (BlockedMap, [f64; BLOCK_CHANNELS]);

/// The shares of each map of a list in the gradients of its readers' parameters.
type Shares = Vec<Vec<Share>>;

/// All such readers of the maps that are left.
pub(super) struct DoneReaders<'a> {
    trunk: &'a FastTrunk,
    theta: &'a [f32],
    /// The pixels over which the statistics were taken; none when they are constants.
    count: Option<usize>,
    list: Vec<DoneReader<'a>>,
}

impl<'a> DoneReaders<'a> {
    pub(super) fn new(trunk: &'a FastTrunk, theta: &'a [f32], through_statistics: bool) -> Self {
        Self { trunk, theta, count: through_statistics.then(|| trunk.size.pixels()), list: vec![] }
    }

    /// Adds a reader with the gradient of its output; that of its bias goes to `dtheta`.
    pub(super) fn add(
        &mut self,
        (reader, pooled): (Reader, bool),
        norm: Option<(&'a Slot, &ChannelStatistics)>,
        conv: &'a Slot,
        (gradient, sums): MapGradient,
        dtheta: &mut [f32],
    ) {
        put(&sums, &mut dtheta[conv.bias.clone()]);
        let norm = norm.map(|(slot, statistics)| (slot, Scaling::new(statistics, self.trunk.config.epsilon)));
        self.list.push(DoneReader { reader, norm, conv, pooled, gradient });
    }

    fn of(&self, pooled: bool) -> impl Iterator<Item = &DoneReader<'a>> {
        self.list.iter().filter(move |done| done.pooled == pooled)
    }

    /// Fills the gradients of some maps and of their pooled maps, without what statistics subtract.
    ///
    /// Returns the shares of the readers of both.
    pub(super) fn sweep(
        &self,
        state: &State,
        range: &Range<usize>,
        dx: &mut [BlockedMap],
        dpooled: &mut [BlockedMap],
    ) -> (Shares, Shares) {
        let readers =
            |pooled: bool| self.of(pooled).map(|done| (&done.reader, &*done.gradient)).collect::<Vec<_>>();
        let maps =
            range.clone().map(|number| Source { x: &state.maps[number], number, readers: readers(false) });
        let pooled = range.clone().take(dpooled.len());
        let pooled =
            pooled.map(|number| Source { x: &state.pooled[number].map, number, readers: readers(true) });
        let sources: Vec<_> = maps.chain(pooled).collect();
        let mut gradients: Vec<_> = dx.iter_mut().chain(dpooled).map(|map| &mut **map).collect();
        let mut shares = backward(&sources, &mut gradients);
        let pooled = shares.split_off(range.len());
        (shares, pooled)
    }

    /// Writes what the readers of map `map` learned from it and returns what their statistics subtract.
    pub(super) fn collect(
        &self,
        map: usize,
        pooled: bool,
        shares: &[Share],
        dtheta: &mut [f32],
    ) -> Correction {
        let mut correction = Correction::NONE;
        for (done, share) in self.of(pooled).zip(shares) {
            write_weights(share, map, &mut dtheta[done.conv.weight.clone()]);
            let Some((slot, scaling)) = &done.norm else { continue };
            let gammas = &self.theta[slot.weight.clone()];
            let found = norm_gradients(scaling, map, slot, gammas, &share.sums, self.count, dtheta);
            for c in 0..BLOCK_CHANNELS {
                correction.constant.0[c] += found.constant.0[c];
                correction.slope.0[c] += found.slope.0[c];
            }
            correction.mean = found.mean;
        }
        correction
    }
}

/// Writes the gradient of the weights that read map `map`.
fn write_weights(share: &Share, map: usize, weight: &mut [f32]) {
    let channels = weight.len() / BLOCK_CHANNELS;
    for (k, row) in share.weights.iter().enumerate() {
        for (o, value) in row.0.iter().enumerate() {
            weight[o * channels + map * BLOCK_CHANNELS + k] = *value;
        }
    }
}
