//! The layers before the head.

use crate::config::NetConfig;
use crate::net::blocks::Body;
use crate::net::stem::Stem;
use crate::net::transition::Transition;
use crate::pass::Pass;
use candle::Result;
use candle_nn::VarBuilder;

/// Stem, blocks, transition.
#[derive(Debug, Clone)]
pub(crate) struct Trunk {
    pub(crate) stem: Stem,
    pub(crate) body: Body,
    pub(crate) trans: Option<Transition>,
}

impl Trunk {
    /// Names: `stem`, `block1`, `block2`, ..., `trans`.
    pub(crate) fn new(net: &NetConfig, vb: &VarBuilder<'_>) -> Result<Self> {
        Ok(Self {
            stem: Stem::new(net, &vb.pp("stem"))?,
            body: Body::new(net, vb)?,
            trans: Transition::new(net, &vb.pp("trans"))?,
        })
    }

    pub(crate) fn forward<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        match pass.fused(self, x)? {
            Some(map) => Ok(map),
            None => self.layer_by_layer(pass, x),
        }
    }

    pub(super) fn layer_by_layer<P: Pass + ?Sized>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = self.stem.forward(pass, x)?;
        let x = self.body.forward(pass, &x)?;
        self.trans.as_ref().map_or(Ok(x.clone()), |trans| trans.forward(pass, &x))
    }
}
