//! Layers: their tensors, names and initial values.

mod conv;
mod dense;
mod dropout;
mod init;
mod lstm;
mod norm;

pub(crate) use conv::{Conv, Depthwise};
pub(crate) use dense::{Dense, DenseActivation};
pub(crate) use dropout::{Dropout, Masks};
pub(crate) use lstm::{GATES, Lstm};
pub(crate) use norm::{EPSILON, Norm, Normaliser};

use mgc_ops::Window;

/// Appends the position of each band to a map, as a channel. It has a name but no tensors.
#[derive(Debug, Clone)]
pub(crate) struct Coordinate {
    pub(crate) name: String,
    /// The position of the highest band; that of the lowest is minus this.
    pub(crate) range: f64,
}

/// A pool. It has a name but no tensors.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    pub(crate) name: String,
    pub(crate) window: Window,
}

impl Pool {
    pub(crate) fn new(name: String, window: Window) -> Self {
        Self { name, window }
    }
}
