#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocks;
mod config;
mod error;
mod head;
#[cfg(feature = "keras")]
mod keras;
mod layer_table;
mod layers;
mod net;
mod onnx;
mod pass;
mod prepared;
mod shapes;
mod sizes;
mod stem;
mod transition;
mod trunk;
mod validate;
mod variant;

pub use config::{
    Activation, Block, BroadcastBlock, HeadPool, KernelInit, NetConfig, Norm, Stem, Transition,
};
pub use error::{Error, Result};
#[cfg(feature = "keras")]
#[cfg_attr(docsrs, doc(cfg(feature = "keras")))]
pub use keras::{KerasCheckpoint, KerasProvenance, import_keras, import_keras_as, import_keras_variant};
pub use layer_table::{Layer, LayerKind, LayerTable, layer_table};
pub use net::{BroadcastNet, broadcast_net};
pub use onnx::to_onnx;
pub use prepared::PreparedNet;
pub use shapes::tensor_shapes;
pub use variant::{Variant, VariantInfo};

pub use candle;
