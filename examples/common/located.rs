//! Errors that say where.

use super::cli::Outcome;
use std::fmt::Display;
use std::path::Path;

/// Names the file in an error that does not.
pub(crate) fn in_file<T, E: Display>(path: &Path, result: Result<T, E>) -> Outcome<T> {
    result.map_err(|error| format!("{}: {error}", path.display()).into())
}
