//! Log-mel spectrograms of tracks, computed in parallel and held in memory.

mod chunks;
mod extract;
mod front_end;

pub(crate) use chunks::NOT_CUT;
pub use chunks::{ChunkConfig, MelChunks, extract_chunks};
pub(crate) use extract::path;
pub use extract::{Features, Skipped, extract, spectrogram};
pub use front_end::FrontEnd;
pub(crate) use front_end::Spectrograms;
