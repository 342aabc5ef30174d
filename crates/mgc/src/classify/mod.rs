//! From music to genres.

pub(crate) mod chunks;
pub(crate) mod classification;
pub(crate) mod classifier;
pub(crate) mod mean;
mod member;
pub(crate) mod places;
mod prediction_table;
pub(crate) mod predictions;
mod recordings;
mod rewind;
