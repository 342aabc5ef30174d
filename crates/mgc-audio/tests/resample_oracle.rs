//! Resampling against two others: the windowed sinc summed tap by tap in f64, and soxr
//! (`fixtures/generate_resampled.py`).

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;
#[path = "common/npy.rs"]
mod npy;

use std::f64::consts::PI;

use mgc_audio::Clip;
use ndarray::Array1;

/// Largest difference from the oracle for samples within -1 to 1: the stop band (127 dB down) and f32
/// rounding. Measured 2e-7.
const ORACLE: f64 = 5e-7;
/// Signal to difference against soxr, dB: at 2:1 how well its filter is known (measured 122), at 48 kHz the
/// droop of its second step, 0.008 dB at 10 kHz (measured 70).
const SOXR_DB: [f64; 2] = [118.0, 68.0];
/// Samples of the lower rate at the start that are soxr's rather than the definition's, at ratios of large
/// numbers.
const ONSET: usize = 4;

/// Largest difference of each of the first four samples from soxr's; without care for its start the first
/// would be 0.01 off.
const SOXR_START: f64 = 5e-4;

/// White noise from whole numbers, as in the script.
fn noise(len: usize) -> Vec<f32> {
    let mut state = 1_u64;
    let next = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        ((state >> 15) % 32_001) as f32 / 32_768.0 - 16_000.0 / 32_768.0
    };
    std::iter::repeat_with(next).take(len).collect()
}

fn resample(samples: &[f32], from: u32, to: u32) -> Vec<f32> {
    Clip::new(samples.to_vec(), from).resampled(to).unwrap().samples
}

/// Modified Bessel function of order zero: the mean of `exp(x cos t)` over a turn, which 64 points give to
/// the last place.
fn bessel_i0(x: f64) -> f64 {
    (0..64).map(|k| (x * (PI * f64::from(k) / 32.0).cos()).exp()).sum::<f64>() / 64.0
}

/// Sample `m` by its definition: a sinc that is half down at 0.9569 of the lower Nyquist frequency, under a
/// Kaiser window.
fn oracle(samples: &[f32], from: u32, to: u32, m: usize, beta: f64) -> f64 {
    let lower = f64::from(from.min(to));
    let tap = |n: usize| {
        let t = (m as f64 / f64::from(to) - n as f64 / f64::from(from)) * lower;
        let x = PI * 0.956872 * t;
        let inside = 1.0 - (t / (7.4578 * beta)).powi(2);
        match inside >= 0.0 {
            true => {
                (if x == 0.0 { 1.0 } else { x.sin() / x }) * bessel_i0(beta * inside.sqrt()) / bessel_i0(beta)
            }
            false => 0.0,
        }
    };
    let sum: f64 = samples.iter().enumerate().map(|(n, sample)| tap(n) * f64::from(*sample)).sum();
    sum * 0.956872 * lower / f64::from(from)
}

#[test]
fn every_sample_is_the_windowed_sinc() {
    for (from, to, beta) in [
        (44_100, 22_050, 13.04),
        (11_025, 22_050, 13.04),
        (48_000, 32_000, 13.04),
        (48_000, 22_050, 13.703),
        (32_000, 22_050, 13.703),
        (22_051, 22_050, 13.703),
        (1009, 22_050, 13.703),
        (88_200, 22_050, 13.703),
        (96_000, 1000, 14.374),
    ] {
        let samples = noise(if from > 2 * to { 20_000 } else { 5000 });
        let ours = resample(&samples, from, to);
        let onset = ONSET * to.div_ceil(from.min(to)) as usize;
        let probes = (onset..onset + 40)
            .chain((onset + 40..ours.len() - 40).step_by(61))
            .chain(ours.len() - 40..ours.len());
        let differences = probes.map(|m| (f64::from(ours[m]) - oracle(&samples, from, to, m, beta)).abs());
        let largest = differences.fold(0.0, f64::max);
        println!("{from} to {to} Hz: {largest:.1e}");
        assert!(largest <= ORACLE, "{from} to {to} Hz: {largest}");
    }
}

#[test]
fn the_result_is_soxrs() {
    for (from, fidelity_db) in [44_100, 48_000].into_iter().zip(SOXR_DB) {
        let expected: Array1<f32> = npy::read(common::fixture(&format!("resampled_{from}.npy")));
        let ours = resample(&noise(3000), from, 22_050);
        assert_eq!(ours.len(), (3000 * 22_050_usize).div_ceil(from as usize));
        let pairs = || ours.iter().zip(&expected).map(|(a, b)| (f64::from(*a), f64::from(*b)));
        for (index, (a, b)) in pairs().enumerate().take(4) {
            assert!((a - b).abs() <= SOXR_START, "{from} Hz, sample {index}: {a} against {b}");
        }
        let error: f64 = pairs().map(|(a, b)| (a - b).powi(2)).sum();
        let power: f64 = pairs().map(|(_, b)| b * b).sum();
        let fidelity = 10.0 * (power / error).log10();
        println!("{from} Hz: {fidelity:.1} dB");
        assert!(fidelity >= fidelity_db, "{from} Hz: {fidelity} dB");
    }
}
