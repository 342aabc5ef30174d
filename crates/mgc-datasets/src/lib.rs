#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod catalog;
mod error;
mod features;
mod loaders;
mod names;
mod side;
mod splits;
mod store;
mod verify;

pub use catalog::{Checksum, Dataset, Info, Inventory, Source, Track};
pub use error::{Error, Result};
pub use features::{Features, Skipped, extract, spectrograms};
pub use loaders::{
    AUDIO_EXTENSIONS, Arrays, DatasetEntry, ExtendedBallroom, Fma, FmaSubset, Folder, Gtzan, Homburg,
    LinkKinds, REGISTRY, Synthetic, SyntheticConfig, find, find_audio, open,
};
pub use names::UnknownName;
pub use side::Split;
pub use splits::{
    FoldConfig, SplitConfig, SplitIndices, SplitReport, apply_groups, crossing_tags, k_fold, official,
    repeated, split, with_groups,
};
pub use store::{FeatureStore, Progress, Shard};
pub use verify::{Finding, Problem, Verification, verify, verify_dataset};
