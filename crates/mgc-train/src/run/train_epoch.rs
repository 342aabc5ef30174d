//! One pass over the training examples.

use crate::augment::{Augmentation, Draw};
use crate::data::examples::Examples;
use crate::data::sampler::Sampler;
use crate::error::{Error, Result};
use crate::metrics::evaluate::{Metrics, argmax, to_rows};
use crate::metrics::targets::Targets;
use crate::optim::warmup_cosine::WarmupCosine;
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
    /// The changes of the training examples, if any.
    pub(crate) augmentation: Option<&'a Augmentation>,
    pub(crate) sampler: &'a Sampler,
    /// The learning rate of every step of the run; none where the optimiser's own stays.
    pub(crate) schedule: Option<&'a WarmupCosine>,
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
    let &Pass { config, train, weights, augmentation, sampler, schedule, epoch } = pass;
    let &TrainConfig { epochs, batch_size, seed, label_smoothing, .. } = config;
    let order = sampler.order(seed, epoch);
    let draws = Draw::of_epoch(seed, epoch, &order);
    let batches = order.len().div_ceil(batch_size);
    let (mut loss_sum, mut right) = (0.0, 0);
    for (batch, (indices, draws)) in order.chunks(batch_size).zip(draws.chunks(batch_size)).enumerate() {
        if let Some(schedule) = schedule {
            optimizer.set_learning_rate(schedule.lr(epoch * batches + batch));
        }
        let (inputs, labels) = train.batch(indices)?;
        let (changed, targets) = match augmentation {
            Some(augmentation) => augmentation.batch(draws, &inputs, &labels)?,
            None => (inputs.clone(), Targets::new(labels)),
        };
        let logits = model.forward_t(&changed, true)?;
        right += count_right(&logits, &targets)?;
        let loss = targets.loss(&logits, label_smoothing, weights)?;
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
    let count = draws.len() as f64;
    Ok(Metrics { loss: loss_sum / count, accuracy: right as f64 / count })
}

/// Counts the examples whose largest logit is that of their label, or of the label with the larger share.
fn count_right(logits: &Tensor, targets: &Targets) -> Result<usize> {
    let (rows, _) = to_rows(logits, targets.labels())?;
    let pairs = rows.iter().zip(targets.likeliest()?);
    Ok(pairs.filter(|(row, label)| argmax(row) == *label).count())
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
