#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod augment;
mod classify;
mod dropout;
mod error;
pub mod experiment;
pub mod explain;
#[cfg(feature = "grid")]
#[cfg_attr(docsrs, doc(cfg(feature = "grid")))]
pub mod grid;
pub mod guide;
mod model;
mod recipe;
#[cfg(feature = "report")]
#[cfg_attr(docsrs, doc(cfg(feature = "report")))]
pub mod report;
mod windows;

pub use augment::augmentation;
pub use classify::chunks::Chunks;
pub use classify::classification::{Classification, Genre};
pub use classify::classifier::Classifier;
pub use classify::predictions::{Prediction, Predictions};
pub use dropout::{DropoutSeeds, Reseed};
pub use error::{Error, ModelError, Result};
pub use model::bundle::Bundle;
#[cfg(feature = "keras")]
#[cfg_attr(docsrs, doc(cfg(feature = "keras")))]
pub use model::keras::published_labels;
pub use recipe::Recipe;
pub use windows::Windows;

pub use mgc_audio as audio;
pub use mgc_datasets as datasets;
pub use mgc_nets as nets;
pub use mgc_nets::candle;
pub use mgc_ops as ops;
pub use mgc_train as train;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
