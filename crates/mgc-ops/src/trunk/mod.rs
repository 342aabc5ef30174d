//! The blocks of a broadcast network as one operation.
//!
//! Every block reads all channels made before it, so composing it from single operations copies and
//! re-reads those channels many times. Here they live in one map that each block appends to; activations are
//! recomputed in the backward pass instead of stored; and what batch statistics take from a gradient is summed
//! over all readers of a channel and applied once.

mod config;
mod fast;
mod general;
mod inference;
mod op;
mod params;
mod statistics;

pub use config::{Entry, Exit, TrunkConfig};
pub use inference::TrunkPlan;
pub use op::{TrunkOutput, broadcast_trunk};
