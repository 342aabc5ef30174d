#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod arrays;
mod assign;
mod balance;
mod ballroom;
mod dataset;
mod error;
mod features;
mod fma;
mod folder;
mod folds;
mod groups;
mod gtzan;
mod homburg;
mod info;
mod inventory;
mod registry;
mod scan;
mod split;
mod split_indices;
mod synthetic;
mod table;
mod tags;
mod track;
mod verify;

pub use arrays::Arrays;
pub use balance::Balance;
pub use ballroom::{ExtendedBallroom, Links};
pub use dataset::Dataset;
pub use error::{Error, Result};
pub use features::{Features, Skipped, extract, spectrogram};
pub use fma::{Fma, FmaSubset};
pub use folder::Folder;
pub use folds::{FoldConfig, k_fold};
pub use groups::apply_groups;
pub use gtzan::Gtzan;
pub use homburg::Homburg;
pub use info::Info;
pub use inventory::{Checksum, Inventory};
pub use registry::{ALL, Entry, open};
pub use split::{SplitConfig, official, repeated, split};
pub use split_indices::SplitIndices;
pub use synthetic::{Synthetic, SyntheticConfig};
pub use tags::crossing_tags;
pub use track::{Source, Split, Track};
pub use verify::{Finding, Problem, Verification, verify, verify_dataset};
