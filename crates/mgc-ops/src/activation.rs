//! Activations that follow a normalisation.

use crate::real::Real;

/// What is applied to a normalised map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Activation {
    /// Nothing.
    #[default]
    Identity,
    /// `max(z, 0)`, with slope 0 at 0 as in Keras (candle's own `relu` has slope 1 there).
    Relu,
}

impl Activation {
    #[inline(always)]
    pub(crate) fn apply<T: Real>(self, z: T) -> T {
        match self {
            Self::Identity => z,
            Self::Relu if z <= T::zero() => T::zero(),
            Self::Relu => z, // not a number stays so
        }
    }

    /// `gradient` times the derivative at `z`.
    #[inline(always)]
    pub(crate) fn backward<T: Real>(self, z: T, gradient: T) -> T {
        match self {
            Self::Identity => gradient,
            Self::Relu if z <= T::zero() => T::zero(),
            Self::Relu => gradient,
        }
    }
}
