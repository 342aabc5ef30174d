//! Log-mel spectrograms against librosa 0.11 on synthetic signals (fixtures: `fixtures/generate_mels.py`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod common;
#[path = "common/npy.rs"]
mod npy;
#[path = "common/signals.rs"]
mod signals;

use mgc_audio::{Decibels, MelConfig, MelScale, MelSpectrogram, PadMode, Reference};
use ndarray::Array2;
use signals::signal;

/// Largest difference of one cell, dB. f32 decibels near 80 are 8e-6 apart, librosa sums and takes logarithms
/// in f32.
const CELL_DB: f64 = 2e-5;
/// Mean difference over a spectrogram, dB. librosa's f32 logarithm puts silence one last place (7.6e-6) off
/// -100 dB.
const MEAN_DB: f64 = 1e-5;

/// Compares one case of `generate_mels.py`.
fn compare(case: &str, source: &str, config: MelConfig) {
    let expected: Array2<f32> = npy::read(common::fixture(&format!("mel_{case}.npy")));
    let ours = MelSpectrogram::new(config).unwrap().compute(&signal(source)).unwrap();
    assert_eq!(ours.view().dim(), expected.dim(), "{case}");
    let differences = ours.view().mapv(f64::from) - expected.mapv(f64::from);
    let largest = differences.iter().fold(0.0, |m: f64, d| m.max(d.abs()));
    let mean = differences.iter().map(|d| d.abs()).sum::<f64>() / differences.len() as f64;
    println!("{case}: max {largest:.2e} dB, mean {mean:.2e} dB");
    assert!(largest <= CELL_DB, "{case}: {largest:e} dB");
    assert!(mean <= MEAN_DB, "{case}: mean {mean:e} dB");
}

fn with(change: impl FnOnce(&mut MelConfig)) -> MelConfig {
    let mut config = MelConfig::default();
    change(&mut config);
    config
}

#[test]
fn every_signal_matches_with_the_default_settings() {
    for name in [
        "chirp",
        "noise",
        "whisper",
        "silence",
        "clicks",
        "dc",
        "loud_sine",
        "short",
        "shorter_than_the_padding",
    ] {
        compare(name, name, MelConfig::default());
    }
}

#[test]
fn reflect_padding_matches_even_where_it_must_fold_twice() {
    let reflect = || with(|c| c.padding = PadMode::Reflect);
    compare("chirp_reflect", "chirp", reflect());
    compare("short_reflect", "short", reflect());
    compare("shorter_than_the_padding_reflect", "shorter_than_the_padding", reflect());
}

#[test]
fn the_htk_scale_matches() {
    compare("noise_htk", "noise", with(|c| c.scale = MelScale::Htk));
}

#[test]
fn every_decibel_setting_matches() {
    let decibels = |decibels| with(|c| c.decibels = decibels);
    let max = || Decibels { reference: Reference::Max, ..Decibels::default() };
    compare("chirp_ref_max", "chirp", decibels(max()));
    compare("silence_ref_max", "silence", decibels(max()));
    compare("chirp_no_top_db", "chirp", decibels(Decibels { top_db: None, ..Decibels::default() }));
    let tight = Decibels { amin: 1e-6, top_db: Some(30.0), ..Decibels::default() };
    compare("loud_sine_amin_1e-6_top_30", "loud_sine", decibels(tight));
}

#[test]
fn other_sizes_and_band_edges_match() {
    let small = MelConfig {
        n_fft: 512,
        hop_length: 160,
        n_mels: 40,
        f_min: 50.0,
        f_max: 7600.0,
        ..MelConfig::default()
    };
    compare("noise_512_160_40_bands_50_to_7600_hz", "noise", small);
    let odd = MelConfig { n_fft: 601, hop_length: 601, n_mels: 20, ..MelConfig::default() };
    compare("noise_odd_fft_601", "noise", odd);
}

#[test]
#[should_panic(expected = "dB")]
fn the_comparison_notices_another_mel_scale() {
    compare("noise_htk", "noise", MelConfig::default());
}
