//! The named networks: the only file a new one touches.

use crate::config::{Branch3, KernelInit, NetConfig, Transition};
use crate::error::Error;
use std::fmt;
use std::str::FromStr;

/// A published network by name.
///
/// ```
/// use mgc_nets::Variant;
/// let variant: Variant = "proposed".parse()?;
/// assert_eq!(variant, Variant::Proposed);
/// assert_eq!(variant.config(10).blocks, 4);
/// # Ok::<(), mgc_nets::Error>(())
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variant {
    /// Bottom-up broadcast network of Liu et al. (2020), as its published code and weights define it: 3 blocks,
    /// 190,826 parameters at 10 classes. The baseline of Heakl et al. (2022).
    Bbnn,
    /// The network proposed by Heakl et al. (2022), as the authors' Ballroom and FMA notebooks define it: 4 blocks
    /// without the second branch's 3x3 convolution, 3x3 instead of 5x5, 186,026 parameters at 10 classes.
    ///
    /// The paper's figure draws another one (3x1 and 1x3 factors, a pre-activation transition), and the 202,010
    /// parameters its notebooks print belong to the squeeze-and-excitation variant.
    Proposed,
}

impl Variant {
    /// Every variant, in the order of the paper's Table III.
    pub const ALL: [Self; 2] = [Self::Bbnn, Self::Proposed];

    /// The name used on command lines and in saved models.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bbnn => "bbnn",
            Self::Proposed => "proposed",
        }
    }

    /// The network for a number of classes.
    pub const fn config(self, classes: usize) -> NetConfig {
        let bbnn = NetConfig {
            classes,
            width: 32,
            blocks: 3,
            branch3: Branch3::Conv,
            branch5: 5,
            transition: Transition::PreActivation,
            kernel_init: KernelInit::GlorotUniform,
        };
        match self {
            Self::Bbnn => bbnn,
            Self::Proposed => NetConfig {
                blocks: 4,
                branch3: Branch3::Bottleneck,
                branch5: 3,
                transition: Transition::PostActivation,
                kernel_init: KernelInit::LecunNormal,
                ..bbnn
            },
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Variant {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|variant| variant.name() == name);
        found.ok_or_else(|| Error::UnknownVariant { name: name.to_owned() })
    }
}
