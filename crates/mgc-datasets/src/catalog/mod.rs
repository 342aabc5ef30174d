//! Datasets: their description, their tracks and their expected content.

mod dataset;
mod info;
mod inventory;
mod track;

pub use dataset::Dataset;
pub use info::Info;
pub use inventory::{Checksum, Inventory};
pub use track::{Source, Track};
