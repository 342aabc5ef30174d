//! The layers networks are made of: their tensors, their names, how they start.

mod conv;
mod dense;
mod dropout;
mod init;
mod lstm;
mod norm;

pub(crate) use conv::{Conv, Depthwise};
pub(crate) use dense::{Dense, DenseActivation};
pub(crate) use dropout::Dropout;
pub(crate) use lstm::{GATES, Lstm};
pub(crate) use norm::{EPSILON, Norm, Normaliser};

use mgc_ops::Window;

/// A pool: it has a name but no tensors.
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
