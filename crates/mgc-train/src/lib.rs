#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod adam;
mod best_checkpoint;
mod callback;
mod config;
mod confusion;
mod csv_log;
mod early_stopping;
mod error;
mod evaluate;
mod examples;
mod loss;
mod order;
mod plateau;
mod report;
mod resume_file;
mod run;
mod seeded;
mod semantics;
mod spectrograms;
mod store;
mod stream;
mod trainable;
mod trainer;

pub use adam::{Adam, AdamConfig};
pub use best_checkpoint::BestCheckpoint;
pub use callback::{Callback, Step};
pub use config::TrainConfig;
pub use confusion::{Confusion, ConfusionTable};
pub use csv_log::CsvLog;
pub use early_stopping::{EarlyStopping, EarlyStoppingConfig};
pub use error::{Error, Result};
pub use evaluate::{Evaluation, evaluate};
pub use examples::{Examples, Subset, TensorExamples};
pub use loss::{cross_entropy, smoothed_cross_entropy};
pub use order::epoch_order;
pub use plateau::{PlateauConfig, ReduceLrOnPlateau};
pub use report::{Epoch, Report, Score};
pub use resume_file::ResumeFile;
pub use seeded::seeded;
pub use semantics::Semantics;
pub use spectrograms::SpectrogramExamples;
pub use trainable::trainable;
pub use trainer::Trainer;

/// The tensor library whose types appear in this crate's signatures.
pub use candle;
