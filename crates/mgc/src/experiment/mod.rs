//! Experiments: train a network on a dataset, resume it, score it, save it.
//!
//! [`Experiment`] says what is trained on what, and how; [`Experiment::run`] does it in a folder and reports
//! progress to an [`Observer`]. Nothing here prints.
//!
//! ```
//! use mgc::Recipe;
//! use mgc::audio::MelConfig;
//! use mgc::datasets::{Synthetic, SyntheticConfig};
//! use mgc::experiment::Experiment;
//! use mgc::nets::{NetConfig, Variant};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let root = tempfile::tempdir()?;
//! # let root = root.path();
//! let tiny = SyntheticConfig { seconds: 1.0, train: 1, valid: 1, test: 1, ..Default::default() };
//! let corpus = Synthetic::write(root.join("corpus"), &tiny, |_, _| ())?;
//! let network = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Proposed.config(10) };
//! let mut recipe = Recipe::quick();
//! recipe.train.epochs = 1;
//! let front_end = MelConfig { hop_length: 4096, n_mels: 16, ..MelConfig::quick() };
//!
//! let outcome = Experiment::new(&corpus, network)
//!     .with_recipe(recipe)
//!     .with_front_end(front_end)
//!     .run(root.join("run"), &mut ())?;
//! println!("test accuracy {:.2}", outcome.evaluation.confusion.accuracy());
//! assert!(root.join("run/model.safetensors").exists());
//! # Ok(())
//! # }
//! ```

mod builder;
mod by_track;
pub(crate) mod chunk_hop;
mod data;
mod digest;
mod network;
mod observer;
mod outcome;
mod prepare;
mod run;
mod run_folder;
mod settings;
mod split;
mod store_examples;
mod suspicions;
mod tables;
mod tracks;
mod training;
mod warning;

pub use crate::error::ExperimentError;
pub use builder::Experiment;
pub use by_track::TrackEvaluation;
pub use data::{Data, Side};
pub use network::{CustomNetwork, Network};
pub use observer::{Observer, Start};
pub use outcome::Outcome;
pub use run_folder::{RunFolder, RunStatus};
pub use split::SplitChoice;
pub use store_examples::StoreExamples;
pub use warning::Warning;
