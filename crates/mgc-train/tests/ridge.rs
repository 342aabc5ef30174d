//! The ridge classifier against scikit-learn's, and what it refuses.

#![allow(clippy::unwrap_used, reason = "functions that tests share stop where a fixture is broken")]

use mgc_train::{Error, RidgeClassifier, RidgeConfig, band_statistics};
use proptest::prelude::*;
use serde::Deserialize;

/// Both solve the same equations in f64, by Cholesky's decomposition.
const TOLERANCE: f64 = 1e-10;

#[derive(Deserialize)]
struct Fixture {
    features: Vec<Vec<f64>>,
    labels: Vec<u32>,
    fits: Vec<Fit>,
}

#[derive(Deserialize)]
struct Fit {
    alpha: f64,
    scores: Vec<Vec<f64>>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("fixtures/ridge_sklearn.json")).unwrap()
}

#[test]
fn scores_are_those_of_scikit_learn() {
    let Fixture { features, labels, fits } = fixture();
    for Fit { alpha, scores } in fits {
        let ridge = RidgeClassifier::fit(&features, &labels, RidgeConfig { alpha }).unwrap();
        for (row, expected) in features.iter().zip(&scores) {
            let far = ridge
                .scores(row)
                .unwrap()
                .iter()
                .zip(expected)
                .map(|(a, b)| (a - b).abs())
                .fold(0., f64::max);
            assert!(far < TOLERANCE, "alpha {alpha}: {far:e}");
        }
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let Fixture { features, labels, .. } = fixture();
    let fit = |features: &[Vec<f64>], labels: &[u32], alpha| {
        RidgeClassifier::fit(features, labels, RidgeConfig { alpha }).unwrap_err()
    };
    assert!(matches!(fit(&features, &labels[1..], 1.0), Error::Lengths { truth: 39, predicted: 40 }));
    assert!(matches!(fit(&features[..1], &labels[..1], 1.0), Error::TooFew { actual: 1, .. }));
    for alpha in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(fit(&features, &labels, alpha), Error::Config { name: "alpha", .. }));
    }
    let mut short = features.clone();
    short[3].pop();
    let message = fit(&short, &labels, 1.0).to_string();
    assert_eq!(message, "example 3 has 5 features, expected 6: compute all features in the same way");
    let mut endless = features.clone();
    endless[2][1] = f64::NAN;
    assert!(matches!(fit(&endless, &labels, 1.0), Error::Value { index: 2, .. }));
    let ridge = RidgeClassifier::fit(&features, &labels, RidgeConfig::default()).unwrap();
    assert!(matches!(ridge.predict(&[0.0]), Err(Error::Features { actual: 1, expected: 6, .. })));
}

#[test]
fn values_that_make_no_frames_are_refused() {
    for (values, bands) in [(5, 2), (0, 2), (4, 0)] {
        assert!(matches!(band_statistics(&vec![0.0; values], bands), Err(Error::SpectrogramSize { .. })));
    }
}

proptest! {
    #[test]
    fn the_unit_of_a_feature_does_not_matter(factor in 0.001..1000.0, shift in -50.0..50.0) {
        let Fixture { features, labels, .. } = fixture();
        let other: Vec<Vec<f64>> =
            features.iter().map(|row| row.iter().map(|value| value * factor + shift).collect()).collect();
        let fit = |features: &[Vec<f64>]| RidgeClassifier::fit(features, &labels, RidgeConfig::default()).unwrap();
        let (first, second) = (fit(&features), fit(&other));
        for (a, b) in features.iter().zip(&other) {
            let (a, b) = (first.scores(a).unwrap(), second.scores(b).unwrap());
            prop_assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-8));
        }
    }

    #[test]
    fn statistics_do_not_depend_on_the_order_of_frames(
        frames in proptest::collection::vec(proptest::array::uniform3(-80f32..0.), 1..20),
    ) {
        let flat = |frames: &[[f32; 3]]| band_statistics(&frames.concat(), 3).unwrap();
        let turned: Vec<_> = frames.iter().rev().copied().collect();
        let (a, b) = (flat(&frames), flat(&turned));
        prop_assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-9));
    }
}
