//! Resampling: where time zero is, and how true the result is.

use std::f64::consts::TAU;

use mgc_audio::{Clip, Error};

/// Signal to error, dB, up to 0.9 of the lower Nyquist frequency; measured 134.8 to 136.7.
const FIDELITY_DB: f64 = 130.0;

/// A sum of tones under a Hann window of one second: smooth at both ends, nothing above `highest` Hz.
fn tones(rate: u32, highest: f64) -> Vec<f64> {
    let rate = f64::from(rate);
    let sample = |n: u32| {
        let t = f64::from(n) / rate;
        let window = (TAU / 2.0 * t).sin().powi(2);
        let sum: f64 = (1..=8).map(|k| (TAU * highest * f64::from(k) / 8.0 * t + f64::from(k)).sin()).sum();
        window * sum / 8.0
    };
    (0..rate as u32).map(sample).collect()
}

#[test]
fn a_sum_of_tones_arrives_where_and_as_it_should() {
    for (from, to) in [
        (44_100, 22_050),
        (48_000, 22_050),
        (96_000, 22_050),
        (32_000, 22_050),
        (22_051, 22_050),
        (8000, 22_050),
        (11_025, 22_050),
        (22_050, 48_000),
    ] {
        let highest = 0.9 * f64::from(from.min(to)) / 2.0;
        let samples = tones(from, highest).iter().map(|s| *s as f32).collect();
        let ours = Clip::new(samples, from).resampled(to).unwrap().samples;
        let exact = tones(to, highest);
        assert_eq!(ours.len(), exact.len());
        let error: f64 = ours.iter().zip(&exact).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
        let power: f64 = exact.iter().map(|s| s * s).sum();
        let fidelity = 10.0 * (power / error).log10();
        println!("{from} to {to} Hz: {fidelity:.1} dB");
        assert!(fidelity >= FIDELITY_DB, "{from} to {to} Hz: {fidelity} dB");
    }
}

#[test]
fn the_shortest_clips_have_a_defined_result() {
    let resample = |samples, from| Clip::new(samples, from).resampled(22_050).unwrap().samples;
    assert!(resample(Vec::new(), 44_100).is_empty());
    assert_eq!(resample(vec![0.0; 50_000], 48_000), vec![0.0; 22_969]);
    // One sample is one tap of the filter: at 2:1 the middle one, 0.956872 / 2.
    let click = resample(vec![1.0], 44_100);
    assert_eq!(click.len(), 1);
    assert!((click[0] - 0.478_436).abs() < 1e-6, "{click:?}");
    let fifty_milliseconds: Vec<f32> =
        tones(44_100, 4000.0)[20_000..22_205].iter().map(|s| *s as f32).collect();
    let (short, exact) = (resample(fifty_milliseconds, 44_100), tones(22_050, 4000.0));
    assert_eq!(short.len(), 1103);
    for (index, (a, b)) in short.iter().zip(&exact[10_000..]).enumerate().skip(100).take(900) {
        assert!((f64::from(*a) - b).abs() < 1e-6, "{index}: {a} {b}");
    }
}

#[test]
fn what_is_not_finite_stays_within_its_blocks() {
    let mut samples = vec![0.5; 100_000];
    (samples[0], samples[1]) = (f32::NAN, f32::INFINITY);
    let out = Clip::new(samples, 44_100).resampled(22_050).unwrap().samples;
    assert!(out[0].is_nan());
    assert!(out[4096..].iter().all(|s| s.is_finite()));
}

#[test]
fn rates_without_a_common_divisor_take_bounded_memory_and_time() {
    for (len, from, to) in
        [(100, 767_999, 768_000), (10, 768_000, 1000), (10, 1000, 768_000), (1000, 1009, 767_957)]
    {
        let out = Clip::new(vec![0.5; len], from).resampled(to).unwrap().samples;
        assert_eq!(out.len(), (len * to as usize).div_ceil(from as usize));
    }
}

#[test]
fn the_same_rate_gives_back_the_same_memory() {
    let clip = Clip::new(vec![0.5; 100], 22_050);
    let address = clip.samples.as_ptr();
    let clip = clip.resampled(22_050).unwrap();
    assert_eq!(clip.samples.as_ptr(), address);
}

#[test]
fn silly_rates_are_typed_errors() {
    for (from, to, bad) in [(0, 22_050, 0), (22_050, 0, 0), (22_050, u32::MAX, u32::MAX), (999, 22_050, 999)]
    {
        let result = Clip::new(vec![0.0; 10], from).resampled(to);
        assert!(matches!(result, Err(Error::SampleRate { rate }) if rate == bad), "{from} {to}: {result:?}");
    }
}

#[test]
fn resampling_keeps_the_count_of_skipped_packets() {
    let clip = Clip { skipped_packets: 3, ..Clip::new(vec![0.0; 100], 44_100) };
    assert_eq!(clip.resampled(22_050).unwrap().skipped_packets, 3);
}

#[test]
fn duration_is_samples_over_rate() {
    assert_eq!(Clip::new(vec![0.0; 33_075], 22_050).duration().as_secs_f64(), 1.5);
    assert!(Clip::new(vec![0.0; 10], 0).duration().is_zero());
}
