//! symphonia's panics as its errors.
//!
//! Its readers are fuzzed less than they deserve: 0.6.1 panics on some damaged headers (integer overflow, index out of range).
//! A file must not take down the program that opens it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::errors::{Error, Result};

/// The reason that stands for a panic.
pub(super) const BROKE_DOWN: &str = "its decoder broke down";

/// What `call` gives, or [`Error::DecodeError`] if it panics. What it was working on is not used again, or reset first.
pub(crate) fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Error::DecodeError(BROKE_DOWN)))
}
