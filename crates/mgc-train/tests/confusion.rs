//! Rates of a confusion matrix against scikit-learn.

use mgc_train::{ConfusionMatrix, Error};
use proptest::prelude::*;

/// Written by `fixtures/generate.py`.
const SKLEARN: &str = include_str!("fixtures/rates_sklearn.csv");

/// One rounding of a mean of ten numbers.
const TOLERANCE: f64 = 1e-15;

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|digit| digit.to_digit(10)).collect()
}

fn assert_close(actual: f64, expected: &str, what: &str) {
    let expected: f64 = expected.parse().unwrap_or(f64::NAN);
    assert!((actual - expected).abs() <= TOLERANCE, "{what}: {actual}, expected {expected}");
}

#[test]
fn rates_equal_scikit_learn() -> Result<(), Error> {
    let rows: Vec<&str> = SKLEARN.lines().skip(1).collect();
    assert_eq!(rows.len(), 24);
    for row in rows {
        let fields: Vec<&str> = row.split(',').collect();
        let classes = fields[0].parse().unwrap_or(0);
        let confusion = ConfusionMatrix::new(classes, &digits(fields[1]), &digits(fields[2]))?;
        assert_close(confusion.accuracy(), fields[3], row);
        assert_close(confusion.macro_f1(), fields[4], row);
        let (recall, precision) = (fields[5].split(' '), fields[6].split(' '));
        for (class, (recall, precision)) in recall.zip(precision).enumerate() {
            assert_close(confusion.recall(class), recall, row);
            assert_close(confusion.precision(class), precision, row);
        }
    }
    Ok(())
}

#[test]
fn a_class_that_never_occurs_does_not_lower_the_macro_f1() -> Result<(), Error> {
    let confusion = ConfusionMatrix::new(10, &[3, 4], &[3, 4])?;
    assert_eq!(confusion.macro_f1(), 1.0);
    assert_eq!((confusion.recall(0), confusion.precision(0), confusion.f1(0)), (0.0, 0.0, 0.0));
    Ok(())
}

#[test]
fn no_examples_give_rates_of_zero() -> Result<(), Error> {
    let confusion = ConfusionMatrix::new(3, &[], &[])?;
    assert_eq!((confusion.total(), confusion.accuracy(), confusion.macro_f1()), (0, 0.0, 0.0));
    Ok(())
}

#[test]
fn lists_that_do_not_fit_are_typed_errors() {
    let lengths = ConfusionMatrix::new(3, &[0, 1], &[0]);
    assert!(matches!(lengths, Err(Error::Lengths { truth: 2, predicted: 1 })));
    for (truth, predicted) in [(3, 0), (0, 3)] {
        let label = ConfusionMatrix::new(3, &[truth], &[predicted]);
        assert!(matches!(label, Err(Error::Label { label: 3, classes: 3 })));
    }
}

#[test]
fn the_table_names_rows_and_columns() -> Result<(), Error> {
    let confusion = ConfusionMatrix::new(3, &[0, 0, 1, 2], &[0, 1, 1, 1])?;
    let expected = "\
true  blue jazz    2  recall  precision
blues    1    1    0   0.500      1.000
jazz     0    1    0   1.000      0.333
2        0    1    0   0.000      0.000
";
    assert_eq!(confusion.table(&["blues", "jazz"]).to_string(), expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn supports_and_predictions_both_sum_to_the_total(pairs in prop::collection::vec((0..5_u32, 0..5_u32), 0..50)) {
        let (truth, predicted): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
        let confusion = ConfusionMatrix::new(5, &truth, &predicted).unwrap();
        let sum = |count: fn(&ConfusionMatrix, usize) -> usize| (0..5).map(|class| count(&confusion, class)).sum::<usize>();
        prop_assert_eq!(sum(ConfusionMatrix::support), truth.len());
        prop_assert_eq!(sum(ConfusionMatrix::predicted), truth.len());
        prop_assert!((0.0..=1.0).contains(&confusion.macro_f1()));
    }
}
