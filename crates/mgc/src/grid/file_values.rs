//! Values in the file of a grid, checked while they are read: so an error has the line.

use serde::{Deserialize, Deserializer, de::Error};
use std::fmt::Display;
use std::str::FromStr;

/// Something that is written by its name.
#[derive(Clone, Copy)]
pub(super) struct Named<T>(pub(super) T);

/// A finite number above 0.
#[derive(Clone, Copy)]
pub(super) struct Positive(pub(super) f64);

/// A number of at least 0.
#[derive(Clone, Copy)]
pub(super) struct NotNegative(pub(super) f64);

/// A number from 0 on and below 1.
#[derive(Clone, Copy)]
pub(super) struct Below1(pub(super) f64);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Positive {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let holds = |value: f64| value > 0.0 && value.is_finite();
        number(from, holds, "a number above 0").map(Self)
    }
}

impl<'de> Deserialize<'de> for NotNegative {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |value| value >= 0.0 && value.is_finite(), "a number of at least 0").map(Self)
    }
}

impl<'de> Deserialize<'de> for Below1 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        number(from, |value| (0.0..1.0).contains(&value), "a number from 0 to below 1").map(Self)
    }
}

fn number<'de, D: Deserializer<'de>>(
    from: D,
    holds: impl Fn(f64) -> bool,
    expected: &str,
) -> Result<f64, D::Error> {
    match f64::deserialize(from)? {
        value if holds(value) => Ok(value),
        value => {
            Err(D::Error::custom(format!("{value}, expected {expected}; without the key, its default holds")))
        }
    }
}
