#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod blocks;
mod clip;
mod config;
mod container;
mod decibels;
mod decode;
mod error;
mod filterbank;
mod limits;
mod mel;
mod mpeg;
mod packets;
mod plain;
mod probe;
mod resample;
mod source;
mod spectrogram;
mod stft;
mod tags;
mod windows;
mod write;

pub use blocks::Blocks;
pub use clip::Clip;
pub use config::{Decibels, MelConfig, MelScale, Padding, Reference};
pub use decode::{decode, decode_reader, decode_segment};
pub use error::{Error, Result};
pub use mel::MelSpectrogram;
pub use probe::{AudioInfo, probe};
pub use spectrogram::Spectrogram;
pub use tags::Tags;
pub use windows::windows;
pub use write::write_wav;
