//! The one unsafe line of this crate: it maps the published file into memory.

use std::fs::File;
use std::path::Path;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// Maps a file of features for reading.
#[allow(unsafe_code, reason = "mapping a file is unsafe by nature; the safety argument is below")]
pub(crate) fn map(path: &Path) -> Result<Mmap> {
    let file = File::open(path).map_err(Error::io(path))?;
    // SAFETY: the bytes of a mapping must not change while it lives.
    //
    // This crate never changes them. It writes a file of features once, under a temporary name, and nothing
    // in it opens such a file for writing after it has been renamed to `path`. A later build renames another
    // file over it, which leaves the mapped one untouched, and so does deleting it.
    //
    // Another program can change them, and no reader can prevent that: a lock would only bind programs that
    // ask for it, so none is taken. The damage is limited. Header and index are copied before they are
    // checked and parsed, and no length, offset or text is ever read from the mapping again; all other bytes
    // are only read as u8 or f32, for which every bit pattern is valid. So overwritten bytes are wrong
    // numbers, and a truncated file is a SIGBUS, by which the system ends the process before it reads
    // anything else. What remains is that Rust gives no meaning to memory that changes behind a shared
    // reference. The documentation of `FeatureStore` tells callers all of this.
    unsafe { Mmap::map(&file) }.map_err(Error::io(path))
}
