//! What a grid will cost: a step of each network is timed on this machine.

use crate::error::Result;
use crate::experiment::{Network, SplitChoice};
use crate::grid::cell::Cell;
use crate::grid::computing::{Memory, memory};
use crate::grid::music::Music;
use crate::grid::spec::Grid;
use candle::{DType, Device, Tensor};
use candle_nn::Optimizer;
use candle_nn::VarMap;
use mgc_datasets::{Split, SplitIndices};
use mgc_nets::{Variant, layer_table};
use mgc_train::{Adam, AdamConfig, cross_entropy, seeded, trainable};
use std::collections::HashMap;
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
    /// Examples on these sides: as many as tracks, or their chunks.
    pub examples: [usize; 3],
    /// Training steps, if no early stop ends the run.
    pub steps: usize,
    /// The time of one training step.
    pub step: Duration,
    /// The time of the whole cell, if no early stop ends the run. Features are not included.
    pub time: Duration,
    /// The memory of the cell.
    pub memory: Memory,
}

impl Grid {
    /// Estimates what each cell costs: opens the datasets, divides their tracks, and times two training steps of
    /// each network on random numbers of the right size. No audio is decoded and nothing is written; where tracks
    /// are cut into chunks, the header of each file is read. Memory is not measured but told from the layers.
    ///
    /// # Errors
    /// Those of a grid with an empty list or a name twice, and of opening and dividing the datasets.
    pub fn costs(&self) -> Result<Vec<Cost>> {
        self.check()?;
        let mut steps = HashMap::new();
        let mut costs = Vec::new();
        for spec in &self.datasets {
            let music = Music::describe(spec)?;
            let (shape, examples) = (music.shape()?, music.examples()?);
            let labelled =
                music.dataset.tracks().iter().zip(&examples).filter(|(track, _)| track.genre.is_some());
            let labelled = labelled.map(|(_, examples)| examples).sum();
            let classes = music.dataset.genres().len();
            for cell in self.cells().into_iter().filter(|cell| cell.dataset == spec.name) {
                let Some(named) = self.recipes.iter().find(|named| named.name == cell.recipe) else {
                    continue;
                };
                let train = named.recipe.train;
                let sides = self.sides(&cell, &music)?;
                let count = |side: &[usize]| side.iter().map(|&track| examples[track]).sum();
                let tracks = Split::ALL.map(|split| sides.side(split).len());
                let examples = Split::ALL.map(|split| count(sides.side(split)));
                let batch = train.batch_size.min(examples[0]).max(1);
                let size = (cell.variant.to_string(), classes, shape, batch);
                let step = match steps.get(&size) {
                    Some(step) => *step,
                    None => *steps.entry(size).or_insert(time_step(cell.variant, classes, shape, batch)?),
                };
                let config = cell.variant.config(classes);
                let memory = memory(&config, &layer_table(&config, shape)?, batch, labelled);
                let drawn = [train.sampling.draws(examples[0]), examples[1], examples[2]];
                let (steps, time) = total(drawn, train.epochs, batch, step);
                costs.push(Cost { cell, tracks, examples, steps, step, time, memory });
            }
        }
        Ok(costs)
    }

    fn sides(&self, cell: &Cell, music: &Music) -> Result<SplitIndices> {
        let (protocol, runs, index) = (cell.protocol, cell.of, cell.run);
        let choice = SplitChoice::Protocol { protocol, runs, index, seed: self.split_seed };
        Ok(choice.divide(music.dataset.tracks())?.0)
    }
}

/// Returns the steps and the time of all epochs and of the test.
fn total([train, valid, test]: [usize; 3], epochs: usize, batch: usize, step: Duration) -> (usize, Duration) {
    let per_epoch = train.div_ceil(batch);
    let forward = step.as_secs_f64() * FORWARD / batch as f64;
    let epoch = per_epoch as f64 * step.as_secs_f64() + valid as f64 * forward;
    let seconds = epochs as f64 * epoch + test as f64 * forward;
    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    (epochs.saturating_mul(per_epoch), time)
}

fn time_step(variant: Variant, classes: usize, shape: (usize, usize), batch: usize) -> Result<Duration> {
    let vars = VarMap::new();
    let net = Network::build(&variant, classes, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    let inputs = Tensor::rand(-40f32, 10f32, (batch, 1, shape.0, shape.1), &Device::Cpu)?;
    let labels = Tensor::zeros(batch, DType::U32, &Device::Cpu)?;
    let mut step = || -> Result<()> {
        let logits = net.forward_t(&inputs, true)?;
        Ok(adam.backward_step(&cross_entropy(&logits, &labels)?)?)
    };
    step()?;
    let started = Instant::now();
    (0..STEPS).try_for_each(|_| step())?;
    Ok(started.elapsed() / STEPS)
}
