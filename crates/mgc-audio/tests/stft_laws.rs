//! Laws of the Fourier transform and of what is built on it, for every input (property tests).

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use std::f64::consts::TAU;

use mgc_audio::{Decibels, MelConfig, MelSpectrogram, PadMode, Stft, StftConfig};
use ndarray::{Array2, Axis, Slice};
use proptest::prelude::*;

/// Share of a frame's energy: magnitudes are rounded to f32 once, 6e-8, and squared here.
const ENERGY: f64 = 3e-7;

fn magnitudes(config: &StftConfig, samples: &[f32]) -> Array2<f64> {
    Stft::new(config.clone()).unwrap().magnitudes(samples).unwrap().mapv(f64::from)
}

/// Multiples of 1/1024 up to 1: sums and differences of two are exact in f32.
fn samples(length: usize) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec((-1024..=1024).prop_map(|n| n as f32 / 1024.0), length)
}

fn configs() -> impl Strategy<Value = StftConfig> {
    let padding = prop::sample::select(vec![PadMode::Constant, PadMode::Reflect]);
    (2_usize..200, 1_usize..150, padding).prop_map(|(fft, hop, padding)| StftConfig {
        n_fft: fft,
        hop_length: hop,
        padding,
    })
}

/// Energy of every frame of the padded and windowed recording, over time.
fn windowed_energy(samples: &[f32], config: &StftConfig) -> Vec<f64> {
    let half = config.n_fft / 2;
    let padded = [vec![0.0; half], samples.to_vec(), vec![0.0; half]].concat();
    let weight = |n: usize| 0.5 - 0.5 * (TAU * n as f64 / config.n_fft as f64).cos();
    let energy =
        |frame: &[f32]| frame.iter().enumerate().map(|(n, x)| (f64::from(*x) * weight(n)).powi(2)).sum();
    padded.windows(config.n_fft).step_by(config.hop_length).map(energy).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parseval_the_full_spectrum_holds_the_energy_of_the_frame(samples in samples(500), config in configs()) {
        let config = StftConfig { padding: PadMode::Constant, ..config };
        let power = magnitudes(&config, &samples).mapv(|m| m * m);
        let nyquist = if config.n_fft.is_multiple_of(2) { 1 + config.n_fft / 2 } else { usize::MAX };
        for (frame, energy) in power.rows().into_iter().zip(windowed_energy(&samples, &config)) {
            let twice = |bin: usize| if bin == 0 || bin + 1 == nyquist { 1.0 } else { 2.0 };
            let full: f64 = frame.iter().enumerate().map(|(bin, p)| twice(bin) * p).sum();
            let expected = config.n_fft as f64 * energy;
            prop_assert!((full - expected).abs() <= ENERGY * expected, "{full} {expected}");
        }
    }

    #[test]
    fn parallelogram_sum_and_difference_hold_twice_the_power_of_both(a in samples(300), b in samples(300), config in configs()) {
        let combined = |sign: f32| a.iter().zip(&b).map(|(a, b)| a + sign * b).collect::<Vec<_>>();
        let power = |samples: &[f32]| magnitudes(&config, samples).mapv(|m| m * m);
        let left = power(&combined(1.0)) + power(&combined(-1.0));
        let right = 2.0 * (power(&a) + power(&b));
        let loudest = right.fold(0.0_f64, |m, v| m.max(*v));
        prop_assert!((left - right).iter().all(|d| d.abs() <= ENERGY * loudest));
    }

    #[test]
    fn magnitudes_scale_with_the_samples(a in samples(300), config in configs(), doublings in -20..20) {
        let factor = 2.0_f64.powi(doublings);
        let scaled: Vec<f32> = a.iter().map(|a| a * factor as f32).collect();
        prop_assert_eq!(magnitudes(&config, &a) * factor, magnitudes(&config, &scaled));
    }

    #[test]
    fn a_shift_by_a_hop_moves_the_frames_away_from_the_ends_by_one(a in samples(900), before in samples(150), config in configs()) {
        let shifted = [&before[..config.hop_length], &a].concat();
        let (still, moved) = (magnitudes(&config, &a), magnitudes(&config, &shifted));
        let first = config.n_fft.div_ceil(2 * config.hop_length);
        let last = (a.len() - config.n_fft.div_ceil(2)) / config.hop_length;
        prop_assert_eq!(still.slice_axis(Axis(0), Slice::from(first..=last)), moved.slice_axis(Axis(0), Slice::from(first + 1..=last + 1)));
    }

    #[test]
    fn mel_frames_do_not_know_what_comes_later(a in samples(900), after in samples(700), hop in 1_usize..300) {
        let decibels = Decibels { top_db: None, ..Decibels::default() };
        let mel = MelSpectrogram::new(MelConfig { n_fft: 256, hop_length: hop, n_mels: 12, decibels, ..MelConfig::default() }).unwrap();
        let (short, long) = (mel.compute(&a).unwrap(), mel.compute(&[a.clone(), after].concat()).unwrap());
        let last = (a.len() - 128) / hop;
        prop_assert_eq!(&short.as_slice()[..12 * (last + 1)], &long.as_slice()[..12 * (last + 1)]);
    }

    #[test]
    fn no_cell_lies_more_than_top_db_under_the_loudest(a in samples(900), top_db in 0.0_f64..60.0) {
        let decibels = Decibels { top_db: Some(top_db), ..Decibels::default() };
        let mel = MelSpectrogram::new(MelConfig { n_fft: 256, n_mels: 12, decibels, ..MelConfig::default() }).unwrap();
        let spectrogram = mel.compute(&a).unwrap();
        let (low, high) = spectrogram.as_slice().iter().fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
        // Each end is rounded to f32 once, 4e-6 near 100 dB.
        prop_assert!(f64::from(high - low) <= top_db + 2e-5, "{low} {high} {top_db}");
    }
}
