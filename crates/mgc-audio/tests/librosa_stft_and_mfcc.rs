//! STFT magnitudes and MFCCs against librosa 0.11 on synthetic signals (fixtures:
//! `fixtures/generate_stft_and_mfcc.py`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;
#[path = "common/npy.rs"]
mod npy;
#[path = "common/signals.rs"]
mod signals;

use mgc_audio::{MelConfig, MelScale, Mfcc, MfccConfig, PadMode, Stft, StftConfig};
use ndarray::Array2;
use signals::signal;

/// Share of a magnitude. librosa rounds both parts to f32 (6e-8 each), squares and takes the root in f32.
const STFT_RELATIVE: f64 = 3e-7;
/// Share of the largest magnitude, for bins that hold the rounding noise of another FFT only: f64 keeps 1e-16
/// of it.
const STFT_NOISE: f64 = 1e-14;
/// librosa transforms f32 decibels in f32.
const MFCC: f64 = 1e-4;
/// Share of a coefficient over 1024, where neighbouring f32 are 1.2e-4 apart: two of these steps.
const MFCC_RELATIVE: f64 = 2.4e-7;

/// The largest of `error(ours, librosa's)` must not be over 1.
fn compare(name: &str, ours: &Array2<f32>, error: impl Fn(f64, f64) -> f64) {
    let expected: Array2<f32> = npy::read(common::fixture(&format!("{name}.npy")));
    assert_eq!(ours.dim(), expected.dim(), "{name}");
    let errors = ours.iter().zip(&expected).map(|(a, b)| error(f64::from(*a), f64::from(*b)));
    let largest = errors.fold(0.0, f64::max);
    println!("{name}: {largest:.3} of the tolerance");
    assert!(largest <= 1.0, "{name}: {largest} times the tolerance");
}

fn compare_stft(case: &str, source: &str, config: StftConfig) {
    let ours = Stft::new(config).unwrap().magnitudes(&signal(source)).unwrap();
    let loudest = f64::from(ours.fold(0.0_f32, |m, v| m.max(*v)));
    compare(&format!("stft_{case}"), &ours, |a, b| {
        (a - b).abs() / (STFT_RELATIVE * b + STFT_NOISE * loudest)
    });
}

fn compare_mfcc(case: &str, source: &str, config: MfccConfig) {
    let ours = Mfcc::new(config).unwrap().compute(&signal(source)).unwrap();
    compare(&format!("mfcc_{case}"), &ours, |a, b| (a - b).abs() / MFCC.max(MFCC_RELATIVE * b.abs()));
}

fn mel(change: impl FnOnce(&mut MelConfig)) -> MfccConfig {
    let mut config = MfccConfig::default();
    change(&mut config.mel);
    config
}

#[test]
fn stft_magnitudes_match() {
    compare_stft("short", "short", StftConfig::default());
    compare_stft("shorter_than_the_padding", "shorter_than_the_padding", StftConfig::default());
    let small = StftConfig { n_fft: 256, hop_length: 64, padding: PadMode::Reflect };
    compare_stft("short_reflect_256_64", "short", small);
    compare_stft(
        "short_odd_fft_255",
        "short",
        StftConfig { n_fft: 255, hop_length: 100, ..StftConfig::default() },
    );
    compare_stft(
        "loud_sine_2048_2048",
        "loud_sine",
        StftConfig { hop_length: 2048, ..StftConfig::default() },
    );
}

#[test]
fn mfccs_match_with_the_default_settings() {
    for name in ["chirp", "noise", "silence"] {
        compare_mfcc(name, name, MfccConfig::default());
    }
}

#[test]
fn mfccs_match_with_reflected_ends() {
    compare_mfcc("short_reflect", "short", mel(|m| m.padding = PadMode::Reflect));
}

#[test]
fn lifted_mfccs_match() {
    let htk = MfccConfig { coefficients: 13, lifter: 22.0, ..mel(|m| m.scale = MelScale::Htk) };
    compare_mfcc("noise_htk_lifter_22", "noise", htk);
    let all = mel(|m| {
        (m.n_fft, m.hop_length, m.n_mels, m.f_min, m.f_max) = (512, 160, 40, 50.0, 7600.0);
    });
    let all = MfccConfig { coefficients: 40, lifter: 0.5, ..all };
    compare_mfcc("chirp_512_160_all_of_40_bands_lifter_0.5", "chirp", all);
}

#[test]
#[should_panic(expected = "times the tolerance")]
fn the_comparison_notices_a_missing_lifter() {
    let htk = MfccConfig { coefficients: 13, ..mel(|m| m.scale = MelScale::Htk) };
    compare_mfcc("noise_htk_lifter_22", "noise", htk);
}
