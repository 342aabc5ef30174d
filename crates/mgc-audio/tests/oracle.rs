//! The front ends against slow, obvious ones: an O(n^2) Fourier sum, a dense triangle sum and a cosine sum,
//! in f64.

use std::f64::consts::TAU;

use mgc_audio::{Decibels, MelConfig, MelScale, MelSpectrogram, Mfcc, MfccConfig, PadMode, Stft, StftConfig};

/// dB. The result is rounded to f32 once, at most 4e-6 near 60 dB; the filter weights are rounded to f32, at
/// most 5e-7.
const TOLERANCE_DB: f64 = 1e-5;
/// Share of the largest magnitude: the one rounding to f32 is 6e-8.
const TOLERANCE_MAGNITUDE: f64 = 1e-7;
/// Coefficients up to 400 here: the one rounding to f32 is 1.6e-5.
const TOLERANCE_MFCC: f64 = 2e-5;

fn config(scale: MelScale, padding: PadMode) -> MelConfig {
    MelConfig {
        sample_rate: 8000,
        n_fft: 128,
        hop_length: 48,
        n_mels: 16,
        f_min: 100.0,
        f_max: 3900.0,
        scale,
        padding,
        chunk_samples: None,
        decibels: Decibels { top_db: None, ..Decibels::default() },
    }
}

fn padded(samples: &[f32], config: &StftConfig) -> Vec<f64> {
    let half = config.n_fft / 2;
    let inner: Vec<f64> = samples.iter().map(|s| f64::from(*s)).collect();
    let (before, after): (Vec<f64>, Vec<f64>) = match config.padding {
        PadMode::Constant => (vec![0.0; half], vec![0.0; half]),
        PadMode::Reflect => (
            inner[1..=half].iter().rev().copied().collect(),
            inner[inner.len() - 1 - half..inner.len() - 1].iter().rev().copied().collect(),
        ),
    };
    [before, inner, after].concat()
}

/// Power of one bin, by the definition of the Fourier sum over the windowed frame.
fn bin_power(frame: &[f64], bin: usize) -> f64 {
    let n = frame.len() as f64;
    let (mut re, mut im) = (0.0, 0.0);
    for (i, x) in frame.iter().enumerate() {
        let window = (std::f64::consts::PI * i as f64 / n).sin().powi(2);
        let angle = TAU * bin as f64 * i as f64 / n;
        re += x * window * angle.cos();
        im -= x * window * angle.sin();
    }
    re * re + im * im
}

fn hz_to_mel(hz: f64, scale: MelScale) -> f64 {
    match scale {
        MelScale::Htk => 1127.0 * (1.0 + hz / 700.0).ln() * (2595.0 / 1127.0 / std::f64::consts::LN_10),
        MelScale::Slaney if hz < 1000.0 => 3.0 * hz / 200.0,
        MelScale::Slaney => 15.0 + 27.0 * (hz / 1000.0).ln() / 6.4_f64.ln(),
    }
}

/// Inverts the mel scale by bisection, so that no second formula is needed.
fn mel_to_hz(mel: f64, scale: MelScale) -> f64 {
    let (mut low, mut high) = (0.0, 4000.0);
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if hz_to_mel(middle, scale) < mel { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

fn triangle(hz: f64, lower: f64, centre: f64, upper: f64) -> f64 {
    let height = if hz <= centre { (hz - lower) / (centre - lower) } else { (upper - hz) / (upper - centre) };
    height.max(0.0) * 2.0 / (upper - lower)
}

fn slow_mel(samples: &[f32], config: &MelConfig) -> Vec<f64> {
    let samples = padded(samples, &config.stft());
    let (low, high) = (hz_to_mel(config.f_min, config.scale), hz_to_mel(config.f_max, config.scale));
    let edge = |i: usize| mel_to_hz(low + (high - low) * i as f64 / (config.n_mels + 1) as f64, config.scale);
    let edges: Vec<f64> = (0..config.n_mels + 2).map(edge).collect();
    let mut out = Vec::new();
    for frame in samples.windows(config.n_fft).step_by(config.hop_length) {
        let power: Vec<f64> = (0..=config.n_fft / 2).map(|bin| bin_power(frame, bin)).collect();
        for band in edges.windows(3) {
            let weight = |bin: usize| {
                let hz = bin as f64 * f64::from(config.sample_rate) / config.n_fft as f64;
                triangle(hz, band[0], band[1], band[2])
            };
            let sum: f64 = power.iter().enumerate().map(|(bin, p)| p * weight(bin)).sum();
            out.push(10.0 * sum.max(config.decibels.amin).log10());
        }
    }
    out
}

fn noise(frames: usize) -> Vec<f32> {
    let mut state = 7_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(frames).collect()
}

#[test]
fn the_front_end_is_the_fourier_and_triangle_sum() {
    let samples = noise(1000);
    for scale in [MelScale::Slaney, MelScale::Htk] {
        for padding in [PadMode::Constant, PadMode::Reflect] {
            let config = config(scale, padding);
            let slow = slow_mel(&samples, &config);
            let fast = MelSpectrogram::new(config).unwrap().compute(&samples).unwrap();
            assert_eq!(fast.as_slice().len(), slow.len());
            for (index, (ours, slow)) in fast.as_slice().iter().zip(&slow).enumerate() {
                let difference = (f64::from(*ours) - slow).abs();
                assert!(difference <= TOLERANCE_DB, "{scale:?} {padding:?} {index}: {ours} against {slow}");
            }
        }
    }
}

#[test]
fn the_stft_is_the_fourier_sum_for_even_and_odd_lengths() {
    let samples = noise(400);
    for fft in [2, 3, 64, 75, 97, 128] {
        for padding in [PadMode::Constant, PadMode::Reflect] {
            let config = StftConfig { n_fft: fft, hop_length: 37, padding };
            let fast = Stft::new(config.clone()).unwrap().magnitudes(&samples).unwrap();
            let padded = padded(&samples, &config);
            let slow: Vec<Vec<f64>> = padded
                .windows(fft)
                .step_by(37)
                .map(|frame| (0..=fft / 2).map(|bin| bin_power(frame, bin).sqrt()).collect())
                .collect();
            assert_eq!(fast.dim(), (slow.len(), 1 + fft / 2));
            let largest = slow.iter().flatten().fold(0.0, |m: f64, v| m.max(*v));
            for ((frame, bin), ours) in fast.indexed_iter() {
                let difference = (f64::from(*ours) - slow[frame][bin]).abs();
                assert!(
                    difference <= TOLERANCE_MAGNITUDE * largest,
                    "{fft} {padding:?} {frame} {bin}: {ours}"
                );
            }
        }
    }
}

/// Coefficient `n` of one frame by the definition of the DCT-II, then its norm and lifter.
fn slow_mfcc(frame: &[f32], n: usize, lifter: f64) -> f64 {
    let bands = frame.len() as f64;
    let angle = |band: usize| std::f64::consts::PI * n as f64 * (2 * band + 1) as f64 / (2.0 * bands);
    let sum: f64 = frame.iter().enumerate().map(|(band, v)| 2.0 * f64::from(*v) * angle(band).cos()).sum();
    let norm = if n == 0 { (1.0 / (4.0 * bands)).sqrt() } else { (1.0 / (2.0 * bands)).sqrt() };
    let lift = (std::f64::consts::PI * (n as f64 + 1.0) / lifter).sin() * lifter / 2.0;
    norm * sum * if lifter > 0.0 { 1.0 + lift } else { 1.0 }
}

#[test]
fn mfccs_are_the_cosine_sum_of_the_log_mel_spectrogram() {
    let samples = noise(1000);
    for (coefficients, lifter) in [(1, 0.0), (13, 0.0), (16, 0.0), (13, 22.0), (16, 0.3)] {
        let mel = config(MelScale::Slaney, PadMode::Constant);
        let spectrogram = MelSpectrogram::new(mel.clone()).unwrap().compute(&samples).unwrap();
        let mfcc = Mfcc::new(MfccConfig { mel, coefficients, lifter }).unwrap();
        let ours = mfcc.compute(&samples).unwrap();
        assert_eq!(ours.dim(), (spectrogram.frames(), coefficients));
        for ((frame, n), ours) in ours.indexed_iter() {
            let slow = slow_mfcc(&spectrogram.as_slice()[16 * frame..16 * (frame + 1)], n, lifter);
            assert!((f64::from(*ours) - slow).abs() <= TOLERANCE_MFCC, "{lifter} {frame} {n}: {ours} {slow}");
        }
        assert_eq!(ours, mfcc.from_mel(&spectrogram).unwrap());
    }
}
