//! STFT, log-mel spectrogram and MFCCs, with librosa's values.

mod band_centres;
mod checks;
mod config;
mod decibels;
mod filterbank;
mod logarithm;
mod mel;
mod mel_scale;
mod mfcc;
mod padding;
mod presets;
mod spectrogram;
mod stft;
mod stft_config;

pub(crate) use checks::check;
pub use config::MelConfig;
pub use decibels::{Decibels, Reference};
pub use mel::MelSpectrogram;
pub use mel_scale::MelScale;
pub use mfcc::{Mfcc, MfccConfig};
pub use padding::PadMode;
pub use spectrogram::Spectrogram;
pub use stft::Stft;
pub use stft_config::StftConfig;
