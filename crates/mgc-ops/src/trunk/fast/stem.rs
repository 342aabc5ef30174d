//! The stem: a 3x3 convolution of one channel, a normalisation, its activation, the maximum of several
//! places.

use super::shape::FastTrunk;
use super::stem_conv::{ROWS, StemConv, Task};
use super::stem_rows::running_max;
use crate::activation::Activation;
use crate::blocked::moments::Moments;
use crate::blocked::pixels::Affine;
use crate::blocked::{BlockedMap, Pixel, Size};
use crate::kernels::scaling::Scaling;
use crate::kernels::statistics::ChannelStatistics;
use crate::trunk::params::StemSlots;
use rayon::prelude::*;

/// The stem with its statistics in place.
#[derive(Clone)]
pub(super) struct Stem {
    pub(super) conv: StemConv,
    pub(super) affine: Affine,
    pub(super) activation: Activation,
    pub(super) scaling: Scaling,
}

impl FastTrunk {
    pub(super) fn stem(&self, slots: &StemSlots, theta: &[f32], statistics: &ChannelStatistics) -> Stem {
        Stem {
            conv: self.stem_conv(slots, theta),
            affine: self.affines(&slots.norm, theta, statistics)[0],
            activation: self.config.activation,
            scaling: Scaling::new(statistics, self.config.epsilon),
        }
    }
}

impl Stem {
    /// Returns the stem for inputs of another size.
    pub(super) fn resized(&self, input: Size) -> Self {
        Self { conv: self.conv.resized(input), ..self.clone() }
    }

    /// Returns the pooled map and its moments.
    pub(super) fn forward(&self, x: &[f32]) -> (BlockedMap, Moments) {
        let (rows, columns) = self.conv.pooled();
        let mut pooled = BlockedMap::unset(self.conv.input.n * rows * columns);
        let tasks = self.with_tasks(&mut pooled);
        let moments: Vec<_> =
            tasks.into_par_iter().map(|(task, pooled)| self.pool_rows(x, &task, pooled)).collect();
        (pooled, Moments::total(moments))
    }

    /// Returns the tasks with their parts of a pooled map.
    fn with_tasks<'a>(&self, pooled: &'a mut [Pixel]) -> Vec<(Task, &'a mut [Pixel])> {
        let (rows, columns) = self.conv.pooled();
        let samples = pooled.chunks_mut(rows * columns);
        let parts = samples.flat_map(|sample| sample.chunks_mut(ROWS * columns));
        self.conv.tasks().into_iter().zip(parts).collect()
    }

    fn pool_rows(&self, x: &[f32], task: &Task, pooled: &mut [Pixel]) -> Moments {
        let (conv, (rows, columns), mut moments) = (&self.conv, self.conv.pool, Moments::ZERO);
        let (x, mut y) = (conv.padded(x, task), vec![Pixel::ZERO; conv.input.w]);
        for (i, pooled) in pooled.chunks_mut(conv.pooled().1).enumerate() {
            let first = task.1.start + i * rows;
            for row in first..first + rows {
                conv.row(&x, row, &mut y);
                running_max(&self.affine, self.activation, &y, columns, row == first, pooled);
            }
            moments.take(pooled);
        }
        moments
    }
}
