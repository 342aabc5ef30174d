//! Running statistics of batch normalisation, estimated anew for given weights.

use crate::data::examples::Examples;
use crate::data::shuffle::epoch_order;
use crate::error::{Error, Result};
use crate::init::trainable::running_statistics;
use crate::metrics::evaluate::check_batch_size;
use candle::{DType, Device, Tensor, Var, bail};
use candle_nn::{ModuleT, VarMap};

/// Settings of [`reestimate_statistics`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatisticsConfig {
    /// The number of batches, at least 1; at most as many as there are of full size, or one. Default 16.
    pub batches: usize,
    /// Examples per batch, at least 1, usually as in training. Default 8.
    pub batch_size: usize,
    /// The seed of the choice of the examples: the first ones of [`epoch_order`](crate::epoch_order)`(seed, 0,
    /// ..)`. Default 1.
    pub seed: u64,
}

impl Default for StatisticsConfig {
    fn default() -> Self {
        Self { batches: 16, batch_size: 8, seed: 1 }
    }
}

/// Sets the running statistics of batch normalisation to the mean of the statistics of `batches` batches, for
/// the weights as they are.
///
/// Weights that were not reached by training steps, such as averaged ones, have no running statistics of their
/// own. Each batch passes the model in training mode, and every running mean and variance in `vars` (names that
/// end in `.running_mean` and `.running_var`) becomes the plain mean of those of the batches, all of one size.
/// PyTorch's `update_bn` does the same for `AveragedModel`. A model without such variables is left as it is.
///
/// A pass in training mode moves a running statistic r to k r + s b, where b is that of the batch and k + s = 1.
/// From r = 0 it arrives at s b, so the mean over the batches and one division by s give the exact mean of b. k
/// is measured by a pass from 2^100, beside which s b vanishes: the momentum need not be known, and each layer
/// may have its own. In `f32` the rounding of k leaves a relative error of at most 6e-8 / s, 6e-6 at a momentum
/// of 0.99. A statistic that a pass does not move keeps its value.
///
/// Dropout is active in these passes, as in training, and draws its next masks.
///
/// # Errors
///
/// [`Error::NoExamples`] without examples, [`Error::Config`] when a setting is 0, any error of the model or the
/// examples, and [`Error::Candle`] when a statistic is not finite. The statistics are then as before.
///
/// # Examples
///
/// ```
/// use candle_nn::{ModuleT, VarMap};
/// use mgc_train::candle::{DType, Device, Tensor};
/// use mgc_train::{StatisticsConfig, TensorExamples, reestimate_statistics, seeded};
///
/// let vars = VarMap::new();
/// let norm = candle_nn::batch_norm(1, 1e-3, seeded(&vars, 1, DType::F64, &Device::Cpu))?;
/// let inputs = Tensor::new(&[[1f64], [3.0], [5.0], [7.0]], &Device::Cpu)?;
/// let examples = TensorExamples::new(inputs, Tensor::zeros(4, DType::U32, &Device::Cpu)?)?;
/// let config = StatisticsConfig { batches: 2, batch_size: 2, ..Default::default() };
/// reestimate_statistics(&norm, &vars, &examples, config)?;
/// assert!((norm.running_mean().to_vec1::<f64>()?[0] - 4.0).abs() < 1e-12);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn reestimate_statistics(
    model: &(impl ModuleT + ?Sized),
    vars: &VarMap,
    examples: &dyn Examples,
    config: StatisticsConfig,
) -> Result<()> {
    let StatisticsConfig { batches, batch_size, seed } = config;
    check_batch_size(batch_size)?;
    if batches == 0 {
        return Err(Error::Config { name: "batches", value: "0".into(), expected: "at least 1" });
    }
    if examples.is_empty() {
        return Err(Error::NoExamples("training"));
    }
    let running = running_statistics(vars)?;
    if running.is_empty() {
        return Ok(());
    }
    let before = running.iter().map(|(_, var)| var.copy()).collect::<candle::Result<Vec<_>>>()?;
    let order = epoch_order(seed, 0, examples.len());
    let full = (examples.len() / batch_size).max(1);
    let chosen: Vec<&[usize]> = order.chunks(batch_size).take(batches.min(full)).collect();
    let outcome = estimate(model, &running, examples, &chosen, &before);
    if outcome.is_err() {
        set(&running, &before)?;
    }
    outcome
}

/// Far above every statistic, and within the range of `f32` and `bf16`.
const FAR: f64 = (1u128 << 100) as f64;

fn estimate(
    model: &(impl ModuleT + ?Sized),
    running: &[(String, Var)],
    examples: &dyn Examples,
    batches: &[&[usize]],
    before: &[Tensor],
) -> Result<()> {
    let pass_from = |value: f64, indices: &[usize]| -> Result<Vec<Vec<f64>>> {
        for (_, var) in running {
            var.set(&var.ones_like()?.affine(value, 0.0)?)?;
        }
        model.forward_t(&examples.batch(indices)?.0, true)?;
        Ok(running.iter().map(|(_, var)| to_host(var)).collect::<candle::Result<_>>()?)
    };
    let kept = pass_from(FAR, batches[0])?;
    let mut sums: Vec<Vec<f64>> = kept.iter().map(|values| vec![0.0; values.len()]).collect();
    for batch in batches {
        let moved = pass_from(0.0, batch)?;
        for (sum, value) in sums.iter_mut().flatten().zip(moved.iter().flatten()) {
            *sum += value;
        }
    }
    let mut means = Vec::with_capacity(running.len());
    for (((name, var), sum), (kept, before)) in running.iter().zip(&sums).zip(kept.iter().zip(before)) {
        let mean = mean(name, sum, kept, &to_host(before)?, batches.len())?;
        means.push(Tensor::from_vec(mean, var.shape(), &Device::Cpu)?);
    }
    set(running, &means)
}

/// Returns the mean of the batches' statistics, from the sum of what passes from 0 arrived at and what one from
/// [`FAR`] did.
fn mean(name: &str, sums: &[f64], far: &[f64], before: &[f64], batches: usize) -> candle::Result<Vec<f64>> {
    let mut means = Vec::with_capacity(sums.len());
    for ((sum, far), before) in sums.iter().zip(far).zip(before) {
        let share = 1.0 - far / FAR;
        let mean = if share == 0.0 { *before } else { sum / batches as f64 / share };
        if !mean.is_finite() {
            bail!("{name} would become {mean}: the weights or the inputs give values that are not finite")
        }
        means.push(mean);
    }
    Ok(means)
}

fn set(running: &[(String, Var)], values: &[Tensor]) -> Result<()> {
    for ((_, var), value) in running.iter().zip(values) {
        var.set(&value.to_dtype(var.dtype())?.to_device(var.device())?)?;
    }
    Ok(())
}

fn to_host(tensor: &Tensor) -> candle::Result<Vec<f64>> {
    tensor.to_device(&Device::Cpu)?.to_dtype(DType::F64)?.flatten_all()?.to_vec1()
}
