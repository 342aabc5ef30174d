//! A network that only evaluates.

use crate::net::BroadcastNet;
use crate::net::fused::{after_operation, inference_trunk};
use crate::pass::Run;
use candle::{Module, Result, Tensor};
use mgc_ops::TrunkPlan;
use std::fmt;
use std::sync::Arc;

/// A network whose weights and running statistics are in place for evaluation; made by [`BroadcastNet::prepare`].
///
/// It gives what the network gives when it does not train; no gradient flows through it. A clone shares everything.
#[derive(Clone)]
pub struct PreparedNet {
    net: BroadcastNet,
    plan: Option<Arc<TrunkPlan>>,
}

impl BroadcastNet {
    /// The network as it is now, for evaluation. Training that goes on reaches it in part only: prepare it anew then.
    ///
    /// ```
    /// use candle_nn::{Module, ModuleT, VarBuilder, VarMap};
    /// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device, Tensor}};
    /// let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
    /// let net = broadcast_net(&Variant::Proposed.config(10), vb)?;
    /// let spectrograms = Tensor::zeros((2, 1, 16, 8), DType::F32, &Device::Cpu)?;
    /// let prepared = net.prepare()?;
    /// assert_eq!(
    ///     prepared.forward(&spectrograms)?.to_vec2::<f32>()?,
    ///     net.forward_t(&spectrograms, false)?.to_vec2::<f32>()?
    /// );
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a tensor is on a device that the operations do not know.
    pub fn prepare(&self) -> Result<PreparedNet> {
        Ok(PreparedNet { net: self.clone(), plan: inference_trunk(&self.trunk)?.map(Arc::new) })
    }
}

impl PreparedNet {
    /// As [`BroadcastNet::features_t`] in evaluation.
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn features(&self, xs: &Tensor) -> Result<Tensor> {
        let Some(plan) = &self.plan else { return Ok(self.net.features_t(&xs.detach(), false)?.detach()) };
        self.net.check_input(xs)?;
        let map = after_operation(&self.net.trunk, &plan.forward(xs)?, false)?;
        Ok(self.net.head.features(&mut Run { train: false }, &map)?.detach())
    }

    /// As [`BroadcastNet::logits`].
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        Ok(self.net.logits(features)?.detach())
    }
}

impl Module for PreparedNet {
    /// (N, 1, frames, bands) -> logits (N, classes)
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.logits(&self.features(xs)?)
    }
}

impl fmt::Debug for PreparedNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedNet").field("net", &self.net).finish_non_exhaustive()
    }
}
