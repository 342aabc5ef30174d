//! The broadcast network: stem, blocks, transition, head.

use crate::broadcast::Trunk;
use crate::config::{KernelInit, NetConfig, Transition};
use crate::layers::{Conv, Norm};
use candle::{Result, Tensor, bail};
use candle_nn::{Init, Linear, Module, ModuleT, VarBuilder};
use mgc_ops::{Window, avg_pool2d, max_pool2d};

/// The stem's pool: four frames, one band.
const STEM_POOL: (usize, usize) = (4, 1);
/// The transition's pool.
const TRANSITION_POOL: (usize, usize) = (2, 2);

/// A network that maps log-mel spectrograms to genre logits; made by [`broadcast_net`].
#[derive(Debug, Clone)]
pub struct BroadcastNet {
    config: NetConfig,
    stem: ConvNorm,
    trunk: Trunk,
    trans: ConvNorm,
    head_bn: Norm,
    fc: Linear,
}

/// The convolution and the normalisation of the stem or the transition.
#[derive(Debug, Clone)]
struct ConvNorm {
    conv: Conv,
    bn: Norm,
}

/// Builds a network whose tensors come from `vb`.
///
/// Names: `stem.{conv,bn}`, `blockN.{b1,bp}.{bn,conv}`, `blockN.{b3,b5}.{bn1,conv1,bn2,conv2}`, `trans.{conv,bn}`,
/// `head.{bn,fc}`, each with `weight` and `bias`, normalisations with `running_mean` and `running_var` too.
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
    let (width, init) = (config.width, config.kernel_init);
    let trunk = Trunk::new(config, &vb)?;
    let last = trunk.channels();
    let trans_norm = match config.transition {
        Transition::PreActivation => last,
        Transition::PostActivation => width,
    };
    Ok(BroadcastNet {
        config: config.clone(),
        stem: ConvNorm::new((1, width), 3, width, init, &vb.pp("stem"))?,
        trunk,
        trans: ConvNorm::new((last, width), 1, trans_norm, init, &vb.pp("trans"))?,
        head_bn: Norm::new(width, &vb.pp("head.bn"))?,
        fc: classifier(width, config.classes, &vb.pp("head.fc"))?,
    })
}

fn classifier(inputs: usize, classes: usize, vb: &VarBuilder<'_>) -> Result<Linear> {
    let init = KernelInit::GlorotUniform.hint(inputs as f64, classes as f64);
    let weight = vb.get_with_hints((classes, inputs), "weight", init)?;
    Ok(Linear::new(weight, Some(vb.get_with_hints(classes, "bias", Init::Const(0.))?)))
}

impl ConvNorm {
    fn new(
        channels: (usize, usize),
        kernel: usize,
        normalised: usize,
        init: KernelInit,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let conv = Conv::new(channels, kernel, init, &vb.pp("conv"))?;
        Ok(Self { conv, bn: Norm::new(normalised, &vb.pp("bn"))? })
    }

    fn conv_first(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.bn.forward_t(&self.conv.forward(xs)?, train)
    }

    fn norm_first(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.conv.forward(&self.bn.forward_t(xs, train)?)
    }
}

impl BroadcastNet {
    /// The configuration the network was built from.
    pub fn config(&self) -> &NetConfig {
        &self.config
    }

    /// The vector the classifier sees: an embedding of the clip.
    ///
    /// # Shapes
    /// - `xs`: (N, 1, frames, bands), dB, at least [`NetConfig::MIN_INPUT`]
    /// - output: (N, width)
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn features_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        check_input(xs)?;
        let xs = self.stem.conv_first(xs, train)?;
        let xs = max_pool2d(&xs, &Window::valid(STEM_POOL, STEM_POOL))?;
        let xs = self.trunk.forward_t(&xs, train)?;
        let xs = self.transition_t(&xs, train)?;
        self.head_bn.forward_t(&xs, train)?.flatten_from(2)?.mean(2)
    }

    fn transition_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        match self.config.transition {
            Transition::PreActivation => {
                avg_pool2d(&self.trans.norm_first(xs, train)?, TRANSITION_POOL, TRANSITION_POOL)
            }
            Transition::PostActivation => {
                let xs = self.trans.conv_first(xs, train)?;
                max_pool2d(&xs, &Window::valid(TRANSITION_POOL, TRANSITION_POOL))
            }
        }
    }
}

impl ModuleT for BroadcastNet {
    /// (N, 1, frames, bands) -> logits (N, classes); running statistics move only when `train`.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.fc.forward(&self.features_t(xs, train)?)
    }
}

fn check_input(xs: &Tensor) -> Result<()> {
    let (frames, bands) = NetConfig::MIN_INPUT;
    match *xs.dims() {
        [n, 1, t, f] if n > 0 && t >= frames && f >= bands => Ok(()),
        _ => bail!("expected spectrograms (N, 1, frames >= {frames}, bands >= {bands}), got {:?}", xs.dims()),
    }
}
