//! Plain convolutional networks.

pub(crate) mod config;

use crate::cnn::config::{CONV, CnnConfig, ConvStage, POOL, StagePool};
use crate::config::KernelInit;
use crate::layers::{Conv, Dense, DenseActivation, Masks};
use candle::{Result, Tensor, bail};
use candle_nn::{ModuleT, VarBuilder};
use mgc_ops::{Activation, ConvPoolConfig, Pool, conv_pool2d};

/// A plain convolutional network; made by [`plain_cnn`].
///
/// A clone shares its tensors with the original; its dropout masks continue on their own.
#[derive(Debug, Clone)]
pub struct PlainCnn {
    config: CnnConfig,
    stages: Vec<Stage>,
    dense: Vec<Dense>,
    masks: Masks,
}

#[derive(Debug, Clone)]
struct Stage {
    conv: Conv,
    pool: Pool,
    dropout: f64,
}

/// Builds a plain CNN whose tensors come from `vb`.
///
/// Names: `conv1`, `conv2`, ... for the stages and `fc1`, `fc2`, ... for the dense layers, the last of which
/// gives the logits; each has `weight` and `bias`. Layouts are torch's, and the last map is flattened channel
/// by channel.
///
/// New variables start as Keras' when `vb` is `mgc_train::seeded`: weights Glorot-uniform, biases 0.
///
/// # Errors
/// When the configuration is invalid ([`CnnConfig::validate`]) or `vb` cannot give a tensor.
///
/// # Example
/// ```
/// use candle_nn::{ModuleT, VarBuilder, VarMap};
/// use mgc_nets::{CnnConfig, candle::{DType, Device, Tensor}, plain_cnn};
/// let vars = VarMap::new();
/// let vb = VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu);
/// let net = plain_cnn(&CnnConfig::layers14(10), vb)?;
/// let spectrograms = Tensor::zeros((1, 1, 130, 128), DType::F32, &Device::Cpu)?;
/// assert_eq!(net.forward_t(&spectrograms, false)?.dims(), [1, 10]);
/// let parameters: usize = vars.all_vars().iter().map(|var| var.elem_count()).sum();
/// assert_eq!(parameters, 243_454);
/// # Ok::<(), mgc_nets::candle::Error>(())
/// ```
#[allow(clippy::needless_pass_by_value)] // candle's convention: constructors take the builder
pub fn plain_cnn(config: &CnnConfig, vb: VarBuilder<'_>) -> Result<PlainCnn> {
    config.validate()?;
    Ok(PlainCnn {
        config: config.clone(),
        stages: stages(config, &vb)?,
        dense: dense(config, &vb)?,
        masks: Masks::default(),
    })
}

fn stages(config: &CnnConfig, vb: &VarBuilder<'_>) -> Result<Vec<Stage>> {
    let inputs = std::iter::once(1).chain(config.stages.iter().map(|stage| stage.filters));
    let stage = |(i, (inputs, stage)): (usize, (usize, &ConvStage))| {
        let vb = vb.pp(format!("conv{i}"));
        let pool = match stage.pool {
            StagePool::Average => Pool::Average { kernel: POOL.kernel, stride: POOL.stride },
            StagePool::Max => Pool::Max(POOL),
        };
        let conv = Conv::new((inputs, stage.filters), CONV, KernelInit::GlorotUniform, &vb)?;
        Ok(Stage { conv, pool, dropout: stage.dropout })
    };
    (1..).zip(inputs.zip(&config.stages)).map(stage).collect()
}

fn dense(config: &CnnConfig, vb: &VarBuilder<'_>) -> Result<Vec<Dense>> {
    let inputs = std::iter::once(config.flattened()?).chain(config.hidden.iter().map(|layer| layer.units));
    let hidden = config.hidden.iter().map(|layer| (layer.units, layer.activation.into()));
    let outputs = hidden.chain([(config.classes, DenseActivation::Identity)]);
    let layer = |(i, (inputs, (outputs, activation)))| {
        Dense::new((inputs, outputs), activation, &vb.pp(format!("fc{i}")))
    };
    (1..).zip(inputs.zip(outputs)).map(layer).collect::<Result<_>>()
}

impl Stage {
    fn forward(&self, x: &Tensor, masks: Option<&Masks>) -> Result<Tensor> {
        let Conv { weight, bias, window, .. } = &self.conv;
        let config = ConvPoolConfig {
            window: *window,
            activation: Activation::Relu,
            pool: self.pool,
            dropout: masks.and_then(|masks| masks.draw(self.dropout)),
        };
        conv_pool2d(x, weight, bias, &config)
    }
}

impl PlainCnn {
    /// Returns the configuration that the network was built from.
    pub fn config(&self) -> &CnnConfig {
        &self.config
    }

    /// Restarts the sequence of dropout masks at the first one of an epoch; see
    /// [`BroadcastNet::reseed_dropout`](crate::BroadcastNet::reseed_dropout).
    ///
    /// ```
    /// use candle_nn::{ModuleT, VarBuilder, VarMap};
    /// use mgc_nets::{CnnConfig, candle::{DType, Device, Tensor}, plain_cnn};
    /// let mut config = CnnConfig { input: (10, 10), ..CnnConfig::layers14(10) };
    /// config.stages.truncate(2);
    /// let net = plain_cnn(&config, VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu))?;
    /// let x = Tensor::randn(0f32, 1., (2, 1, 10, 10), &Device::Cpu)?;
    /// let first = net.forward_t(&x, true)?.to_vec2::<f32>()?;
    /// net.reseed_dropout(0, 0);
    /// assert_eq!(net.forward_t(&x, true)?.to_vec2::<f32>()?, first);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn reseed_dropout(&self, seed: u64, epoch: usize) {
        self.masks.reseed(seed, epoch);
    }
}

impl ModuleT for PlainCnn {
    /// Maps spectrograms (N, 1, frames, bands) of the configured size to logits (N, classes). Only training
    /// passes drop values.
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        let (frames, bands) = self.config.input;
        if !matches!(*xs.dims(), [n, 1, t, f] if n > 0 && (t, f) == (frames, bands)) {
            bail!("expected spectrograms (N, 1, {frames}, {bands}), got {:?}", xs.dims())
        }
        let masks = train.then_some(&self.masks);
        let map = self.stages.iter().try_fold(xs.clone(), |x, stage| stage.forward(&x, masks))?;
        self.dense.iter().try_fold(map.flatten_from(1)?, |x, layer| layer.forward(&x))
    }
}
