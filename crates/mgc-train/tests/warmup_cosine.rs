//! The schedule against PyTorch's, and its laws.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc_train::{Error, WarmupCosine, WarmupCosineConfig};
use proptest::prelude::*;

/// Of the peak: PyTorch steps from rate to rate and gathers roundings.
const TOLERANCE: f64 = 1e-12;

/// Written by `fixtures/generate_torch.py`.
const TORCH: &str = include_str!("fixtures/warmup_cosine_torch.csv");

#[test]
fn every_rate_equals_pytorchs() {
    let mut compared = 0;
    for row in TORCH.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let (warmup_steps, steps): (f64, usize) = (cells[0].parse().unwrap(), cells[1].parse().unwrap());
        let (peak, final_share): (f64, f64) = (cells[2].parse().unwrap(), cells[3].parse().unwrap());
        let config = WarmupCosineConfig { warmup: warmup_steps / steps as f64, final_share };
        let schedule = WarmupCosine::new(config, peak, steps).unwrap();
        for (step, expected) in cells[4].split(' ').enumerate() {
            let (lr, expected) = (schedule.lr(step), expected.parse::<f64>().unwrap());
            assert!((lr - expected).abs() <= TOLERANCE * peak, "step {step} of {row}: {lr}");
            compared += 1;
        }
    }
    assert_eq!(compared, 330);
}

#[test]
fn shares_outside_their_range_are_typed_errors() {
    let wrong = [(1.0, 0.0), (-0.1, 0.0), (f64::NAN, 0.0), (0.1, 1.1), (0.1, -0.1), (0.1, f64::NAN)];
    for (warmup, final_share) in wrong {
        let error = WarmupCosine::new(WarmupCosineConfig { warmup, final_share }, 0.1, 10).unwrap_err();
        assert!(matches!(error, Error::Config { .. }), "{error}");
    }
    assert!(WarmupCosine::new(WarmupCosineConfig::default(), f64::INFINITY, 10).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_rate_rises_to_the_peak_then_falls_to_the_final_share(
        warmup in 0.0..1.0, final_share in 0.0..1.0, peak in 1e-6..1.0, steps in 1usize..300,
    ) {
        let schedule = WarmupCosine::new(WarmupCosineConfig { warmup, final_share }, peak, steps).unwrap();
        let rates: Vec<f64> = (0..steps).map(|step| schedule.lr(step)).collect();
        let rising = (warmup * steps as f64).round() as usize;
        let within = |rate: &f64| *rate > 0.0 && *rate <= peak * (1.0 + TOLERANCE);
        prop_assert!(rates.iter().all(within), "{rates:?}");
        prop_assert!(rates[..rising].windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(rates[rising..].windows(2).all(|pair| pair[0] >= pair[1]));
        prop_assert!(rates.iter().any(|rate| (rate - peak).abs() <= TOLERANCE * peak));
        for step in [steps, 2 * steps] {
            prop_assert!((schedule.lr(step) - peak * final_share).abs() <= TOLERANCE * peak);
        }
    }
}
