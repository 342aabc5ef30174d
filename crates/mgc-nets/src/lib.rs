#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod broadcast;
mod config;
mod error;
mod layers;
mod net;
mod variant;

pub use config::{Branch3, KernelInit, NetConfig, Transition};
pub use error::{Error, Result};
pub use net::{BroadcastNet, broadcast_net};
pub use variant::Variant;

pub use candle;
