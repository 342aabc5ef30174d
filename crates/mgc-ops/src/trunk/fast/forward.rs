//! The forward pass.

use super::plan::cells;
use super::reader::Reader;
use super::sweep::{Readings, forward};
use super::{FastTrunk, slabs};
use crate::blocked::moments::Moments;
use crate::blocked::pool::{Pooled, max_pool};
use crate::blocked::{Slab, planes};
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::statistics::{BlockStatistics, TrunkStatistics};

/// What the backward pass needs.
#[derive(Debug)]
pub(crate) struct State {
    /// The input, then each block's branches b1, b3, b5, bp.
    pub(super) maps: Vec<Slab>,
    /// Of those that blocks read.
    pub(super) pooled: Vec<Pooled>,
    /// Each block's bottleneck outputs of b3 and b5.
    pub(super) z: Vec<[Slab; 2]>,
    pub(crate) statistics: TrunkStatistics,
}

/// The pass in progress.
struct Pass<'a> {
    trunk: &'a FastTrunk,
    theta: &'a [f32],
    /// In place of the batch's statistics.
    running: Option<&'a TrunkStatistics>,
    state: State,
    /// The statistics of all slabs met so far.
    map: ChannelStatistics,
    pooled: ChannelStatistics,
}

impl FastTrunk {
    /// The output, and the state for the way back; `running` replaces the batch's statistics.
    pub(crate) fn forward(
        &self,
        x: &[f32],
        theta: &[f32],
        running: Option<&TrunkStatistics>,
    ) -> (Vec<f32>, State) {
        let state = State { maps: vec![], pooled: vec![], z: vec![], statistics: TrunkStatistics::default() };
        let (map, pooled) = Default::default();
        let mut pass = Pass { trunk: self, theta, running, state, map, pooled };
        pass.enter(x);
        (0..self.config.blocks).for_each(|i| pass.block(i));
        let y = pass.exit();
        (planes::to_planes(&y, self.size), pass.state)
    }
}

impl Pass<'_> {
    fn fresh(&self) -> bool {
        self.running.is_none()
    }

    fn enter(&mut self, x: &[f32]) {
        let (slab, moments) = match &self.trunk.slots.stem {
            None => {
                let slab = planes::from_planes(x, self.trunk.size);
                let moments = Moments::of(&slab);
                (slab, moments)
            }
            Some(slots) => {
                let conv = self.trunk.stem_conv(slots, self.theta);
                let statistics = match self.running.and_then(|running| running.stem.clone()) {
                    Some(statistics) => statistics,
                    None => conv.moments(x).statistics(),
                };
                let found = self.trunk.stem(slots, self.theta, &statistics).forward(x);
                self.state.statistics.stem = Some(statistics);
                found
            }
        };
        if self.fresh() {
            self.map.append(moments.statistics());
        }
        self.state.maps.push(slab);
    }

    /// Pools the slabs that nobody has read before.
    fn pool(&mut self) {
        for slab in &self.state.maps[self.state.pooled.len()..] {
            let pooled = max_pool(slab, self.trunk.size);
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
        if self.fresh() {
            for moments in [moments[0], moments3, moments5, moments[3]] {
                self.map.append(moments.statistics());
            }
        }
        self.state.maps.extend([y1, y3, y5, yp]);
        self.state.z.push([z3, z5]);
        self.state.statistics.blocks.push(known);
    }

    fn bottlenecks(&self, i: usize, known: &BlockStatistics) -> ([Slab; 4], Vec<Moments>) {
        let slots = &self.trunk.slots.blocks[i];
        let reader = |slots, statistics| self.trunk.bottleneck(slots, self.theta, statistics);
        let b1 = reader(&slots.b1, &known.x[0]);
        let b3 = reader(&slots.b3.bottleneck, &known.x[1]);
        let b5 = reader(&slots.b5.bottleneck, &known.x[2]);
        let bp = reader(&slots.bp, &known.pooled);
        let pooled = self.state.pooled.iter().map(|pooled| &*pooled.map).collect();
        let readings = [
            Readings { slabs: cells(&self.state.maps), readers: vec![&b1, &b3, &b5] },
            Readings { slabs: pooled, readers: vec![&bp] },
        ];
        let mut outputs = [(); 4].map(|()| Slab::unset(self.trunk.size.cells()));
        let moments = forward(&readings, &mut outputs.each_mut().map(|slab| &mut **slab), self.fresh());
        (outputs, moments)
    }

    fn exit(&mut self) -> Slab {
        debug_assert_eq!(self.state.maps.len(), slabs(self.trunk.config.blocks));
        if let Some(running) = self.running {
            self.state.statistics.exit.clone_from(&running.exit);
        } else if self.trunk.normed_exit() {
            self.state.statistics.exit = Some(self.map.clone());
        }
        let mut y = Slab::unset(self.trunk.size.cells());
        if let Some(reader) = self.trunk.exit_reader(self.theta, &self.state.statistics) {
            let readings = [Readings { slabs: cells(&self.state.maps), readers: vec![&reader] }];
            forward(&readings, &mut [&mut y], false);
        }
        y
    }
}

impl FastTrunk {
    fn normed_exit(&self) -> bool {
        self.slots.exit.as_ref().is_some_and(|exit| exit.norm.is_some())
    }

    /// What reads all slabs behind the last block.
    pub(super) fn exit_reader(&self, theta: &[f32], statistics: &TrunkStatistics) -> Option<Reader> {
        let exit = self.slots.exit.as_ref()?;
        Some(self.reader(exit.norm.as_ref().zip(statistics.exit.as_ref()), &exit.conv, theta))
    }
}
