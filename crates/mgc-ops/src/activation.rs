//! Activations that follow a normalisation.

use crate::scalar::real::Real;

/// The function applied to each value of a normalised map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Activation {
    /// The identity.
    #[default]
    Identity,
    /// `max(z, 0)`, with slope 0 at 0 as in Keras; candle's own `relu` has slope 1 there.
    Relu,
    /// The scaled exponential linear unit of Klambauer et al. (2017): `lambda * z` above 0, `lambda * alpha *
    /// (exp(z) - 1)` below.
    ///
    /// Its slope at 0 is `lambda`, as in Keras. `lambda` is 1.0507009873554805, `alpha` 1.6732632423543772.
    Selu,
}

const LAMBDA: f64 = 1.050_700_987_355_480_5;
const ALPHA: f64 = 1.673_263_242_354_377_2;

impl Activation {
    #[inline(always)]
    pub(crate) fn apply<T: Real>(self, z: T) -> T {
        match self {
            Self::Identity => z,
            Self::Relu if z < T::zero() => T::zero(), // the form that is one instruction
            Self::Relu => z,                          // not a number stays so
            Self::Selu => {
                let below = T::from_f64(LAMBDA * ALPHA) * z.exp_m1_below();
                if z >= T::zero() { T::from_f64(LAMBDA) * z } else { below }
            }
        }
    }

    /// Returns `gradient` times the derivative at `z`.
    #[inline(always)]
    pub(crate) fn backward<T: Real>(self, z: T, gradient: T) -> T {
        match self {
            Self::Identity => gradient,
            Self::Relu if z <= T::zero() => T::zero(),
            Self::Relu => gradient,
            Self::Selu => {
                let below = T::from_f64(LAMBDA * ALPHA) * z.exp_below();
                gradient * if z >= T::zero() { T::from_f64(LAMBDA) } else { below }
            }
        }
    }
    /// Does the same from the activation's output `y`, on which the derivative depends alone.
    #[inline(always)]
    pub(crate) fn backward_from_output<T: Real>(self, y: T, gradient: T) -> T {
        match self {
            Self::Identity => gradient,
            Self::Relu if y <= T::zero() => T::zero(),
            Self::Relu => gradient,
            Self::Selu => {
                let below = y + T::from_f64(LAMBDA * ALPHA);
                gradient * if y >= T::zero() { T::from_f64(LAMBDA) } else { below }
            }
        }
    }
}
