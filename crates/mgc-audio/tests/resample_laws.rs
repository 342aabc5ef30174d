//! Laws of resampling that hold for every input (property tests).

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use std::f64::consts::TAU;

use mgc_audio::Clip;
use proptest::prelude::*;

/// The filter's ripple (127 dB down) and the rounding of the f32 transforms, for samples within -1 to 1.
/// The largest seen in 6,000 cases of each law is 8.4e-7.
const ROUNDING: f64 = 2e-6;
/// Samples at the lower rate that the filter reaches to either side.
const REACH: usize = 108;

/// Common rates, and two that share no divisor with any other.
fn rates() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![
        8000_u32, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 22_051, 7_919,
    ])
}

/// Samples of the lower rate at the start that are not the filter's.
const ONSET: usize = 4;

fn noise(len: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-1.0_f32..1.0, len)
}

fn resample(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    Clip::new(samples, from).resampled(to).unwrap().samples
}

/// The outputs that the ends of the clip do not touch.
fn interior(samples: &[f32], from: u32, to: u32) -> impl Iterator<Item = (usize, f32)> {
    let margin = REACH * to.div_ceil(from.min(to)) as usize;
    let inner = samples.iter().copied().enumerate().skip(margin);
    inner.take(samples.len().saturating_sub(2 * margin))
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| f64::from(a - b).abs() <= ROUNDING)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_length_is_rounded_up(samples in 0_usize..5000, from in rates(), to in rates()) {
        let clip = Clip::new(vec![0.25; samples], from).resampled(to).unwrap();
        let exact = samples as u64 * u64::from(to);
        prop_assert_eq!(clip.samples.len() as u64, exact.div_ceil(u64::from(from)));
        prop_assert_eq!(clip.sample_rate, to);
    }

    #[test]
    fn a_weighted_sum_becomes_the_weighted_sum((a, b) in (1_usize..9000).prop_flat_map(|n| (noise(n), noise(n))), weight in 0.0_f32..1.0, from in rates(), to in rates()) {
        let mix = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| weight * a + (1.0 - weight) * b).collect::<Vec<_>>();
        let before = resample(mix(&a, &b), from, to);
        let after = mix(&resample(a, from, to), &resample(b, from, to));
        prop_assert!(close(&before, &after));
    }

    #[test]
    fn silence_of_whole_periods_in_front_stays_in_front(samples in noise(1..3000), periods in 1_usize..4, from in rates(), to in rates()) {
        let divisor = gcd(from, to);
        let shifted = |samples: &[f32], rate| [&vec![0.0; periods * (rate / divisor) as usize], samples].concat();
        let late = resample(shifted(&samples, from), from, to);
        let ahead = periods * (to / divisor) as usize;
        let early = resample(samples, from, to);
        // The very start is soxr's, which knows nothing of what the filter rings before time zero.
        let onset = (ONSET * to.div_ceil(from.min(to)) as usize).min(early.len());
        prop_assert!(close(&late[ahead + onset..], &early[onset..]));
    }

    #[test]
    fn a_constant_stays_the_constant(level in -1.0_f32..1.0, len in 500_usize..9000, from in rates(), to in rates()) {
        let out = resample(vec![level; len], from, to);
        for (index, sample) in interior(&out, from, to) {
            prop_assert!(f64::from(sample - level).abs() <= ROUNDING, "{index}: {sample}, not {level}");
        }
    }

    #[test]
    fn a_tone_up_to_nine_tenths_of_the_lower_nyquist_stays_the_tone(part in 0.0_f64..0.9, phase in 0.0_f64..TAU, len in 500_usize..9000, from in rates(), to in rates()) {
        let hertz = part * f64::from(from.min(to)) / 2.0;
        let tone = |n: usize, rate: u32| (TAU * hertz * n as f64 / f64::from(rate) + phase).sin();
        let out = resample((0..len).map(|n| tone(n, from) as f32).collect(), from, to);
        for (index, sample) in interior(&out, from, to) {
            prop_assert!((f64::from(sample) - tone(index, to)).abs() <= ROUNDING, "{index}: {sample}, not {}", tone(index, to));
        }
    }

    #[test]
    fn a_tone_above_the_lower_nyquist_is_gone(part in 0.0_f64..1.0, len in 500_usize..9000, from in rates(), to in rates()) {
        prop_assume!(to < from);
        let (low, high) = (f64::from(to) / 2.0, f64::from(from) / 2.0);
        let hertz = low + part * (high - low);
        let tone = (0..len).map(|n| (TAU * hertz * n as f64 / f64::from(from)).sin() as f32).collect();
        for (index, sample) in interior(&resample(tone, from, to), from, to) {
            prop_assert!(f64::from(sample).abs() <= ROUNDING, "{index}: {sample} of {hertz} Hz");
        }
    }

    #[test]
    fn the_same_samples_give_the_same_bits(samples in noise(0..9000), from in rates(), to in rates()) {
        prop_assert_eq!(resample(samples.clone(), from, to), resample(samples, from, to));
    }
}
