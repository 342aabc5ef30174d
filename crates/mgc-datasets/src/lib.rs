#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod arrays;
mod dataset;
mod error;
mod features;
mod folder;
mod gtzan;
mod registry;
mod scan;
mod split;
mod split_indices;
mod store;
mod synthetic;
mod track;

pub use arrays::Arrays;
pub use dataset::{Dataset, Info};
pub use error::{Error, Result};
pub use features::{Features, Skipped, extract, spectrogram};
pub use folder::Folder;
pub use gtzan::Gtzan;
pub use registry::{ALL, Entry, open};
pub use split::{SplitConfig, official, split};
pub use split_indices::SplitIndices;
pub use store::{FeatureStore, Progress, Shard};
pub use synthetic::{Synthetic, SyntheticConfig};
pub use track::{Source, Split, Track};
