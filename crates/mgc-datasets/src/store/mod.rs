//! Features on disk: computed once, in parallel, and mapped into memory from then on.

mod build;
mod file;
mod progress;
mod shard;
#[allow(clippy::module_inception, reason = "the store itself, among its parts")]
mod store;

pub use progress::Progress;
pub use shard::Shard;
pub use store::FeatureStore;
