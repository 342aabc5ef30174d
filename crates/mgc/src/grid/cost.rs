//! What a grid will cost: a step of each network is timed on this machine.

use crate::error::Result;
use crate::experiment::{Network, SplitChoice};
use crate::grid::cell::Cell;
use crate::grid::music::Music;
use crate::grid::spec::Grid;
use candle::{DType, Device, Tensor};
use candle_nn::Optimizer;
use candle_nn::VarMap;
use mgc_nets::Variant;
use mgc_train::{Adam, AdamConfig, cross_entropy, seeded, trainable};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Validation of a track costs so much of a training step's share for a track: a forward pass without its
/// gradients.
const FORWARD: f64 = 1.0 / 3.0;
/// Timed steps; the first step, which also allocates, comes before them.
const STEPS: u32 = 2;

/// The expected cost of a cell on this machine.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Cost {
    /// The cell.
    pub cell: Cell,
    /// Tracks on the training, validation and test side.
    pub tracks: [usize; 3],
    /// Training steps, if no early stop ends the run.
    pub steps: usize,
    /// The time of one training step.
    pub step: Duration,
    /// The time of the whole cell, if no early stop ends the run. Features are not included.
    pub time: Duration,
}

impl Grid {
    /// Estimates what each cell costs: opens the datasets, divides their tracks, and times two training steps of
    /// each network on random numbers of the right size. No audio is decoded.
    ///
    /// # Errors
    /// Those of opening and dividing the datasets.
    pub fn costs(&self) -> Result<Vec<Cost>> {
        let mut steps = HashMap::new();
        let mut costs = Vec::new();
        for spec in &self.datasets {
            let music = Music::open(spec, Path::new(""))?;
            let shape = music.shape()?;
            for cell in self.cells().into_iter().filter(|cell| cell.dataset == spec.name) {
                let Some(named) = self.recipes.iter().find(|named| named.name == cell.recipe) else {
                    continue;
                };
                let train = named.recipe.train;
                let classes = music.dataset.genres().len();
                let size = (cell.variant.to_string(), classes, shape, train.batch_size);
                let step = match steps.get(&size) {
                    Some(step) => *step,
                    None => *steps.entry(size).or_insert(time_step(
                        cell.variant,
                        classes,
                        shape,
                        train.batch_size,
                    )?),
                };
                let tracks = self.tracks(&cell, &music)?;
                costs.push(cost(cell, tracks, train.epochs, train.batch_size, step));
            }
        }
        Ok(costs)
    }

    fn tracks(&self, cell: &Cell, music: &Music) -> Result<[usize; 3]> {
        let (protocol, runs, index) = (cell.protocol, cell.of, cell.run);
        let choice = SplitChoice::Protocol { protocol, runs, index, seed: self.split_seed };
        let sides = choice.divide(music.dataset.tracks())?.0;
        Ok([sides.train().len(), sides.valid().len(), sides.test().len()])
    }
}

fn cost(cell: Cell, tracks: [usize; 3], epochs: usize, batch: usize, step: Duration) -> Cost {
    let per_epoch = tracks[0].div_ceil(batch.max(1));
    let forward = step.as_secs_f64() * FORWARD / batch.max(1) as f64;
    let epoch = per_epoch as f64 * step.as_secs_f64() + tracks[1] as f64 * forward;
    let time = Duration::from_secs_f64(epochs as f64 * epoch + tracks[2] as f64 * forward);
    Cost { cell, tracks, steps: epochs * per_epoch, step, time }
}

fn time_step(variant: Variant, classes: usize, shape: (usize, usize), batch: usize) -> Result<Duration> {
    let vars = VarMap::new();
    let net = Network::build(&variant, classes, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    let inputs = Tensor::rand(-40f32, 10f32, (batch.max(1), 1, shape.0, shape.1), &Device::Cpu)?;
    let labels = Tensor::zeros(batch.max(1), DType::U32, &Device::Cpu)?;
    let mut step = || -> Result<()> {
        let logits = net.forward_t(&inputs, true)?;
        Ok(adam.backward_step(&cross_entropy(&logits, &labels)?)?)
    };
    step()?;
    let started = Instant::now();
    (0..STEPS).try_for_each(|_| step())?;
    Ok(started.elapsed() / STEPS)
}
