//! Broadcast networks: a trunk and a head.

pub(crate) mod blocks;
pub(crate) mod fused;
pub(crate) mod head;
pub(crate) mod stem;
pub(crate) mod transition;
pub(crate) mod trunk;

use crate::config::NetConfig;
use crate::net::head::Head;
use crate::net::trunk::Trunk;
use crate::pass::{Pass, Run};
use candle::{Result, Tensor, bail};
use candle_nn::{ModuleT, VarBuilder};

/// A network from log-mel spectrograms to genre logits; made by [`broadcast_net`].
///
/// A clone shares its tensors and running statistics with the original; its dropout masks continue on their
/// own.
#[derive(Debug, Clone)]
pub struct BroadcastNet {
    config: NetConfig,
    pub(crate) trunk: Trunk,
    pub(crate) head: Head,
}

/// Builds a network whose tensors come from `vb`.
///
/// Names: `stem.{conv,bn}` (`stem.{convJ,bnJ}`), `trans.{bn,conv}`, `head.{bn,fc}` and for each block
/// `blockN.`
///
/// | block | layers |
/// |---|---|
/// | broadcast | `{b1,bp}.{bn,conv}`, `{b3,b5}.{bn1,conv1,bn2}` and `conv2` or `conv2a`, `conv2b`, ... |
/// | with LSTM | `lstm.{bn,conv}`, `lstm.rnn.{weight_ih,weight_hh,bias}` |
/// | with squeeze-and-excitation | `se.{fc1,fc2}` |
/// | separable | `bn`, `dw` (no bias), `pw` |
/// | Inception-ResNet | `bI.{bnJ,convJ}`, `proj.{bn,conv}` |
///
/// Layers have `weight` and `bias`; batch normalisations have `running_mean` and `running_var` too. Layouts
/// are torch's. Dtype and device are those of `vb`.
///
/// New variables start as Keras' when `vb` is `mgc_train::seeded`; see [`KernelInit`](crate::KernelInit).
///
/// # Errors
/// When the configuration is invalid ([`NetConfig::validate`]) or `vb` cannot give a tensor.
///
/// # Example
/// ```
/// use candle_nn::{ModuleT, VarBuilder, VarMap};
/// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device, Tensor}};
/// let vars = VarMap::new();
/// let vb = VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu);
/// let net = broadcast_net(&Variant::Proposed.config(10), vb)?;
/// let spectrograms = Tensor::zeros((2, 1, 16, 8), DType::F32, &Device::Cpu)?;
/// assert_eq!(net.forward_t(&spectrograms, false)?.dims(), [2, 10]);
/// # Ok::<(), mgc_nets::candle::Error>(())
/// ```
#[allow(clippy::needless_pass_by_value)] // candle's convention: constructors take the builder
pub fn broadcast_net(config: &NetConfig, vb: VarBuilder<'_>) -> Result<BroadcastNet> {
    config.validate()?;
    Ok(BroadcastNet {
        config: config.clone(),
        trunk: Trunk::new(config, &vb)?,
        head: Head::new(config, &vb.pp("head"))?,
    })
}

impl BroadcastNet {
    /// Returns the configuration that the network was built from.
    pub fn config(&self) -> &NetConfig {
        &self.config
    }

    /// Returns the vectors that the classifier reads, before any dropout: embeddings of the clips.
    ///
    /// With `train`, batch statistics normalise and the running ones move towards them.
    ///
    /// # Shapes
    /// - `xs`: (N, 1, frames, bands), dB, at least [`NetConfig::min_input`]
    /// - output: (N, [`NetConfig::features`])
    ///
    /// # Errors
    /// When the shape does not fit.
    ///
    /// # Example
    /// ```
    /// use candle_nn::{VarBuilder, VarMap};
    /// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device, Tensor}};
    /// let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
    /// let net = broadcast_net(&Variant::Blocks1.config(10), vb)?;
    /// let spectrograms = Tensor::zeros((2, 1, 16, 8), DType::F32, &Device::Cpu)?;
    /// assert_eq!(net.features_t(&spectrograms, false)?.dims(), [2, 32]);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn features_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.check_input(xs)?;
        self.features(&mut Run { train }, xs)
    }

    /// Classifies features: the dense layer alone.
    ///
    /// # Shapes
    /// - `features`: (N, [`NetConfig::features`])
    /// - output: (N, classes)
    ///
    /// # Errors
    /// When the shape does not fit.
    ///
    /// # Example
    /// ```
    /// use candle_nn::{ModuleT, VarBuilder, VarMap};
    /// use mgc_nets::{Variant, broadcast_net, candle::{DType, Device, Tensor}};
    /// let vb = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
    /// let net = broadcast_net(&Variant::Blocks1.config(10), vb)?;
    /// let spectrograms = Tensor::zeros((2, 1, 16, 8), DType::F32, &Device::Cpu)?;
    /// let logits = net.logits(&net.features_t(&spectrograms, false)?)?;
    /// assert_eq!(logits.to_vec2::<f32>()?, net.forward_t(&spectrograms, false)?.to_vec2::<f32>()?);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn logits(&self, features: &Tensor) -> Result<Tensor> {
        self.head.logits(&mut Run { train: false }, features)
    }

    /// Restarts the sequence of dropout masks at the first one of an epoch.
    ///
    /// A training pass takes the next mask of the sequence, a function of `seed`, `epoch` and the passes
    /// since this call. A new network stands at seed 0, epoch 0. Call it at the start of every epoch, and a
    /// resumed run draws the masks of an unbroken one; `mgc::DropoutSeeds` does so. Networks without dropout
    /// draw no masks.
    ///
    /// ```
    /// use candle_nn::{ModuleT, VarBuilder, VarMap};
    /// use mgc_nets::{NetConfig, Variant, broadcast_net, candle::{DType, Device, Tensor}};
    /// let config = NetConfig { blocks: 1, ..Variant::Dropout.config(10) };
    /// let net = broadcast_net(&config, VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu))?;
    /// let spectrograms = Tensor::randn(0f32, 1., (2, 1, 16, 8), &Device::Cpu)?;
    /// let pass = || net.forward_t(&spectrograms, true)?.to_vec2::<f32>();
    /// net.reseed_dropout(1, 0);
    /// let (first, second) = (pass()?, pass()?);
    /// net.reseed_dropout(1, 0);
    /// assert_eq!(first, pass()?);
    /// assert_ne!(first, second);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn reseed_dropout(&self, seed: u64, epoch: usize) {
        self.head.dropout.masks.reseed(seed, epoch);
    }

    pub(crate) fn features<P: Pass>(&self, pass: &mut P, x: &P::Map) -> Result<P::Map> {
        let x = self.trunk.forward(pass, x)?;
        self.head.features(pass, &x)
    }

    /// Walks the whole network: features and logits.
    pub(crate) fn outputs<P: Pass>(&self, pass: &mut P, x: &P::Map) -> Result<(P::Map, P::Map)> {
        let features = self.features(pass, x)?;
        let kept = self.head.drop(pass, &features)?;
        let logits = self.head.logits(pass, &kept)?;
        Ok((features, logits))
    }

    pub(crate) fn check_input(&self, xs: &Tensor) -> Result<()> {
        let (frames, bands) = self.config.min_input();
        match *xs.dims() {
            [n, 1, t, f] if n > 0 && t >= frames && f >= bands => Ok(()),
            _ => bail!(
                "expected spectrograms (N, 1, frames >= {frames}, bands >= {bands}), got {:?}",
                xs.dims()
            ),
        }
    }
}

impl ModuleT for BroadcastNet {
    /// Maps spectrograms (N, 1, frames, bands) to logits (N, classes). Only a training pass updates running
    /// statistics and draws a dropout mask.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.check_input(xs)?;
        Ok(self.outputs(&mut Run { train }, xs)?.1)
    }
}
