//! Pools of single planes, of either kind.

use crate::kernels::planes::Dims;
use crate::ops::avg_pool::AvgPool;
use crate::ops::max_pool::MaxPool;
use crate::scalar::real::Real;

/// A pool of the planes of maps of known size.
pub(super) enum PlanePool {
    Max(MaxPool),
    Average(AvgPool),
}

impl PlanePool {
    /// Returns the sizes of the pooled map.
    pub(super) fn output(&self) -> Dims {
        match self {
            Self::Max(pool) => pool.output(),
            Self::Average(pool) => pool.output(),
        }
    }

    /// Pools one plane into `y`, which starts as zeros.
    pub(super) fn forward<T: Real>(&self, x: &[T], y: &mut [T]) {
        match self {
            Self::Max(pool) => pool.forward_plane(x, y),
            Self::Average(pool) => pool.forward_plane(x, y),
        }
    }

    /// Writes the gradient to one plane into `dx`, which starts as zeros.
    pub(super) fn backward<T: Real>(&self, x: &[T], dy: &[T], dx: &mut [T]) {
        match self {
            Self::Max(pool) => {
                let mut y = vec![T::zero(); dy.len()];
                pool.forward_plane(x, &mut y);
                pool.backward_plane(x, &y, dy, dx);
            }
            Self::Average(pool) => pool.backward_plane(dy, dx),
        }
    }
}
