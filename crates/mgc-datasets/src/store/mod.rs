//! Features on the disk: computed once, in parallel, and mapped into memory ever after.

mod audio;
mod build;
mod cache;
mod draft;
mod file;
mod key;
mod map;
mod progress;
mod publish;
mod record;
mod shard;
#[allow(clippy::module_inception, reason = "the store itself, among its parts")]
mod store;
mod temporary;
mod write;
mod writeback;

pub use progress::Progress;
pub use shard::Shard;
pub use store::FeatureStore;
