//! What a dataset is: its tracks, its description, and what should lie on the disk.

mod dataset;
mod info;
mod inventory;
mod track;

pub use dataset::Dataset;
pub use info::Info;
pub use inventory::{Checksum, Inventory};
pub use track::{Source, Track};
