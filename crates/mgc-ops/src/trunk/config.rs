//! What a trunk is made of.

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

/// A run of broadcast blocks (Liu et al. 2020), with what stands before and behind it.
///
/// Each block normalises what it reads per branch (batch norm and activation) and appends four branches of
/// `growth` channels: b1, a 1x1 convolution; b3 and b5, a 1x1 convolution, a normalisation and further
/// convolutions; bp, a 3x3 max pool before the normalisation and a 1x1 convolution.
///
/// Kernels are (rows, columns), both odd and up to 31, with 'same' padding. The convolutions of a branch follow
/// each other with nothing between; there are at most 4. Without any, the branch ends with its normalised,
/// activated bottleneck.
#[derive(Debug, Clone, PartialEq)]
pub struct TrunkConfig {
    /// What becomes of the input.
    pub entry: Entry,
    /// Channels that the first block reads, 1 to 4,096.
    pub width: usize,
    /// Channels of each branch, 1 to 4,096.
    pub growth: usize,
    /// Blocks, 1 to 64.
    pub blocks: usize,
    /// Kernels of the convolutions behind b3's second normalisation.
    pub kernels3: Vec<(usize, usize)>,
    /// Kernels of the convolutions behind b5's second normalisation.
    pub kernels5: Vec<(usize, usize)>,
    /// Applied behind every normalisation.
    pub activation: Activation,
    /// Added to variances, greater than 0.
    pub epsilon: f64,
    /// What becomes of the channels behind the last block.
    pub exit: Exit,
}

/// What stands before the first block of a trunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Entry {
    /// Nothing: the input has the channels that the first block reads.
    #[default]
    Map,
    /// The input has one channel: a 3x3 convolution to [`TrunkConfig::width`] channels, 'same', a normalisation, the activation, and
    /// the maximum of each so many rows, 1 to 4,096; rows that fill no window are left out.
    Stem(usize),
}

/// What becomes of all channels behind the last block of a trunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Exit {
    /// They are the output.
    #[default]
    Map,
    /// A 1x1 convolution to so many channels, 1 to 4,096.
    Conv(usize),
    /// A normalisation, the activation and a 1x1 convolution to so many channels, 1 to 4,096.
    NormConv(usize),
}

impl TrunkConfig {
    /// Channels that block number `block` (from 0) reads; for `blocks`, those of the exit.
    pub const fn channels(&self, block: usize) -> usize {
        self.width + BRANCHES * self.growth * block
    }

    /// Channels of the input.
    pub const fn inputs(&self) -> usize {
        match self.entry {
            Entry::Map => self.width,
            Entry::Stem(_) => 1,
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
        if let Exit::Conv(outputs) | Exit::NormConv(outputs) = self.exit
            && !(1..=MAX_WIDTH).contains(&outputs)
        {
            bail!("broadcast_trunk: the exit has {outputs} channels, expected 1 to {MAX_WIDTH}")
        }
        if let Entry::Stem(rows) = self.entry
            && !(1..=MAX_WIDTH).contains(&rows)
        {
            bail!("broadcast_trunk: the stem's pool has {rows} rows, expected 1 to {MAX_WIDTH}")
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
