//! The blocks of a broadcast network as one operation.
//!
//! Every block reads all channels made before it, so composing it from single operations copies and
//! re-reads those channels many times. Here they live in one map that each block appends to; activations are
//! recomputed in the backward pass instead of stored; and what batch statistics take from a gradient is summed
//! over all readers of a channel and applied once.

mod backward;
mod bottleneck;
mod deep;
mod ends;
mod fast;
mod forward;
mod layout;
mod maps;
mod op;
mod plan;
mod slots;
mod statistics;

pub use layout::{Entry, Exit, TrunkConfig};
pub use op::{TrunkOutput, broadcast_trunk};
pub use plan::TrunkPlan;
