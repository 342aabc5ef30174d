//! From music to genres.

pub(crate) mod classification;
pub(crate) mod classifier;
pub(crate) mod ensemble;
