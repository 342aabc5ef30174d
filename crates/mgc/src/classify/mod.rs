//! From music to genres.

pub(crate) mod chunks;
pub(crate) mod classification;
pub(crate) mod classifier;
mod mean;
mod member;
mod prediction_table;
pub(crate) mod predictions;
mod recordings;
mod rewind;
