//! The layers between the last block and the head.

use crate::config::{self, NetConfig};
use crate::layers::{Conv, Norm, Pool};
use crate::pass::Pass;
use crate::sizes::TRANSITION_POOL;
use candle::Result;
use candle_nn::VarBuilder;

/// Brings the blocks' channels back to a few, and halves the map.
#[derive(Debug, Clone)]
pub(crate) struct Transition {
    norm: Norm,
    conv: Conv,
    pool: Pool,
    /// Normalisation and average pool around the convolution, or normalisation and max pool behind it.
    norm_first: bool,
}

impl Transition {
    /// None when the configuration has none.
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
        if self.norm_first {
            let x = pass.norm(&self.norm, x)?;
            let x = pass.conv(&self.conv, &x)?;
            return pass.average_pool(&self.pool, &x);
        }
        let x = pass.conv(&self.conv, x)?;
        let x = pass.norm(&self.norm, &x)?;
        pass.max_pool(&self.pool, &x)
    }
}
