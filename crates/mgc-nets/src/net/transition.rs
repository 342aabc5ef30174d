//! The layers between the last block and the head.

use crate::config::sizes::TRANSITION_POOL;
use crate::config::{self, NetConfig};
use crate::layers::{Conv, Norm, Pool};
use crate::pass::Pass;
use candle::{Result, Tensor};
use candle_nn::VarBuilder;
use mgc_ops::TrunkExit;

/// Reduces the channels and halves the map.
#[derive(Debug, Clone)]
pub(crate) struct Transition {
    norm: Norm,
    conv: Conv,
    pool: Pool,
    /// Normalise, convolve, average pool; else convolve, normalise, max pool.
    norm_first: bool,
}

impl Transition {
    /// Returns `None` when the configuration has no transition.
    pub(crate) fn new(net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Option<Self>> {
        let last = net.channels(net.blocks);
        let (norm_first, normalised) = match net.transition {
            config::Transition::None => return Ok(None),
            config::Transition::PreActivation => (true, last),
            config::Transition::PostActivation => (false, net.width),
        };
        Ok(Some(Self {
            norm: Norm::new(normalised, net, &vb.pp("bn"))?,
            conv: Conv::pointwise((last, net.width), net.kernel_init, &vb.pp("conv"))?,
            pool: Pool::new(vb.pp("pool").prefix(), TRANSITION_POOL),
            norm_first,
        }))
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = match self.norm_first {
            true => pass.norm(&self.norm, x)?,
            false => x.clone(),
        };
        let x = pass.conv(&self.conv, &x)?;
        self.after_conv(pass, &x)
    }

    /// Runs the layers after the convolution.
    pub(crate) fn after_conv<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        if self.norm_first {
            return pass.average_pool(&self.pool, x);
        }
        let x = pass.norm(&self.norm, x)?;
        pass.max_pool(&self.pool, &x)
    }

    /// The layers up to the convolution, as the exit of [`mgc_ops::broadcast_trunk`].
    pub(crate) fn exit(&self) -> TrunkExit {
        let outputs = self.conv.channels.1;
        if self.norm_first { TrunkExit::NormConv(outputs) } else { TrunkExit::Conv(outputs) }
    }

    /// The exit's parameters, in the order of that operation.
    pub(crate) fn exit_parameters(&self) -> impl Iterator<Item = &Tensor> {
        self.exit_norm().into_iter().flat_map(Norm::parameters).chain(self.conv.parameters())
    }

    /// The normalisation of the exit, if it has one.
    pub(crate) fn exit_norm(&self) -> Option<&Norm> {
        self.norm_first.then_some(&self.norm)
    }
}
