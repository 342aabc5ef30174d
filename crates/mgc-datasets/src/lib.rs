#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod arrays;
mod assign;
mod balance;
mod dataset;
mod error;
mod features;
mod folder;
mod folds;
mod gtzan;
mod registry;
mod scan;
mod split;
mod split_indices;
mod synthetic;
mod tags;
mod track;

pub use arrays::Arrays;
pub use balance::Balance;
pub use dataset::{Dataset, Info};
pub use error::{Error, Result};
pub use features::{Features, Skipped, extract, spectrogram};
pub use folder::Folder;
pub use folds::{FoldConfig, k_fold};
pub use gtzan::Gtzan;
pub use registry::{ALL, Entry, open};
pub use split::{SplitConfig, official, repeated, split};
pub use split_indices::SplitIndices;
pub use synthetic::{Synthetic, SyntheticConfig};
pub use tags::crossing_tags;
pub use track::{Source, Split, Track};
