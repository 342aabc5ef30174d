//! The known datasets, one loader each, and the registry that opens them by name.

mod arrays;
mod ballroom;
pub(crate) mod csv_table;
pub(crate) mod files;
mod find_audio;
mod fma;
mod folder;
mod gtzan;
mod homburg;
mod registry;
mod synthetic;

pub use arrays::Arrays;
pub use ballroom::{ExtendedBallroom, LinkKinds};
pub use files::AUDIO_EXTENSIONS;
pub use find_audio::find_audio;
pub use fma::{Fma, FmaSubset};
pub use folder::Folder;
pub use gtzan::Gtzan;
pub(crate) use gtzan::artists as gtzan_artists;
pub use homburg::Homburg;
pub use registry::{DatasetEntry, REGISTRY, find, open};
pub use synthetic::{Synthetic, SyntheticConfig};
