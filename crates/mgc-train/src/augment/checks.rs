//! Checks of strengths.

use crate::error::{Error, Result};

/// Checks that a setting holds; the error names it with its value and what is accepted.
pub(super) fn check(
    holds: bool,
    name: &'static str,
    value: impl ToString + Copy,
    expected: &'static str,
) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::Config { name, value: value.to_string(), expected }) }
}

/// Checks a probability.
pub(super) fn check_probability(name: &'static str, value: f64) -> Result<()> {
    check((0.0..=1.0).contains(&value), name, value, "a number from 0 (off) to 1")
}
