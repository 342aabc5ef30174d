//! The forward pass.

use super::shape::{FastTrunk, maps_read, output_maps};
use super::sweep::{Readings, forward};
use crate::blocked::moments::Moments;
use crate::blocked::planes::{self, Place};
use crate::blocked::pool::{Pooled, max_pool};
use crate::blocked::{BlockedMap, Pixel, views};
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::{ExitSlots, StemSlots};
use crate::trunk::statistics::{BlockStatistics, TrunkStatistics};

/// The data that the backward pass needs.
#[derive(Debug)]
pub(crate) struct State {
    /// The input's maps, then each block's branches b1, b3, b5, bp.
    pub(super) maps: Vec<BlockedMap>,
    /// The pooled maps of those that blocks read.
    pub(super) pooled: Vec<Pooled>,
    /// Each block's bottleneck outputs of b3 and b5.
    pub(super) z: Vec<[BlockedMap; 2]>,
    pub(crate) statistics: TrunkStatistics,
}

/// The pass in progress.
struct Pass<'a> {
    trunk: &'a FastTrunk,
    theta: &'a [f32],
    /// In place of the batch's statistics.
    running: Option<&'a TrunkStatistics>,
    state: State,
    /// The statistics of all maps so far.
    map: ChannelStatistics,
    pooled: ChannelStatistics,
}

impl FastTrunk {
    /// Returns the output, and the state for the backward pass; `running` replaces the batch's statistics.
    pub(crate) fn forward(
        &self,
        x: &[f32],
        theta: &[f32],
        running: Option<&TrunkStatistics>,
    ) -> (Vec<f32>, State) {
        let state = State { maps: vec![], pooled: vec![], z: vec![], statistics: TrunkStatistics::default() };
        let (map, pooled) = Default::default();
        let mut pass = Pass { trunk: self, theta, running, state, map, pooled };
        match &self.slots.stem {
            Some(slots) => pass.stem(slots, x),
            None => pass.enter(x),
        }
        (0..self.config.blocks).for_each(|i| pass.block(i));
        let y = pass.exit();
        (y, pass.state)
    }
}

impl Pass<'_> {
    fn fresh(&self) -> bool {
        self.running.is_none()
    }

    fn enter(&mut self, x: &[f32]) {
        let count = maps_read(&self.trunk.config, 0);
        for number in 0..count {
            let map = planes::from_planes(x, self.trunk.size, Place { number, count });
            self.append(map, None);
        }
    }

    fn stem(&mut self, slots: &StemSlots, x: &[f32]) {
        let conv = self.trunk.stem_conv(slots, self.theta);
        let statistics = match self.running {
            Some(running) => running.stem().clone(),
            None => conv.moments(x).statistics(),
        };
        let (map, moments) = self.trunk.stem(slots, self.theta, &statistics).forward(x);
        self.state.statistics.stem = Some(statistics);
        self.append(map, Some(moments));
    }

    /// Appends a map and, while training, its statistics.
    fn append(&mut self, map: BlockedMap, moments: Option<Moments>) {
        if self.fresh() {
            let moments = moments.unwrap_or_else(|| Moments::of(&map));
            self.map.append(moments.statistics());
        }
        self.state.maps.push(map);
    }

    /// Pools the maps that no block has read before.
    fn pool(&mut self) {
        for map in &self.state.maps[self.state.pooled.len()..] {
            let pooled = max_pool(map, self.trunk.size);
            if self.running.is_none() {
                self.pooled.append(pooled.moments.statistics());
            }
            self.state.pooled.push(pooled);
        }
    }

    fn known(&self, i: usize) -> BlockStatistics {
        match self.running {
            Some(running) => running.blocks[i].clone(),
            None => BlockStatistics {
                x: [(); 3].map(|()| self.map.clone()),
                z3: ChannelStatistics::default(),
                z5: ChannelStatistics::default(),
                pooled: self.pooled.clone(),
            },
        }
    }

    fn block(&mut self, i: usize) {
        self.pool();
        let mut known = self.known(i);
        let ([y1, z3, z5, yp], moments) = self.bottlenecks(i, &known);
        if self.fresh() {
            (known.z3, known.z5) = (moments[1].statistics(), moments[2].statistics());
        }
        let (config, slots) = (&self.trunk.config, &self.trunk.slots.blocks[i]);
        let b3 = self.trunk.tail(&slots.b3, &config.kernels3, self.theta, (&known.z3, self.fresh()));
        let b5 = self.trunk.tail(&slots.b5, &config.kernels5, self.theta, (&known.z5, self.fresh()));
        let ((y3, moments3), (y5, moments5)) = (b3.forward(&z3), b5.forward(&z5));
        let appended = [(y1, moments[0]), (y3, moments3), (y5, moments5), (yp, moments[3])];
        for (map, moments) in appended {
            self.append(map, Some(moments));
        }
        self.state.z.push([z3, z5]);
        self.state.statistics.blocks.push(known);
    }

    fn bottlenecks(&self, i: usize, known: &BlockStatistics) -> ([BlockedMap; 4], Vec<Moments>) {
        let slots = &self.trunk.slots.blocks[i];
        let reader = |slots, statistics| self.trunk.bottleneck(slots, self.theta, statistics);
        let b1 = reader(&slots.b1, &known.x[0]);
        let b3 = reader(&slots.b3.bottleneck, &known.x[1]);
        let b5 = reader(&slots.b5.bottleneck, &known.x[2]);
        let bp = reader(&slots.bp, &known.pooled);
        let pooled: Vec<&[Pixel]> = self.state.pooled.iter().map(|pooled| &*pooled.map).collect();
        let readings = [
            Readings { maps: views(&self.state.maps), readers: vec![&b1, &b3, &b5] },
            Readings { maps: pooled, readers: vec![&bp] },
        ];
        let mut outputs = [(); 4].map(|()| BlockedMap::unset(self.trunk.size.pixels()));
        let moments = forward(&readings, &mut outputs.each_mut().map(|map| &mut **map), self.fresh());
        (outputs, moments)
    }

    fn exit(&mut self) -> Vec<f32> {
        match &self.trunk.slots.exit {
            Some(slots) => self.exit_conv(slots),
            None => {
                let maps = &self.state.maps[output_maps(&self.trunk.config)];
                planes::to_planes(&views(maps), self.trunk.size)
            }
        }
    }

    fn exit_conv(&mut self, slots: &ExitSlots) -> Vec<f32> {
        if slots.norm.is_some() {
            let statistics = self.running.map_or(&self.map, TrunkStatistics::exit);
            self.state.statistics.exit = Some(statistics.clone());
        }
        let mut y = BlockedMap::unset(self.trunk.size.pixels());
        let reader = self.trunk.exit_reader(slots, self.theta, &self.state.statistics);
        let readings = [Readings { maps: views(&self.state.maps), readers: vec![&reader] }];
        forward(&readings, &mut [&mut y], false);
        planes::to_planes(&[&y], self.trunk.size)
    }
}
