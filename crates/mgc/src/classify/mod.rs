//! From music to genres.

pub(crate) mod chunks;
pub(crate) mod classification;
pub(crate) mod classifier;
mod mean;
mod member;
pub(crate) mod predictions;
mod recordings;
mod rewind;
