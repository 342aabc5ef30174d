//! The configuration of a trunk.

use super::entry::TrunkEntry;
use crate::activation::Activation;
use crate::ops::batch_norm::BatchNormConfig;
use candle::{Result, bail};

/// Branches of a block; each adds `growth` channels.
pub(crate) const BRANCHES: usize = 4;

/// The kernel of the stem's convolution.
pub(crate) const STEM_KERNEL: (usize, usize) = (3, 3);

// Far beyond any use, and small enough that no product of them overflows.
const MAX_WIDTH: usize = 4_096;
const MAX_BLOCKS: usize = 64;
const MAX_KERNEL: usize = 31;
const MAX_TAIL: usize = 4;

/// A sequence of broadcast blocks (Liu et al. 2020), with what precedes and follows it.
///
/// Each block appends four branches of `growth` channels to what it reads. Each branch starts with its own
/// batch normalisation and activation. b1 is a 1x1 convolution; b3 and b5 are a 1x1 convolution, a
/// normalisation and further convolutions; bp is a 3x3 max pool before the normalisation and a 1x1
/// convolution.
///
/// Kernels are (rows, columns), both odd and up to 31, with 'same' padding. A branch has at most 4
/// convolutions after its second normalisation, without activations between them. Without any, the branch
/// ends with its normalised, activated bottleneck.
#[derive(Debug, Clone, PartialEq)]
pub struct TrunkConfig {
    /// The layers before the first block.
    pub entry: TrunkEntry,
    /// Channels that the first block reads, 1 to 4,096.
    pub width: usize,
    /// Channels of each branch, 1 to 4,096.
    pub growth: usize,
    /// Blocks, 1 to 64.
    pub blocks: usize,
    /// Kernels of the convolutions after b3's second normalisation.
    pub kernels3: Vec<(usize, usize)>,
    /// Kernels of the convolutions after b5's second normalisation.
    pub kernels5: Vec<(usize, usize)>,
    /// Applied after every normalisation.
    pub activation: Activation,
    /// Added to variances, greater than 0.
    pub epsilon: f64,
    /// The layers after the last block.
    pub exit: TrunkExit,
}

/// The layers after the last block of a trunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TrunkExit {
    /// None: the output has the channels of the first block's input and of all blocks.
    #[default]
    Map,
    /// None; the output has only the channels that the blocks append.
    Appended,
    /// A 1x1 convolution to this many channels, 1 to 4,096.
    Conv(usize),
    /// A normalisation, the activation and a 1x1 convolution to this many channels, 1 to 4,096.
    NormConv(usize),
}

impl Default for TrunkConfig {
    /// Returns one block of the published network: 32 channels in every branch, one 3x3 convolution in b5,
    /// ReLU, Keras' epsilon; no stem, no exit.
    fn default() -> Self {
        Self {
            entry: TrunkEntry::Map,
            width: 32,
            growth: 32,
            blocks: 1,
            kernels3: vec![],
            kernels5: vec![(3, 3)],
            activation: Activation::Relu,
            epsilon: 1e-3,
            exit: TrunkExit::Map,
        }
    }
}

impl TrunkConfig {
    /// Returns how many channels block `block` (from 0) reads; for `blocks`, how many there are after the
    /// last.
    ///
    /// ```
    /// use mgc_ops::TrunkConfig;
    /// let config = TrunkConfig { blocks: 3, ..TrunkConfig::default() };
    /// assert_eq!([0, 1, 3].map(|block| config.channels(block)), [32, 160, 416]);
    /// ```
    pub const fn channels(&self, block: usize) -> usize {
        self.width + BRANCHES * self.growth * block
    }

    /// Returns how many channels the input has.
    ///
    /// ```
    /// use mgc_ops::{TrunkConfig, TrunkEntry, TrunkStem};
    /// assert_eq!(TrunkConfig::default().inputs(), 32);
    /// let entry = TrunkEntry::Stem(TrunkStem { pool: (2, 2), coordinate: Some(20.) });
    /// assert_eq!(TrunkConfig { entry, ..TrunkConfig::default() }.inputs(), 1);
    /// ```
    pub const fn inputs(&self) -> usize {
        match self.entry {
            TrunkEntry::Map => self.width,
            TrunkEntry::Stem(_) => 1,
        }
    }

    /// Returns how many channels the output has.
    ///
    /// ```
    /// use mgc_ops::{TrunkConfig, TrunkExit};
    /// let with = |exit| TrunkConfig { exit, ..TrunkConfig::default() }.outputs();
    /// assert_eq!([TrunkExit::Map, TrunkExit::Appended, TrunkExit::Conv(8)].map(with), [160, 128, 8]);
    /// ```
    pub const fn outputs(&self) -> usize {
        let all = self.channels(self.blocks);
        match self.exit {
            TrunkExit::Map => all,
            TrunkExit::Appended => all - self.width,
            TrunkExit::Conv(outputs) | TrunkExit::NormConv(outputs) => outputs,
        }
    }

    /// Returns the rows and columns of the input that become one place of the maps.
    pub(crate) const fn pool(&self) -> (usize, usize) {
        match self.entry {
            TrunkEntry::Map => (1, 1),
            TrunkEntry::Stem(stem) => stem.pool,
        }
    }

    pub(crate) fn norm(&self) -> BatchNormConfig {
        BatchNormConfig { epsilon: self.epsilon, activation: self.activation }
    }

    pub(crate) fn validate(&self) -> Result<()> {
        let sizes = [
            ("width", self.width, MAX_WIDTH),
            ("growth", self.growth, MAX_WIDTH),
            ("blocks", self.blocks, MAX_BLOCKS),
        ];
        for (name, size, max) in sizes {
            if !(1..=max).contains(&size) {
                bail!("broadcast_trunk: {name} is {size}, expected 1 to {max}")
            }
        }
        if let TrunkExit::Conv(outputs) | TrunkExit::NormConv(outputs) = self.exit
            && !(1..=MAX_WIDTH).contains(&outputs)
        {
            bail!("broadcast_trunk: the exit has {outputs} channels, expected 1 to {MAX_WIDTH}")
        }
        if let TrunkEntry::Stem(stem) = self.entry {
            stem.validate()?;
        }
        validate_kernels("kernels3", &self.kernels3)?;
        validate_kernels("kernels5", &self.kernels5)?;
        if self.epsilon.is_nan() || self.epsilon <= 0.0 {
            bail!("broadcast_trunk: epsilon is {}, it must be above 0", self.epsilon)
        }
        Ok(())
    }
}

fn validate_kernels(name: &str, kernels: &[(usize, usize)]) -> Result<()> {
    if kernels.len() > MAX_TAIL {
        bail!("broadcast_trunk: {name} has {} convolutions, expected at most {MAX_TAIL}", kernels.len())
    }
    let fits = |side: usize| side % 2 == 1 && side <= MAX_KERNEL;
    match kernels.iter().find(|(rows, cols)| !fits(*rows) || !fits(*cols)) {
        Some(kernel) => {
            bail!("broadcast_trunk: {name} holds {kernel:?}, expected odd sides of at most {MAX_KERNEL}")
        }
        None => Ok(()),
    }
}
