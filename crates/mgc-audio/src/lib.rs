#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod au;
mod clip;
mod config;
mod container;
mod decibels;
mod decode;
mod error;
mod filterbank;
mod mel;
mod resample;
mod spectrogram;
mod stft;
mod stream;
mod wav;
mod windows;
mod write;

pub use clip::Clip;
pub use config::{Decibels, MelConfig, MelScale, Padding, Reference};
pub use decode::decode;
pub use error::{Error, Result};
pub use mel::MelSpectrogram;
pub use spectrogram::Spectrogram;
pub use windows::windows;
pub use write::write_wav;
