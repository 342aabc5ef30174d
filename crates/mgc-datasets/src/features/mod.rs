//! Log-mel spectrograms of tracks, computed in parallel and held in memory.

mod extract;
mod track;

pub(crate) use extract::path;
pub use extract::{Features, Skipped, extract};
pub(crate) use track::given;
pub use track::spectrograms;
