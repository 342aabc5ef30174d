//! The blocks of a broadcast network as one operation.
//!
//! Every block reads all channels made before it, so composing it of single operations copies and re-reads
//! those channels many times. Here blocks append to one map or list of maps. The backward pass recomputes
//! activations instead of storing them. Gradients through batch statistics are summed over all readers of a
//! channel and applied once.
//!
//! Two implementations: [`fast`] for f32 with multiples of 32 channels, [`general`] for everything else.

mod config;
mod entry;
mod fast;
mod general;
mod inference;
mod node;
mod op;
mod params;
mod statistics;

pub use config::{TrunkConfig, TrunkExit};
pub use entry::{TrunkEntry, TrunkStem};
pub use inference::InferenceTrunk;
pub use op::{TrunkOutput, broadcast_trunk};
