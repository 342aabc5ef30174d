//! Samples to spectra: STFT, log-mel spectrogram, MFCC, in librosa's numbers.

mod checks;
mod config;
mod decibels;
mod filterbank;
mod logarithm;
mod mel;
mod mfcc;
mod padding;
mod spectrogram;
mod stft;
mod stft_config;

pub use config::{Decibels, MelConfig, MelScale, Reference};
pub use mel::MelSpectrogram;
pub use mfcc::{Mfcc, MfccConfig};
pub use padding::PadMode;
pub use spectrogram::Spectrogram;
pub use stft::Stft;
pub use stft_config::StftConfig;
