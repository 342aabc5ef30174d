//! The kinds of block.

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
