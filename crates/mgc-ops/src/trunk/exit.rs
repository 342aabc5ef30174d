//! The exit of a general trunk, composed of single operations.

use super::layout::{ExitSlots, Slot, TrunkConfig};
use super::op::TrunkOutput;
use super::statistics::TrunkStatistics;
use crate::batch_norm::{batch_norm_eval, batch_norm_train};
use crate::conv2d::conv2d;
use crate::statistics::{ChannelStatistics, channel_statistics};
use crate::window::Window;
use candle::{Result, Tensor};

/// Takes the blocks' output through the exit.
pub(super) fn apply_exit(
    config: &TrunkConfig,
    slots: &ExitSlots,
    mut output: TrunkOutput,
    theta: &Tensor,
    running: Option<TrunkStatistics>,
) -> Result<TrunkOutput> {
    if let Some(slot) = &slots.norm {
        let (weight, bias) = parameters(theta, slot)?;
        output.map = match running.and_then(|running| running.exit) {
            Some(ChannelStatistics { mean, variance }) => {
                let tensor = |values| Tensor::new(values, theta.device())?.to_dtype(theta.dtype());
                let (mean, variance) = (tensor(&mean[..])?, tensor(&variance[..])?);
                batch_norm_eval(&output.map, &mean, &variance, &weight, &bias, &config.norm())?
            }
            None => {
                let batch = channel_statistics(&output.map)?;
                let map = batch_norm_train(&output.map, &batch, &weight, &bias, &config.norm())?;
                output.statistics.push(batch);
                map
            }
        };
    }
    let (weight, bias) = parameters(theta, &slots.conv)?;
    let weight = weight.reshape((bias.dim(0)?, output.map.dim(1)?, 1, 1))?;
    output.map = conv2d(&output.map, &weight, &bias, &Window::same((1, 1)))?;
    Ok(output)
}

fn parameters(theta: &Tensor, slot: &Slot) -> Result<(Tensor, Tensor)> {
    let weight = theta.narrow(0, slot.weight.start, slot.weight.len())?;
    Ok((weight, theta.narrow(0, slot.bias.start, slot.bias.len())?))
}
