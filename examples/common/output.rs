//! One place to write to: a file, or standard output.

use super::cli::{Outcome, in_file};
use super::say::product;
use mgc_files::printable_path;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Names of standard output.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// A place that may be written; [`claim`](super::outputs::claim) makes it.
pub(crate) enum Output {
    Stdout,
    File(PathBuf),
}

impl Output {
    pub(super) fn new(path: &Path) -> Self {
        if is_stdout(path) { Self::Stdout } else { Self::File(path.into()) }
    }

    /// Writes all bytes: a file appears whole or not at all. A pipe whose reader goes away has been read
    /// enough.
    pub(crate) fn write(&self, bytes: &[u8]) -> Outcome {
        match self {
            Self::Stdout => product(bytes),
            Self::File(path) => match mgc_files::replace_bytes(path, bytes) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                written => in_file(path, written)?,
            },
        }
        Ok(())
    }

    /// Whether it is a file whose name has this ending.
    pub(crate) fn has_ending(&self, ending: &str) -> bool {
        matches!(self, Self::File(path) if ending_of(path) == ending)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::File(path) => f.write_str(&printable_path(path)),
        }
    }
}

pub(super) fn is_stdout(path: &Path) -> bool {
    STDOUT.iter().any(|name| path == Path::new(name))
}

/// The extension in lower case, empty where there is none.
pub(super) fn ending_of(path: &Path) -> String {
    path.extension().map_or_else(String::new, |ending| ending.to_string_lossy().to_lowercase())
}
