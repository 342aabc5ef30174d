//! Networks for inference alone.

use crate::net::BroadcastNet;
use crate::net::fused::{after_operation, inference_trunk};
use crate::pass::Run;
use candle::{Module, Result, Tensor};
use mgc_ops::InferenceTrunk;
use std::fmt;
use std::sync::Arc;

/// A network with its weights laid out for inference; made by [`BroadcastNet::prepare`].
///
/// Its outputs are those of the network in evaluation. They carry no gradient. A clone shares everything.
#[derive(Clone)]
pub struct InferenceNet {
    net: BroadcastNet,
    trunk: Option<Arc<InferenceTrunk>>,
}

impl BroadcastNet {
    /// Lays out the weights for inference, once for all later calls.
    ///
    /// Training the network afterwards changes the result only in part: call `prepare` again.
    ///
    /// # Errors
    /// When a tensor is on a device that the operations do not support.
    ///
    /// # Example
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
    pub fn prepare(&self) -> Result<InferenceNet> {
        Ok(InferenceNet { net: self.clone(), trunk: inference_trunk(&self.trunk)?.map(Arc::new) })
    }
}

impl InferenceNet {
    /// Returns the vectors that the classifier reads: embeddings of the clips, as
    /// [`BroadcastNet::features_t`] in evaluation.
    ///
    /// # Shapes
    /// - `xs`: (N, 1, frames, bands), dB, at least [`NetConfig::min_input`](crate::NetConfig::min_input)
    /// - output: (N, [`NetConfig::features`](crate::NetConfig::features))
    ///
    /// # Errors
    /// When the shape does not fit.
    ///
    /// # Example
    /// ```
    /// use candle_nn::{Module, VarBuilder, VarMap};
    /// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device, Tensor}};
    /// let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
    /// let net = broadcast_net(&Variant::Blocks1.config(10), vb)?.prepare()?;
    /// let spectrograms = Tensor::zeros((2, 1, 16, 8), DType::F32, &Device::Cpu)?;
    /// let features = net.features(&spectrograms)?;
    /// assert_eq!(features.dims(), [2, 32]);
    /// assert_eq!(net.logits(&features)?.to_vec2::<f32>()?, net.forward(&spectrograms)?.to_vec2::<f32>()?);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn features(&self, xs: &Tensor) -> Result<Tensor> {
        Ok(self.net.head.features(&mut Run { train: false }, &self.last_map(xs)?)?.detach())
    }

    /// Returns the maps that the global pool reduces to [`features`](Self::features).
    ///
    /// They have a channel for each filter of the last layer, C. Under an average pool
    /// ([`HeadPool::Average`](crate::HeadPool::Average)) these are the features: the mean over the positions of
    /// a map is the vector of features, and the mean of the positions' [`logits`](Self::logits) is that of
    /// the clip.
    ///
    /// # Shapes
    /// - `xs`: (N, 1, frames, bands), dB, at least [`NetConfig::min_input`](crate::NetConfig::min_input)
    /// - output: (N, C, T, B), with fewer T than frames and fewer B than bands where the network pools in
    ///   between
    ///
    /// # Errors
    /// When the shape does not fit.
    ///
    /// # Example
    /// ```
    /// use candle_nn::{VarBuilder, VarMap};
    /// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device, Tensor}};
    /// let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
    /// let net = broadcast_net(&Variant::Blocks1.config(10), vb)?.prepare()?;
    /// let spectrograms = Tensor::zeros((2, 1, 64, 16), DType::F32, &Device::Cpu)?;
    /// let maps = net.maps(&spectrograms)?;
    /// assert_eq!(maps.dims(), [2, 32, 8, 8]);
    /// assert_eq!(
    ///     maps.flatten_from(2)?.mean(2)?.to_vec2::<f32>()?,
    ///     net.features(&spectrograms)?.to_vec2::<f32>()?
    /// );
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn maps(&self, xs: &Tensor) -> Result<Tensor> {
        Ok(self.net.head.map(&mut Run { train: false }, &self.last_map(xs)?)?.detach())
    }

    /// The output of the trunk.
    fn last_map(&self, xs: &Tensor) -> Result<Tensor> {
        self.net.check_input(xs)?;
        match &self.trunk {
            Some(trunk) => after_operation(&self.net.trunk, &trunk.forward(xs)?, false),
            None => self.net.trunk.forward(&mut Run { train: false }, &xs.detach()),
        }
    }

    /// Classifies features, as [`BroadcastNet::logits`].
    ///
    /// # Shapes
    /// - `features`: (N, [`NetConfig::features`](crate::NetConfig::features))
    /// - output: (N, classes)
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        Ok(self.net.logits(features)?.detach())
    }
}

impl Module for InferenceNet {
    /// Maps spectrograms (N, 1, frames, bands) to logits (N, classes).
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.logits(&self.features(xs)?)
    }
}

impl fmt::Debug for InferenceNet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InferenceNet").field("net", &self.net).finish_non_exhaustive()
    }
}
