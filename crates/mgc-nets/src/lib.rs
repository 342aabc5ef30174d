#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod broadcast;
mod config;
mod error;
#[cfg(feature = "keras")]
mod keras;
mod layers;
mod net;
mod shapes;
mod variant;

pub use config::{Branch3, KernelInit, NetConfig, Transition};
pub use error::{Error, Result};
#[cfg(feature = "keras")]
#[cfg_attr(docsrs, doc(cfg(feature = "keras")))]
pub use keras::{KerasCheckpoint, KerasProvenance, import_keras};
pub use net::{BroadcastNet, broadcast_net};
pub use shapes::tensor_shapes;
pub use variant::Variant;

pub use candle;
