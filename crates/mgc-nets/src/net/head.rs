//! The layers between the last map and the logits.

use crate::config::{HeadPool, NetConfig};
use crate::layers::{Dense, DenseActivation, Dropout, Norm};
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;

/// Normalisation, global pool, dropout, dense layer.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    name: String,
    norm: Norm,
    pool: HeadPool,
    pub(crate) dropout: Dropout,
    fc: Dense,
}

impl Head {
    pub(crate) fn new(net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        let channels = net.last_channels();
        Ok(Self {
            name: vb.prefix(),
            norm: Norm::new(channels, net, &vb.pp("bn"))?,
            pool: net.head_pool,
            dropout: Dropout::new(net.dropout),
            fc: Dense::new((net.features(), net.classes), DenseActivation::Identity, &vb.pp("fc"))?,
        })
    }

    /// Normalises and activates the last map.
    pub(crate) fn map<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        pass.norm(&self.norm, x)
    }

    /// Reduces a map to the vector that dropout and the dense layer read.
    pub(crate) fn features<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = self.map(pass, x)?;
        pass.global_pool(&format!("{}.pool", self.name), self.pool, &x)
    }

    pub(crate) fn drop<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        match self.dropout.rate {
            0. => Ok(x.clone()),
            _ => pass.dropout(&format!("{}.drop", self.name), &self.dropout, x),
        }
    }

    pub(crate) fn logits<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        pass.dense(&self.fc, x)
    }
}
