//! One pass over the training examples.

use crate::data::examples::Examples;
use crate::data::shuffle::epoch_order;
use crate::error::{Error, Result};
use crate::metrics::evaluate::{Metrics, argmax, to_rows};
use crate::metrics::loss::{smoothed_cross_entropy, weighted_cross_entropy};
use crate::run::callback::Step;
use crate::run::config::TrainConfig;
use candle::{DType, Device, Tensor};
use candle_nn::{ModuleT, Optimizer};
use std::time::Instant;

/// The start of a run and the number of its steps.
pub(crate) struct Clock {
    started: Instant,
    steps: usize,
}

impl Clock {
    /// Starts the clock of a run that has taken no step.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), steps: 0 }
    }
}

/// The settings and the data of one pass over the training examples.
pub(crate) struct Pass<'a> {
    pub(crate) config: &'a TrainConfig,
    pub(crate) train: &'a dyn Examples,
    /// The weight of every class; none where all examples count alike.
    pub(crate) weights: Option<&'a [f64]>,
    /// The epoch, from 0.
    pub(crate) epoch: usize,
}

/// Takes one step per batch, calls `on_step` after each, and returns the mean loss and the accuracy.
///
/// A loss that is infinite or not a number ends the pass before its step.
pub(crate) fn train_epoch(
    pass: &Pass,
    model: &(impl ModuleT + ?Sized),
    optimizer: &mut impl Optimizer,
    clock: &mut Clock,
    on_step: &mut dyn FnMut(&Step) -> Result<()>,
) -> Result<Metrics> {
    let &Pass { config, train, weights, epoch } = pass;
    let &TrainConfig { epochs, batch_size, seed, label_smoothing, .. } = config;
    let order = epoch_order(seed, epoch, train.len());
    let batches = order.len().div_ceil(batch_size);
    let (mut loss_sum, mut right) = (0.0, 0);
    for (batch, indices) in order.chunks(batch_size).enumerate() {
        let (inputs, labels) = train.batch(indices)?;
        let logits = model.forward_t(&inputs, true)?;
        right += count_right(&logits, &labels)?;
        let loss = match weights {
            Some(weights) => weighted_cross_entropy(&logits, &labels, label_smoothing, weights)?,
            None => smoothed_cross_entropy(&logits, &labels, label_smoothing)?,
        };
        let value = scalar(&loss)?;
        if !value.is_finite() {
            check_inputs(indices, &inputs)?;
            let lr = optimizer.learning_rate();
            return Err(Error::Diverged { epoch, batch, lr, loss: value });
        }
        optimizer.backward_step(&loss)?;
        loss_sum += value * indices.len() as f64;
        clock.steps += 1;
        let (done, elapsed) = (clock.steps, clock.started.elapsed());
        on_step(&Step { epoch, epochs, batch, batches, loss: value, done, elapsed })?;
    }
    let count = order.len() as f64;
    Ok(Metrics { loss: loss_sum / count, accuracy: right as f64 / count })
}

fn count_right(logits: &Tensor, labels: &Tensor) -> Result<usize> {
    let (rows, labels) = to_rows(logits, labels)?;
    let pairs = rows.iter().zip(&labels);
    Ok(pairs.filter(|&(row, &label)| argmax(row) == label).count())
}

/// Refuses inputs of which one holds a number that is not finite.
fn check_inputs(indices: &[usize], inputs: &Tensor) -> Result<()> {
    let rows: Vec<Vec<f64>> =
        inputs.to_device(&Device::Cpu)?.to_dtype(DType::F64)?.flatten_from(1)?.to_vec2()?;
    for (&example, row) in indices.iter().zip(rows) {
        if let Some(&value) = row.iter().find(|value| !value.is_finite()) {
            return Err(Error::Input { example, value });
        }
    }
    Ok(())
}

/// Copies a scalar to the host.
fn scalar(tensor: &Tensor) -> Result<f64> {
    let value = tensor.to_device(&Device::Cpu)?.to_dtype(DType::F64)?.to_scalar()?;
    Ok(value)
}
