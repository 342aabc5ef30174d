//! Questions to ask before long work.

use crate::replace::create_in;
use crate::target::{self, Target};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Checks that [`replace`](crate::replace()) could write `path` now, and leaves no file behind.
///
/// It creates a temporary file in the folder and removes it. Call it before long work whose result would
/// otherwise be lost. Pipes and devices are not opened, since that may block.
///
/// # Errors
///
/// As [`replace`](crate::replace()): `NotFound` for a missing folder, `PermissionDenied` for a folder that
/// may not be written, `IsADirectory` where `path` is a folder.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// mgc_files::check_writable(folder.join("model.safetensors"))?;
/// assert!(!folder.join("model.safetensors").exists());
///
/// let error = mgc_files::check_writable(folder.join("no folder/model.safetensors")).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn check_writable(path: impl AsRef<Path>) -> io::Result<()> {
    match target::find(path.as_ref())? {
        Target::Stream => Ok(()),
        Target::File { folder, permissions, .. } => create_in(&folder, permissions).map(drop),
    }
}

/// Returns whether `output` is the file `input`, by whatever names, links included.
///
/// Two paths of which one does not exist are not the same file.
///
/// # Errors
///
/// When the operating system cannot tell, for instance because a folder may not be entered.
///
/// # Examples
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(folder.join("song.wav"), "samples")?;
/// assert!(mgc_files::same_file(folder.join("song.wav"), folder.join("./song.wav"))?);
/// assert!(!mgc_files::same_file(folder.join("new.wav"), folder.join("song.wav"))?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn same_file(output: impl AsRef<Path>, input: impl AsRef<Path>) -> io::Result<bool> {
    match same_file::is_same_file(output, input) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        result => result,
    }
}
