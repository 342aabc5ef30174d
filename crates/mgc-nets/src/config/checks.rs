//! Range checks that configurations share.

use crate::error::{Error, Result};
use std::fmt::Display;
use std::ops::RangeInclusive;

// Far beyond any use, and small enough that no product of them overflows.
pub(crate) const CLASSES: RangeInclusive<usize> = 2..=100_000;
pub(crate) const FILTERS: RangeInclusive<usize> = 1..=4_096;

pub(crate) fn within(field: &'static str, value: usize, range: &RangeInclusive<usize>) -> Result<()> {
    check(field, value, range.contains(&value), format!("{} to {}", range.start(), range.end()))
}

/// Checks a share or probability.
pub(crate) fn share(field: &'static str, value: f64) -> Result<()> {
    check(field, value, (0.0..1.0).contains(&value), "0 to below 1")
}

pub(crate) fn check(
    field: &'static str,
    value: impl Display,
    valid: bool,
    expected: impl Into<String>,
) -> Result<()> {
    match valid {
        true => Ok(()),
        false => Err(Error::Config { field, value: value.to_string(), expected: expected.into() }),
    }
}
