//! What a network is made of, as plain data.

pub(crate) mod sizes;
mod validate;
pub(crate) mod variant;

/// A network from stem to classifier.
///
/// It maps log-mel spectrograms (N, 1, frames, bands) in dB, not normalised, to logits (N, classes): stem, `blocks`
/// blocks, transition, head. All parts can be combined; what cannot be built is an error of
/// [`validate`](Self::validate) that says why.
///
/// Named presets are [`Variant`](crate::Variant)s; this struct also describes networks nobody published:
///
/// ```
/// use mgc_nets::{BroadcastBlock, Block, NetConfig, Norm, Variant};
/// let config = NetConfig {
///     blocks: 6,
///     growth: 16,
///     block: Block::Broadcast(BroadcastBlock { kernels5: vec![(7, 1), (1, 7)], ..BroadcastBlock::default() }),
///     norm: Norm::Group,
///     ..Variant::Bbnn.config(13)
/// };
/// config.validate()?;
/// # Ok::<(), mgc_nets::Error>(())
/// ```
///
/// The default is Liu's network ([`Variant::Bbnn`](crate::Variant::Bbnn)) for ten classes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NetConfig {
    /// Classes, 2 to 100,000.
    pub classes: usize,
    /// The layers before the first block.
    pub stem: Stem,
    /// Filters of the stem (of its first convolution, for [`Stem::InceptionResnet`]) and of the transition, 1 to
    /// 4,096. Published networks: 32; `inception_resnet`: 12.
    pub width: usize,
    /// What a block is.
    pub block: Block,
    /// Blocks, 1 to 64.
    pub blocks: usize,
    /// Filters of each branch of a block, 1 to 4,096. All published networks: 32.
    pub growth: usize,
    /// The layers between the last block and the head.
    pub transition: Transition,
    /// What normalises maps.
    pub norm: Norm,
    /// What follows every normalisation.
    pub activation: Activation,
    /// How the head turns maps into a vector.
    pub head_pool: HeadPool,
    /// Share of the head's features that a training pass drops, 0 to below 1.
    pub dropout: f64,
    /// Share of the training target that is spread evenly over all classes, 0 to below 1. It belongs to the loss of
    /// training; evaluation uses the plain loss.
    pub label_smoothing: f64,
    /// How convolution kernels start; dense layers always start glorot-uniform.
    pub kernel_init: KernelInit,
}

/// The layers before the first block.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Stem {
    /// 3x3 convolution, normalisation, activation, max pool over four frames: Liu's network.
    Broadcast,
    /// The six convolutions and the max pool of Inception-ResNet v1 (Szegedy et al. 2016), with
    /// 1, 1, 2, 5/2, 6 and 8 times `width` filters, each followed by normalisation and activation.
    InceptionResnet,
}

/// What a block reads and makes.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Block {
    /// Four branches of `growth` filters, appended to what the block was given (Liu et al. 2020).
    Broadcast(BroadcastBlock),
    /// Normalisation, activation and a separable 3x3 convolution to `4 * growth` channels, appended to what the
    /// block was given (after Chollet 2017).
    Separable,
    /// The residual blocks A, B, C, A, ... of Inception-ResNet v1: branches of `growth` filters brought back to the
    /// block's channels and added to what it was given.
    InceptionResnet,
}

/// A broadcast block. Every branch begins with normalisation, activation and a 1x1 convolution (the fourth with a
/// 3x3 max pool before them); the second and third go on with normalisation, activation and convolutions.
///
/// The default is Liu's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct BroadcastBlock {
    /// The convolutions that end the second branch, one after the other, each (frames, bands), odd, up to 31; at
    /// most four. Liu: one of 3x3. Without any, the branch ends with its activated bottleneck.
    pub kernels3: Vec<(usize, usize)>,
    /// The same for the third branch. Liu: one of 5x5.
    pub kernels5: Vec<(usize, usize)>,
    /// Squeeze-and-excitation of the appended channels: global max pool, dense layers to one `ratio`th of the
    /// channels and back, a gate in (0, 1) for each channel.
    pub squeeze_ratio: Option<usize>,
    /// A fifth branch: normalisation, activation, 1x1 convolution, mean over bands, an LSTM of so many units over
    /// time, its states repeated over the bands.
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
    /// None: the head reads the blocks' channels.
    None,
    /// Normalise, activate, 1x1 convolution, 2x2 average pool: Liu's network and the paper's figure.
    PreActivation,
    /// 1x1 convolution, normalise, activate, 2x2 max pool: the notebooks of the paper.
    PostActivation,
}

/// What normalises maps.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Norm {
    /// Batch normalisation (Ioffe and Szegedy 2015): epsilon 1e-3, momentum 0.99, as in Keras.
    Batch,
    /// Group normalisation (Wu and He 2018), 16 channels in a group, epsilon 1e-3.
    Group,
}

/// What follows every normalisation.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// Scaled exponential linear unit (Klambauer et al. 2017).
    Selu,
}

/// How the head turns maps into a vector.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum HeadPool {
    /// The mean of each channel.
    Average,
    /// The maximum of each channel.
    Max,
}

/// The distribution a convolution kernel starts from, as Keras defines it.
///
/// Builders that cut normals off at two deviations, such as `mgc_train::seeded`, give Keras' distribution; candle's own
/// (`VarBuilder::from_varmap`) does not cut, and its normal kernels start 14 % wider.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum KernelInit {
    /// Uniform in ± sqrt(6 / (fan in + fan out)).
    GlorotUniform,
    /// Truncated normal with deviation sqrt(1 / fan in).
    LecunNormal,
}
