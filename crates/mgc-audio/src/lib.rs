#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod au;
mod checks;
mod clip;
mod config;
mod container;
mod decibels;
mod decode;
mod error;
mod filterbank;
mod logarithm;
mod mel;
mod mfcc;
mod padding;
mod resample;
mod spectrogram;
mod stft;
mod stft_config;
mod stream;
mod wav;
mod windows;
mod write;

pub use clip::Clip;
pub use config::{Decibels, MelConfig, MelScale, Reference};
pub use decode::decode;
pub use error::{Error, Result};
pub use mel::MelSpectrogram;
pub use mfcc::{Mfcc, MfccConfig};
pub use padding::Padding;
pub use spectrogram::Spectrogram;
pub use stft::Stft;
pub use stft_config::StftConfig;
pub use windows::windows;
pub use write::write_wav;
