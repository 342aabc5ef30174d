//! Normalisation followed by an activation.

use crate::config::sizes::GROUP_CHANNELS;
use crate::config::{self, NetConfig};
use candle::{DType, Result, Tensor, Var};
use candle_nn::{Init, VarBuilder};
use mgc_ops::{
    Activation, BatchNormConfig, ChannelStatistics, GroupNormConfig, batch_norm_eval, batch_norm_train,
    channel_statistics, group_norm,
};

/// Added to variances: Keras' default.
pub(crate) const EPSILON: f64 = 1e-3;

/// A normalisation with its activation.
#[derive(Debug, Clone)]
pub(crate) struct Norm {
    pub(crate) name: String,
    pub(crate) weight: Tensor, // (channels)
    pub(crate) bias: Tensor,   // (channels)
    pub(crate) normaliser: Normaliser,
    pub(crate) activation: Activation,
    pub(crate) channels: usize,
}

/// The source of the statistics.
#[derive(Debug, Clone)]
pub(crate) enum Normaliser {
    /// The batch in training, running averages in evaluation; `momentum` is the share of the old ones in the
    /// new.
    Batch { running_mean: Var, running_var: Var, momentum: f64 },
    /// The sample's own groups of channels.
    Group,
}

impl Norm {
    pub(crate) fn new(channels: usize, net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let get = |name, value| vb.get_with_hints(channels, name, Init::Const(value));
        let normaliser = match net.norm {
            config::Norm::Batch => Normaliser::Batch {
                running_mean: Var::from_tensor(&get("running_mean", 0.)?)?,
                running_var: Var::from_tensor(&get("running_var", 1.)?)?,
                momentum: net.norm_momentum,
            },
            config::Norm::Group => Normaliser::Group,
        };
        let (weight, bias) = (get("weight", 1.)?, get("bias", 0.)?);
        Ok(Self { name: vb.prefix(), weight, bias, normaliser, activation: net.activation, channels })
    }

    pub(crate) fn parameters(&self) -> [&Tensor; 2] {
        [&self.weight, &self.bias]
    }

    /// The running statistics of a batch normalisation; empty for a group normalisation.
    pub(crate) fn running(&self) -> Result<ChannelStatistics> {
        match &self.normaliser {
            Normaliser::Group => Ok(ChannelStatistics::default()),
            Normaliser::Batch { running_mean, running_var, .. } => {
                let to_f64 = |var: &Var| var.to_dtype(DType::F64)?.to_vec1();
                Ok(ChannelStatistics { mean: to_f64(running_mean)?, variance: to_f64(running_var)? })
            }
        }
    }

    /// Moves the running statistics towards those of a batch.
    pub(crate) fn update(&self, batch: &ChannelStatistics) -> Result<()> {
        match &self.normaliser {
            Normaliser::Group => Ok(()),
            Normaliser::Batch { running_mean, running_var, momentum } => {
                move_towards(running_mean, &batch.mean, *momentum)?;
                move_towards(running_var, &batch.variance, *momentum)
            }
        }
    }

    pub(crate) fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let (weight, bias, activation) = (&self.weight, &self.bias, self.activation);
        let config = BatchNormConfig { epsilon: EPSILON, activation };
        match &self.normaliser {
            Normaliser::Group => {
                let groups = self.channels / GROUP_CHANNELS;
                group_norm(xs, weight, bias, &GroupNormConfig { groups, epsilon: EPSILON, activation })
            }
            Normaliser::Batch { .. } if train => {
                let statistics = channel_statistics(xs)?;
                self.update(&statistics)?;
                batch_norm_train(xs, &statistics, weight, bias, &config)
            }
            Normaliser::Batch { running_mean, running_var, .. } => {
                batch_norm_eval(xs, running_mean.as_tensor(), running_var.as_tensor(), weight, bias, &config)
            }
        }
    }
}

fn move_towards(running: &Var, batch: &[f64], momentum: f64) -> Result<()> {
    let batch = Tensor::new(batch, running.device())?.to_dtype(running.dtype())?;
    let kept = (running.as_tensor().detach() * momentum)?;
    running.set(&(kept + (batch * (1. - momentum))?)?)
}
