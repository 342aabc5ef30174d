//! The layers of a network as data.

use mgc_ops::Window;
use std::fmt;

/// One layer of a network.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The prefix of its tensors' names, or a name made like one.
    pub name: String,
    /// What it does.
    pub kind: LayerKind,
    /// Where its kernel or pool lands; none for layers without.
    pub window: Option<Window>,
    /// Channels (features, behind a global pool) that it reads.
    pub inputs: usize,
    /// Its output: frames, bands, channels. A vector is 1 x 1 x features.
    pub output: [usize; 3],
    /// Values in its tensors, running statistics included.
    pub parameters: usize,
    /// Those that training by gradients changes.
    pub trainable: usize,
    /// Multiply-adds for one clip, [`u64::MAX`] where there are more; only convolutions, dense and recurrent layers are
    /// counted.
    pub macs: u64,
}

/// What a layer does.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// Convolution with bias.
    Conv,
    /// Convolution of each channel by itself, without bias.
    DepthwiseConv,
    /// Batch normalisation.
    BatchNorm,
    /// Group normalisation.
    GroupNorm,
    /// max(x, 0).
    Relu,
    /// Scaled exponential linear unit.
    Selu,
    /// 1 / (1 + exp(-x)).
    Sigmoid,
    /// Max pool.
    MaxPool,
    /// Average pool.
    AveragePool,
    /// Mean of each channel.
    GlobalAveragePool,
    /// Maximum of each channel.
    GlobalMaxPool,
    /// Joins channels.
    Concat,
    /// Sum of two maps.
    Add,
    /// A map times a factor for each channel.
    Multiply,
    /// Dense layer with bias.
    Dense,
    /// Mean over mel bands.
    MeanOverBands,
    /// Long short-term memory over frames.
    Lstm,
    /// The same in every mel band.
    RepeatOverBands,
    /// Dropout, in training passes only.
    Dropout,
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Conv => "conv",
            Self::DepthwiseConv => "depthwise conv",
            Self::BatchNorm => "batch norm",
            Self::GroupNorm => "group norm",
            Self::Relu => "ReLU",
            Self::Selu => "SELU",
            Self::Sigmoid => "sigmoid",
            Self::MaxPool => "max pool",
            Self::AveragePool => "average pool",
            Self::GlobalAveragePool => "global average pool",
            Self::GlobalMaxPool => "global max pool",
            Self::Concat => "concat",
            Self::Add => "add",
            Self::Multiply => "multiply",
            Self::Dense => "dense",
            Self::MeanOverBands => "mean over bands",
            Self::Lstm => "LSTM",
            Self::RepeatOverBands => "repeat over bands",
            Self::Dropout => "dropout",
        })
    }
}

/// All layers of a network for one size of input, in the order in which they run.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerTable {
    /// Frames and bands of the input.
    pub input: (usize, usize),
    /// The layers.
    pub layers: Vec<Layer>,
}

impl LayerTable {
    /// Values in all tensors.
    pub fn parameters(&self) -> usize {
        self.sum(|_| true)
    }

    /// Values that training by gradients changes.
    pub fn trainable(&self) -> usize {
        self.layers.iter().map(|layer| layer.trainable).sum()
    }

    /// Values in normalisations, running statistics included.
    pub fn norm_parameters(&self) -> usize {
        self.sum(|kind| matches!(kind, LayerKind::BatchNorm | LayerKind::GroupNorm))
    }

    /// Values in convolutions.
    pub fn conv_parameters(&self) -> usize {
        self.sum(|kind| matches!(kind, LayerKind::Conv | LayerKind::DepthwiseConv))
    }

    /// Multiply-adds for one clip, [`u64::MAX`] where there are more.
    pub fn macs(&self) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.macs))
    }

    fn sum(&self, wanted: impl Fn(LayerKind) -> bool) -> usize {
        self.layers.iter().filter(|layer| wanted(layer.kind)).map(|layer| layer.parameters).sum()
    }
}
