//! The affine map of a normalised channel.

use crate::scalar::real::Real;

/// One channel as `z = (x - mean) * scale + bias`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Affine<T> {
    pub(crate) mean: T,
    pub(crate) scale: T,
    pub(crate) bias: T,
}

impl<T: Real> Affine<T> {
    #[inline(always)]
    pub(crate) fn at(&self, x: T) -> T {
        (x - self.mean) * self.scale + self.bias
    }
}

/// Sums over one channel, of dz and of dz * (x - mean).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) dz: f64,
    pub(crate) dzx: f64,
}
