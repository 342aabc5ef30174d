//! The one unsafe line of this crate: mapping the published file.

use std::fs::File;
use std::path::Path;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// Maps a file of features for reading.
#[allow(unsafe_code, reason = "mapping a file is unsafe by nature; the safety argument is below")]
pub(crate) fn map(path: &Path) -> Result<Mmap> {
    let file = File::open(path).map_err(Error::io(path))?;
    // SAFETY: the bytes of a mapping must not change while it lives. This crate writes a file of features
    // once, under a temporary name, and never again after it has been renamed to `path`; a later build
    // renames another file over it, which leaves the mapped one untouched. That nobody else writes into the
    // file is asked of the caller in the documentation of `FeatureStore`. All bit patterns are valid f32 and
    // u8.
    unsafe { Mmap::map(&file) }.map_err(Error::io(path))
}
