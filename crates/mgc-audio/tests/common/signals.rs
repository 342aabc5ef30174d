//! The signals of the librosa fixtures (`fixtures/generate_mels.py`), made again by formula.

use std::f64::consts::TAU;

fn sine(frames: usize, amplitude: f64, hertz_at: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..frames)
        .map(|n| n as f64)
        .map(|n| (amplitude * (TAU * hertz_at(n) * n / 22_050.0).sin()).round_ties_even())
        .collect()
}

fn noise(frames: usize, amplitude: u64) -> Vec<f64> {
    let mut state = 1_u64;
    let next = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        ((state >> 15) % (2 * amplitude + 1)) as f64 - amplitude as f64
    };
    std::iter::repeat_with(next).take(frames).collect()
}

fn clicks(frames: usize) -> Vec<f64> {
    (0..frames).map(|n| if n % 1700 == 0 { 30_000.0 } else { 0.0 }).collect()
}

/// The signal of this name at 22,050 Hz.
pub(crate) fn signal(name: &str) -> Vec<f32> {
    let signal = match name {
        "chirp" => sine(9000, 20_000.0, |n| 50.0 + n * 0.5),
        "noise" => noise(9000, 16_000),
        "whisper" => noise(9000, 2),
        "silence" => vec![0.0; 5000],
        "clicks" => clicks(9000),
        "dc" => vec![16_384.0; 9000],
        "loud_sine" => sine(9000, 32_767.0, |_| 1000.0),
        "short" => noise(1500, 16_000),
        "shorter_than_the_padding" => noise(700, 16_000),
        _ => panic!("no signal {name}"),
    };
    signal.iter().map(|s| (s / 32_768.0) as f32).collect()
}
