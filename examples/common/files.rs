//! Files that are whole at every moment.

use super::cli::Outcome;
use super::located::in_file;
use std::fs;
use std::path::{Path, PathBuf};

/// Writes a file under a temporary name beside `path`, then renames it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Outcome {
    let part = part_of(path, "tmp");
    in_file(path, fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)))
}

/// A temporary name beside `path`.
pub(crate) fn part_of(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.{ending}", std::process::id()));
    name.into()
}
