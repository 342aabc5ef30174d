//! Tells what a store has not written, so that no build replaces it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::published::MAGIC;
use crate::error::{Error, Result};

/// Refuses a path where something else lies than a published file, whole or damaged. Nothing and an empty
/// file are fine.
pub(crate) fn refuse_foreign(path: &Path) -> Result<()> {
    match foreign(path) {
        Ok(None) => Ok(()),
        Ok(Some(found)) => Err(Error::Foreign { path: path.to_path_buf(), found }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::io(path)(error)),
    }
}

/// Returns what lies there, where that is not ours. What is no file is not opened: a pipe would block.
fn foreign(path: &Path) -> std::io::Result<Option<String>> {
    let kind = fs::metadata(path)?;
    if !kind.is_file() {
        let found = if kind.is_dir() { "a folder" } else { "a device or a pipe" };
        return Ok(Some(found.to_string()));
    }
    let mut start = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
    let ours = MAGIC.starts_with(&start);
    Ok((!ours).then(|| format!("a file of another program, which begins with `{}`", start.escape_ascii())))
}
