//! What a broadcast network is made of, as plain data.

use crate::error::{Error, Result};

// Far beyond any use, and small enough that no product of them overflows.
const MAX_CLASSES: usize = 100_000;
const MAX_WIDTH: usize = 4_096;
const MAX_BLOCKS: usize = 64;
const MAX_KERNEL: usize = 31;

/// A broadcast network, from stem to classifier.
///
/// The network maps log-mel spectrograms (N, 1, frames, bands) in dB, not normalised, to logits (N, classes):
/// stem, `blocks` broadcast blocks (each adds `4 * width` channels to what it was given), transition, head.
///
/// Named presets are [`Variant`](crate::Variant)s; this struct also describes networks nobody published.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct NetConfig {
    /// Classes, 2 to 100,000.
    pub classes: usize,
    /// Filters of the stem, of each branch and of the transition, 1 to 4,096. All published networks: 32.
    pub width: usize,
    /// Broadcast blocks, 1 to 64.
    pub blocks: usize,
    /// What follows the bottleneck of the second branch.
    pub branch3: Branch3,
    /// Kernel of the third branch, along time and mel bands: odd, at most 31. Liu: 5, the proposed network: 3.
    pub branch5: usize,
    /// How the blocks' channels are brought back to `width`.
    pub transition: Transition,
    /// How convolution kernels start; the classifier always starts glorot-uniform.
    pub kernel_init: KernelInit,
}

/// The second branch after its bottleneck (1x1 convolution, normalisation, activation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Branch3 {
    /// Nothing: the normalised, activated bottleneck is the branch's output.
    Bottleneck,
    /// A 3x3 convolution.
    Conv,
}

/// The layers between the last block and the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Transition {
    /// Normalise, activate, 1x1 convolution, 2x2 average pool: Liu's network and the paper's figure.
    PreActivation,
    /// 1x1 convolution, normalise, activate, 2x2 max pool: the notebooks of the paper.
    PostActivation,
}

/// The distribution a convolution kernel starts from, as Keras defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum KernelInit {
    /// Uniform in ± sqrt(6 / (fan in + fan out)).
    GlorotUniform,
    /// Truncated normal with deviation sqrt(1 / fan in).
    LecunNormal,
}

impl NetConfig {
    /// Checks the configuration without allocating anything.
    ///
    /// # Errors
    /// [`Error::Config`] naming the field, its value and what it must be.
    pub fn validate(&self) -> Result<()> {
        let check = |field, value: usize, valid: bool, expected| match valid {
            true => Ok(()),
            false => Err(Error::Config { field, value, expected }),
        };
        let Self { classes, width, blocks, branch5, .. } = *self;
        check("classes", classes, (2..=MAX_CLASSES).contains(&classes), "2 to 100,000")?;
        check("width", width, (1..=MAX_WIDTH).contains(&width), "1 to 4,096")?;
        check("blocks", blocks, (1..=MAX_BLOCKS).contains(&blocks), "1 to 64")?;
        check("branch5", branch5, branch5 % 2 == 1 && branch5 <= MAX_KERNEL, "an odd kernel size up to 31")
    }

    /// The smallest input, in (frames, bands), that every pool of the network can halve.
    pub const MIN_INPUT: (usize, usize) = (8, 2);
}
