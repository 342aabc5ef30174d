//! Checks of what the statistics are given.

use crate::error::{Error, Result};

/// Checks a confidence level.
pub(super) fn check_level(level: f64) -> Result<()> {
    match level > 0.0 && level < 1.0 {
        true => Ok(()),
        false => Err(Error::Config {
            name: "level",
            value: level.to_string(),
            expected: "a number above 0 and below 1",
        }),
    }
}

/// Checks that two lists have an entry for the same folds or tracks, and at least `least` of them.
pub(super) fn check_pairs<T>(first: &[T], second: &[T], what: &'static str, least: usize) -> Result<()> {
    if first.len() != second.len() {
        return Err(Error::Unpaired { first: first.len(), second: second.len() });
    }
    check_count(first.len(), what, least)
}

/// Checks a number of entries.
pub(super) fn check_count(actual: usize, what: &'static str, least: usize) -> Result<()> {
    if actual < least { Err(Error::TooFew { what, actual, least }) } else { Ok(()) }
}

/// Checks that every number is finite.
pub(super) fn check_finite(values: &[f64], what: &'static str) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(index) => Err(Error::Value { what, index, value: values[index], expected: "a finite number" }),
        None => Ok(()),
    }
}

/// Checks a ratio of the sizes of test and training set.
pub(super) fn check_ratio(test_to_train: f64) -> Result<()> {
    match test_to_train >= 0.0 && test_to_train.is_finite() {
        true => Ok(()),
        false => Err(Error::Config {
            name: "test_to_train",
            value: test_to_train.to_string(),
            expected: "test tracks divided by training tracks",
        }),
    }
}

/// Checks that there is a row of probabilities for every label, and that each label has one.
pub(super) fn check_rows(probabilities: &[Vec<f64>], truth: &[u32]) -> Result<()> {
    if probabilities.len() != truth.len() {
        return Err(Error::Lengths { truth: truth.len(), predicted: probabilities.len() });
    }
    check_count(truth.len(), "examples", 1)?;
    for (index, (row, &label)) in probabilities.iter().zip(truth).enumerate() {
        if label as usize >= row.len() {
            return Err(Error::Label { label, classes: row.len() });
        }
        if let Some(&value) = row.iter().find(|value| !(0.0..=1.0).contains(*value)) {
            let (what, expected) = ("a probability of example", "a number from 0 to 1");
            return Err(Error::Value { what, index, value, expected });
        }
    }
    Ok(())
}
