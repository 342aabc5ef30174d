//! The configuration of a network, as plain data.

pub(crate) mod checks;
pub(crate) mod sizes;
mod validate;
pub(crate) mod variant;

use mgc_ops::Activation;

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
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct NetConfig {
    /// Number of classes, 2 to 100,000.
    pub classes: usize,
    /// The layers before the first block.
    pub stem: Stem,
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
    /// 3x3 convolution, normalisation, activation, max pool over four frames: Liu's network.
    Broadcast,
    /// The six convolutions and the max pool of Inception-ResNet v1 (Szegedy et al. 2016). Its convolutions
    /// have 1, 1, 2, 5/2, 6 and 8 times `width` filters, each followed by normalisation and activation.
    InceptionResnet,
}

/// The kind of block.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Block {
    /// Four branches of `growth` filters each, concatenated with the block's input (Liu et al. 2020).
    Broadcast(BroadcastBlock),
    /// Normalisation, activation and a separable 3x3 convolution to `4 * growth` channels, concatenated with
    /// the block's input (after Chollet 2017).
    Separable,
    /// The residual blocks A, B, C, A, ... of Inception-ResNet v1: branches of `growth` filters, projected to
    /// the input's channels and added to the input.
    InceptionResnet,
}

/// A broadcast block.
///
/// Every branch begins with normalisation, activation and a 1x1 convolution; the fourth has a 3x3 max pool
/// before them. The second and third branch continue with normalisation, activation and convolutions.
///
/// The default is the block of Liu's network.
///
/// ```
/// use mgc_nets::BroadcastBlock;
/// let factorised = BroadcastBlock { kernels5: vec![(5, 1), (1, 5)], ..BroadcastBlock::default() };
/// assert_eq!(factorised.kernels3, [(3, 3)]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct BroadcastBlock {
    /// Kernels of the convolutions that end the second branch, in order, each (frames, bands). Sides are odd
    /// and at most 31; at most four kernels. Liu: one of 3x3. Without any, the branch ends with its
    /// activation.
    pub kernels3: Vec<(usize, usize)>,
    /// The same for the third branch. Liu: one of 5x5.
    pub kernels5: Vec<(usize, usize)>,
    /// Reduction ratio of squeeze-and-excitation (Hu et al. 2018) over the branches' output, if any: global
    /// max pool, a dense layer to `1 / ratio` of the channels, one back, and a sigmoid gate for each channel.
    pub squeeze_ratio: Option<usize>,
    /// Units of the LSTM in a fifth branch, if any: normalisation, activation, 1x1 convolution, mean over
    /// bands, an LSTM over frames, its states repeated over the bands.
    pub lstm_units: Option<usize>,
}

impl Default for BroadcastBlock {
    fn default() -> Self {
        Self { kernels3: vec![(3, 3)], kernels5: vec![(5, 5)], squeeze_ratio: None, lstm_units: None }
    }
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
    /// Batch normalisation (Ioffe and Szegedy 2015): epsilon 1e-3, momentum 0.99, as in Keras.
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
