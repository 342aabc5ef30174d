//! The stem and the exit of a general trunk, composed of single operations.

use crate::kernels::statistics::ChannelStatistics;
use crate::ops::batch_norm::{batch_norm_eval, batch_norm_train};
use crate::ops::conv2d::conv2d;
use crate::ops::coordinate::append_coordinate;
use crate::ops::max_pool::max_pool2d;
use crate::ops::statistics::channel_statistics;
use crate::trunk::config::{STEM_KERNEL, TrunkConfig};
use crate::trunk::entry::TrunkStem;
use crate::trunk::params::{ExitSlots, Slot, StemSlots};
use crate::window::Window;
use candle::{Result, Tensor};

/// A map and the statistics that its normalisation used, if it has one.
type Normed = (Tensor, Option<ChannelStatistics>);

/// Applies the stem.
pub(crate) fn apply_stem(
    config: &TrunkConfig,
    (stem, slots): (&TrunkStem, &StemSlots),
    x: &Tensor,
    theta: &Tensor,
    running: Option<&ChannelStatistics>,
) -> Result<Normed> {
    let (weight, bias) = parameters(theta, &slots.conv)?;
    let weight = weight.reshape((config.width, stem.channels(), STEM_KERNEL.0, STEM_KERNEL.1))?;
    let x = match stem.coordinate {
        Some(range) => append_coordinate(x, range)?,
        None => x.clone(),
    };
    let x = conv2d(&x, &weight, &bias, &Window::same(STEM_KERNEL))?;
    let (x, statistics) = normalise(config, &slots.norm, &x, theta, running)?;
    Ok((max_pool2d(&x, &Window::valid(stem.pool, stem.pool))?, Some(statistics)))
}

pub(crate) fn apply_exit(
    config: &TrunkConfig,
    slots: &ExitSlots,
    x: &Tensor,
    theta: &Tensor,
    running: Option<&ChannelStatistics>,
) -> Result<Normed> {
    let (x, statistics) = match &slots.norm {
        Some(slot) => {
            let (x, statistics) = normalise(config, slot, x, theta, running)?;
            (x, Some(statistics))
        }
        None => (x.clone(), None),
    };
    let (weight, bias) = parameters(theta, &slots.conv)?;
    let weight = weight.reshape((bias.dim(0)?, x.dim(1)?, 1, 1))?;
    Ok((conv2d(&x, &weight, &bias, &Window::same((1, 1)))?, statistics))
}

fn normalise(
    config: &TrunkConfig,
    slot: &Slot,
    x: &Tensor,
    theta: &Tensor,
    running: Option<&ChannelStatistics>,
) -> Result<(Tensor, ChannelStatistics)> {
    let (weight, bias) = parameters(theta, slot)?;
    if let Some(running) = running {
        let tensor = |values: &[f64]| Tensor::new(values, theta.device())?.to_dtype(theta.dtype());
        let (mean, variance) = (tensor(&running.mean)?, tensor(&running.variance)?);
        let y = batch_norm_eval(x, &mean, &variance, &weight, &bias, &config.norm())?;
        return Ok((y, running.clone()));
    }
    let batch = channel_statistics(x)?;
    Ok((batch_norm_train(x, &batch, &weight, &bias, &config.norm())?, batch))
}

/// Returns weight and bias.
fn parameters(theta: &Tensor, slot: &Slot) -> Result<(Tensor, Tensor)> {
    let weight = theta.narrow(0, slot.weight.start, slot.weight.len())?;
    Ok((weight, theta.narrow(0, slot.bias.start, slot.bias.len())?))
}
