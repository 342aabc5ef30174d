//! Wilson's interval against statsmodels and against published tables.

use mgc_train::{ConfusionMatrix, Error, wilson_interval};
use proptest::prelude::*;

/// Written by `fixtures/generate.py`.
const STATSMODELS: &str = include_str!("fixtures/intervals_statsmodels.csv");

/// A few roundings of numbers below 1.
const TOLERANCE: f64 = 1e-14;

#[test]
fn intervals_equal_statsmodels() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(STATSMODELS.lines().count(), 50);
    for row in STATSMODELS.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let (low, high) = wilson_interval(fields[0].parse()?, fields[1].parse()?);
        let expected: (f64, f64) = (fields[2].parse()?, fields[3].parse()?);
        assert!((low - expected.0).abs() <= TOLERANCE, "{row}: {low}");
        assert!((high - expected.1).abs() <= TOLERANCE, "{row}: {high}");
    }
    Ok(())
}

#[test]
fn intervals_equal_the_published_table() {
    // R. G. Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
    let table =
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)];
    for (right, total, low, high) in table {
        let actual = wilson_interval(right, total);
        assert!(
            (actual.0 - low).abs() < 5.1e-5 && (actual.1 - high).abs() < 5.1e-5,
            "{right}/{total}: {actual:?}"
        );
    }
}

#[test]
fn nothing_is_known_from_no_example() {
    assert_eq!(wilson_interval(0, 0), (0.0, 1.0));
}

#[test]
fn a_matrix_gives_the_interval_of_its_accuracy() -> Result<(), Error> {
    let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 2])?;
    assert_eq!(confusion.correct(), 3);
    assert_eq!(confusion.accuracy_interval(), wilson_interval(3, 4));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn an_interval_holds_its_share_and_is_mirrored_by_the_share_of_errors(total in 1..5_000_usize, part in 0.0..=1.0) {
        let right = (part * total as f64) as usize;
        let (low, high) = wilson_interval(right, total);
        let share = right as f64 / total as f64;
        prop_assert!(0.0 <= low && low <= share + TOLERANCE && share - TOLERANCE <= high && high <= 1.0);
        let mirrored = wilson_interval(total - right, total);
        prop_assert!((low - (1.0 - mirrored.1)).abs() < TOLERANCE && (high - (1.0 - mirrored.0)).abs() < TOLERANCE);
    }

    #[test]
    fn ten_times_the_examples_give_a_narrower_interval(total in 1..500_usize, part in 0.0..=1.0) {
        let right = (part * total as f64) as usize;
        let width = |(low, high): (f64, f64)| high - low;
        prop_assert!(width(wilson_interval(10 * right, 10 * total)) < width(wilson_interval(right, total)));
    }
}
