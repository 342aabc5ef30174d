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
mod text;
mod verify;

pub use catalog::{Checksum, Dataset, Info, Inventory, Source, Track, with_label_map, with_tracks_per_genre};
pub use error::{Error, Result};
pub use features::{Features, Skipped, extract, spectrograms};
pub use loaders::{
    AUDIO_EXTENSIONS, Arrays, DatasetEntry, ExtendedBallroom, Fma, FmaSubset, Folder, Gtzan, Homburg,
    LinkKinds, REGISTRY, Synthetic, SyntheticConfig, find, find_audio, open,
};
pub use names::UnknownName;
pub use side::Split;
pub use splits::{
    FoldConfig, GroupList, Protocol, SplitConfig, SplitIndices, SplitReport, crossing_tags, k_fold, official,
    repeated, split,
};
pub use store::{FeatureStore, Progress, Shard};
pub use text::{alike_labels, composed, path_text, similar_label};
pub use verify::{Finding, Problem, Verification, verify, verify_dataset};
