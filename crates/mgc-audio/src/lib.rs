#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod chunks;
mod clip;
mod decode;
mod error;
mod front_end;
mod resample;
mod spectral;
mod write;

/// The version of this crate. Store it with computed features: a release may change their values.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub use chunks::chunks;
pub use clip::Clip;
pub use decode::{AudioInfo, Blocks, Tags, decode, decode_reader, decode_segment, probe};
pub use error::{Error, Result};
pub use front_end::{ChunkConfig, FrontEnd, Spectrograms};
pub use spectral::{
    Decibels, MelConfig, MelScale, MelSpectrogram, Mfcc, MfccConfig, PadMode, Reference, Spectrogram, Stft,
    StftConfig,
};
pub use write::{wav_bytes, write_wav};
