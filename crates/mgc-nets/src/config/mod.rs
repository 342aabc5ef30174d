//! The configuration of a network, as plain data.

mod block;
pub(crate) mod checks;
#[cfg(feature = "serde")]
mod defaults;
pub(crate) mod sizes;
mod validate;
pub(crate) mod variant;

pub use block::{Block, BroadcastBlock};

use mgc_ops::Activation;

/// Frames and bands of the published stem's pool.
pub(crate) const STEM_POOL: (usize, usize) = (4, 1);

/// Keras' share of the old running statistics in the new ones.
pub(crate) const MOMENTUM: f64 = 0.99;

/// A broadcast network, from stem to classifier.
///
/// The network maps log-mel spectrograms (N, 1, frames, bands), in dB and not normalised, to logits
/// (N, classes). Its parts are a stem, `blocks` blocks, a transition and a head. All parts combine freely;
/// [`validate`](Self::validate) says why a configuration cannot be built.
///
/// The published networks are presets ([`Variant::config`](crate::Variant::config)). Any other network is a
/// change to one of them:
///
/// ```
/// use mgc_nets::{BroadcastBlock, Block, NetConfig, Norm, Variant};
/// let factorised = BroadcastBlock { kernels5: vec![(7, 1), (1, 7)], ..BroadcastBlock::default() };
/// let config = NetConfig {
///     blocks: 6,
///     growth: 16,
///     block: Block::Broadcast(factorised),
///     norm: Norm::Group,
///     ..Variant::Bbnn.config(13)
/// };
/// config.validate()?;
/// # Ok::<(), mgc_nets::Error>(())
/// ```
///
/// The default is [`Variant::Bbnn`](crate::Variant::Bbnn) for ten classes.
///
/// Written with serde, `stem_pool`, `coordinate` and `norm_momentum` are absent at their defaults, as in files
/// that are older than they.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct NetConfig {
    /// Number of classes, 2 to 100,000.
    pub classes: usize,
    /// The layers before the first block.
    pub stem: Stem,
    /// Window and stride of the stem's max pool, (frames, bands), each 1 to 64. Published networks: (4, 1).
    /// (2, 2) costs the same and keeps more of the rhythm. [`Stem::InceptionResnet`] has a pool of its own;
    /// there it must be (4, 1).
    #[cfg_attr(
        feature = "serde",
        serde(default = "defaults::stem_pool", skip_serializing_if = "defaults::is_stem_pool")
    )]
    pub stem_pool: (usize, usize),
    /// Range of a second input of the first convolution, if any: the position of each band, from minus this
    /// in the lowest to this in the highest, as if it were dB (Koutini et al. 2019). Without it the network
    /// sees neighbouring bands but hardly where they lie. Above 0 and at most 1,000.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub coordinate: Option<f64>,
    /// Filters of the stem and of the transition, 1 to 4,096. [`Stem::InceptionResnet`] derives all its
    /// layers' filters from it. Published networks: 32; `inception_resnet`: 12.
    pub width: usize,
    /// The kind of block.
    pub block: Block,
    /// Number of blocks, 1 to 64.
    pub blocks: usize,
    /// Filters of each branch of a block, 1 to 4,096. All published networks: 32.
    pub growth: usize,
    /// The layers between the last block and the head.
    pub transition: Transition,
    /// The kind of normalisation.
    pub norm: Norm,
    /// Share of the old running statistics in the new ones after a training pass, 0 to below 1; the rest is
    /// the batch's. Published networks: Keras' 0.99. Group normalisations have none.
    #[cfg_attr(
        feature = "serde",
        serde(default = "defaults::norm_momentum", skip_serializing_if = "defaults::is_norm_momentum")
    )]
    pub norm_momentum: f64,
    /// The activation after every normalisation.
    pub activation: Activation,
    /// The pool that turns the head's map into a vector.
    pub head_pool: HeadPool,
    /// Probability that a training pass drops a feature before the dense layer, 0 to below 1.
    pub dropout: f64,
    /// The initial distribution of convolution kernels. Dense layers always start Glorot-uniform.
    pub kernel_init: KernelInit,
}

/// The layers before the first block.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Stem {
    /// 3x3 convolution, normalisation, activation, max pool over [`NetConfig::stem_pool`]: Liu's network.
    Broadcast,
    /// The six convolutions and the max pool of Inception-ResNet v1 (Szegedy et al. 2016). Its convolutions
    /// have 1, 1, 2, 5/2, 6 and 8 times `width` filters, each followed by normalisation and activation.
    InceptionResnet,
}

/// The layers between the last block and the head.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Transition {
    /// No layers: the head reads the output of the last block.
    None,
    /// Normalisation, activation, 1x1 convolution, 2x2 average pool: Liu's network and the paper's figure.
    PreActivation,
    /// 1x1 convolution, normalisation, activation, 2x2 max pool: the paper's notebooks.
    PostActivation,
}

/// The kind of normalisation.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Norm {
    /// Batch normalisation (Ioffe and Szegedy 2015): epsilon 1e-3, as in Keras.
    Batch,
    /// Group normalisation (Wu and He 2018): 16 channels in a group, epsilon 1e-3.
    Group,
}

/// The pool that turns the head's map into a vector.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum HeadPool {
    /// The mean of each channel.
    Average,
    /// The maximum of each channel.
    Max,
    /// Each channel in this many sub-bands, 1 to 128: the mean over a sub-band's bands is a curve over time,
    /// of which the mean and the maximum are taken (over the whole spectrum, Kong et al. 2020). The vector
    /// has all means, channel by channel from the lowest sub-band to the highest, then all maxima.
    ///
    /// Of B bands sub-band `i` of `n` has those from `i * B / n` to before `(i + 1) * B / n`, rounded down.
    SubBands(usize),
}

/// The initial distribution of a convolution kernel, as Keras defines it.
///
/// Keras truncates normal draws at two deviations, and so do builders such as `mgc_train::seeded`. candle's
/// own (`VarBuilder::from_varmap`) does not truncate, so normal kernels start 14 % wider there.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum KernelInit {
    /// Uniform in ± sqrt(6 / (fan in + fan out)).
    GlorotUniform,
    /// Truncated normal with deviation sqrt(1 / fan in).
    LecunNormal,
}
