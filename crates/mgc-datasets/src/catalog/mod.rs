//! Datasets: their description, their tracks and their expected content.

mod dataset;
mod info;
mod inventory;
mod label_map;
mod overlay;
mod track;
mod tracks_per_genre;

pub use dataset::Dataset;
pub use info::Info;
pub use inventory::{Checksum, Inventory};
pub use label_map::with_label_map;
pub(crate) use overlay::Overlay;
pub use track::{Source, Track};
pub use tracks_per_genre::with_tracks_per_genre;
