//! Converts panics inside symphonia to errors.
//!
//! symphonia 0.6.1 panics on some damaged headers (integer overflow, index out of range). A file must not
//! take down the program that opens it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::errors::{Error, Result};

/// The reason given for a panic.
pub(crate) const BROKE_DOWN: &str = "its decoder broke down";

/// Runs `call` and returns its result, or [`Error::DecodeError`] if it panics. After a panic the callers drop
/// or reset what `call` was working on.
pub(crate) fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(Err(Error::DecodeError(BROKE_DOWN)))
}
