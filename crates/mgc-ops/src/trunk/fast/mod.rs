//! The trunk in f32 whose channel counts are multiples of 32, on channel-blocked maps instead of planes.
//!
//! How it differs from the general trunk:
//! - Channels are never concatenated: a block appends maps to a list.
//! - Backward, one sweep computes the gradient of a map from all its readers, instead of each reader adding
//!   to it.
//! - Each map is freed as soon as no later step of the pass reads it.

mod backward;
mod done;
mod forward;
mod layer;
mod plan;
mod reader;
mod shape;
mod stem;
mod stem_backward;
mod stem_conv;
mod stem_coordinate;
mod stem_rows;
mod sweep;
mod tail;

pub(crate) use plan::Plan;
pub(crate) use shape::FastTrunk;
