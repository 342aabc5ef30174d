#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod bundle;
mod classifier;
mod dropout;
mod ensemble;
mod error;
mod format;
#[cfg(feature = "keras")]
mod keras;
mod onnx;
mod ranking;
mod recipe;
#[cfg(feature = "report")]
#[cfg_attr(docsrs, doc(cfg(feature = "report")))]
pub mod report;

pub use bundle::Bundle;
pub use classifier::{Classifier, Windows};
pub use dropout::DropoutSeeds;
pub use ensemble::Ensemble;
pub use error::{Error, Result};
#[cfg(feature = "keras")]
#[cfg_attr(docsrs, doc(cfg(feature = "keras")))]
pub use keras::published_labels;
pub use ranking::{Classification, Genre};
pub use recipe::Recipe;

pub use mgc_audio as audio;
pub use mgc_datasets as datasets;
pub use mgc_nets as nets;
pub use mgc_nets::candle;
pub use mgc_ops as ops;
pub use mgc_train as train;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct WorkspaceReadme;
