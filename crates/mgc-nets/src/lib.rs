#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod cnn;
mod config;
mod error;
mod inference;
mod inspect;
#[cfg(feature = "keras")]
mod keras;
mod layers;
mod net;
mod onnx;
mod pass;

pub use cnn::config::{CnnConfig, ConvStage, HiddenLayer, StagePool};
pub use cnn::{PlainCnn, plain_cnn};
pub use config::variant::{Variant, VariantInfo};
pub use config::{Block, BroadcastBlock, HeadPool, KernelInit, NetConfig, Norm, Stem, Transition};
pub use error::{Error, Result};
pub use inference::InferenceNet;
pub use inspect::layer::{Layer, LayerKind, LayerTable};
pub use inspect::layer_table::layer_table;
pub use inspect::shapes::tensor_shapes;
#[cfg(feature = "keras")]
#[cfg_attr(docsrs, doc(cfg(feature = "keras")))]
pub use keras::{KerasCheckpoint, KerasProvenance, import_keras, import_keras_as, import_keras_variant};
pub use net::{BroadcastNet, broadcast_net};
pub use onnx::to_onnx;

pub use candle;
pub use mgc_ops::Activation;
