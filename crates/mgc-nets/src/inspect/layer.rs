//! The layers of a network as data.

use mgc_ops::Window;
use std::fmt;

/// A layer of a network.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// The prefix of its tensors' names; a name in the same style for layers without tensors.
    pub name: String,
    /// The operation.
    pub kind: LayerKind,
    /// Kernel, stride and padding of a convolution or pool.
    pub window: Option<Window>,
    /// Channels of its input; features, after a global pool.
    pub inputs: usize,
    /// Size of its output: frames, bands, channels. A vector is 1 x 1 x features.
    pub output: [usize; 3],
    /// Number of values in its tensors, running statistics included.
    pub parameters: usize,
    /// Number of values that gradient descent trains.
    pub trainable: usize,
    /// Multiply-adds for one clip, saturating at [`u64::MAX`]. Only convolutions, dense and recurrent layers
    /// count.
    pub macs: u64,
}

/// The operation of a layer.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// Appends the position of each band as a channel.
    Coordinate,
    /// Convolution with bias.
    Conv,
    /// Depthwise convolution, without bias.
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
    /// Mean and maximum over time of each channel's mean in each sub-band.
    SubBandPool,
    /// Concatenation of channels.
    Concat,
    /// Sum of two maps.
    Add,
    /// Product of a map and one factor per channel.
    Multiply,
    /// Dense layer with bias.
    Dense,
    /// Mean over mel bands.
    MeanOverBands,
    /// Long short-term memory over frames.
    Lstm,
    /// Repetition over mel bands.
    RepeatOverBands,
    /// Dropout, in training passes only.
    Dropout,
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Coordinate => "coordinate",
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
            Self::SubBandPool => "sub-band pool",
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

/// The layers of a network for one size of input, in the order of computation; made by
/// [`layer_table`](crate::layer_table).
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct LayerTable {
    /// Frames and bands of the input.
    pub input: (usize, usize),
    /// The layers.
    pub layers: Vec<Layer>,
}

impl LayerTable {
    /// Returns the number of values in all tensors, running statistics included.
    ///
    /// ```
    /// use mgc_nets::{Variant, layer_table};
    /// assert_eq!(layer_table(&Variant::Xception.config(10), (647, 128))?.parameters(), 145_322);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn parameters(&self) -> usize {
        self.sum(|_| true)
    }

    /// Returns the number of values that gradient descent trains.
    ///
    /// ```
    /// use mgc_nets::{Variant, layer_table};
    /// assert_eq!(layer_table(&Variant::Xception.config(10), (647, 128))?.trainable(), 143_338);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn trainable(&self) -> usize {
        self.layers.iter().map(|layer| layer.trainable).sum()
    }

    /// Returns the number of values in normalisations, running statistics included.
    ///
    /// ```
    /// use mgc_nets::{Variant, layer_table};
    /// assert_eq!(layer_table(&Variant::GroupNorm.config(10), (647, 128))?.norm_parameters(), 4_416);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn norm_parameters(&self) -> usize {
        self.sum(|kind| matches!(kind, LayerKind::BatchNorm | LayerKind::GroupNorm))
    }

    /// Returns the number of values in convolutions.
    ///
    /// ```
    /// use mgc_nets::{Variant, layer_table};
    /// let table = layer_table(&Variant::Bbnn.config(10), (647, 128))?;
    /// let dense = 33 * 10;
    /// assert_eq!(table.conv_parameters(), table.parameters() - table.norm_parameters() - dense);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn conv_parameters(&self) -> usize {
        self.sum(|kind| matches!(kind, LayerKind::Conv | LayerKind::DepthwiseConv))
    }

    /// Returns the multiply-adds for one clip, saturating at [`u64::MAX`].
    ///
    /// ```
    /// use mgc_nets::{Variant, layer_table};
    /// let config = Variant::Bbnn.config(10);
    /// assert_eq!(layer_table(&config, (647, 128))?.macs(), 3_716_804_928);
    /// assert!(layer_table(&config, (1294, 128))?.macs() > 2 * 3_716_804_928);
    /// # Ok::<(), mgc_nets::candle::Error>(())
    /// ```
    pub fn macs(&self) -> u64 {
        self.layers.iter().fold(0, |sum, layer| sum.saturating_add(layer.macs))
    }

    fn sum(&self, wanted: impl Fn(LayerKind) -> bool) -> usize {
        self.layers.iter().filter(|layer| wanted(layer.kind)).map(|layer| layer.parameters).sum()
    }
}
