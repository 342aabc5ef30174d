//! Questions to ask before long work.

use crate::replace::create_in;
use crate::target::{self, Target};
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Bytes that a check writes: a full disk still gives out empty files.
const SAMPLE: usize = 64 << 10;

/// Checks that [`replace`](crate::replace()) could write `path` now, and leaves no file behind.
///
/// It creates a temporary file in the folder, writes 64 KiB to it and removes it, so that a full disk is
/// found too. Call it before long work whose result would otherwise be lost. Pipes and devices are not
/// opened, since that may block.
///
/// # Errors
///
/// As [`replace`](crate::replace()): `NotFound` for a missing folder, `PermissionDenied` for a folder or a
/// file that may not be written, `IsADirectory` where `path` is a folder, `StorageFull` for a full disk.
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
        Target::File { folder, permissions, .. } => {
            let (file, _temporary) = create_in(&folder, permissions)?;
            fill_some(file)
        }
    }
}

/// Checks that files could be written into `folder` now, whether or not it exists yet, and leaves nothing
/// behind.
///
/// Where the folder is missing, the nearest folder above it that exists is asked.
///
/// # Errors
///
/// `NotADirectory` where the folder, or one above it, is a file; otherwise as [`check_writable`].
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// mgc_files::check_folder(root.join("runs/first"))?;
/// assert!(!root.join("runs").exists());
///
/// std::fs::write(root.join("song.wav"), "samples")?;
/// let error = mgc_files::check_folder(root.join("song.wav")).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotADirectory);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn check_folder(folder: impl AsRef<Path>) -> io::Result<()> {
    let folder = folder.as_ref();
    let present =
        folder.ancestors().find(|above| above.as_os_str().is_empty() || above.symlink_metadata().is_ok());
    let present = match present {
        Some(above) if above != Path::new("") => above,
        _ => Path::new("."),
    };
    if !present.metadata()?.is_dir() {
        return Err(io::Error::new(ErrorKind::NotADirectory, "this is a file, expected a folder"));
    }
    let (file, _temporary) = create_in(present, None)?;
    fill_some(file)
}

fn fill_some(mut file: File) -> io::Result<()> {
    file.write_all(&[0; SAMPLE])
}

/// Returns whether `output` is the file `input`, by whatever names, links included; neither is opened.
///
/// Two paths of which one does not exist are not the same file. Two of which neither exists are the same when
/// writing to either would create the same file: pass two outputs to tell whether one would replace the
/// other.
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
/// assert!(mgc_files::same_file(folder.join("new.wav"), folder.join("./new.wav"))?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn same_file(output: impl AsRef<Path>, input: impl AsRef<Path>) -> io::Result<bool> {
    let (output, input) = (output.as_ref(), input.as_ref());
    match (exists(output)?, exists(input)?) {
        (true, true) => same_present(output, input),
        (false, false) => same_place(output, input),
        _ => Ok(false),
    }
}

fn exists(path: &Path) -> io::Result<bool> {
    match path.metadata() {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(error),
    }
}

/// To open a pipe would wait for its other end.
#[cfg(unix)]
fn same_present(a: &Path, b: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (a, b) = (a.metadata()?, b.metadata()?);
    Ok((a.dev(), a.ino()) == (b.dev(), b.ino()))
}

#[cfg(not(unix))]
fn same_present(a: &Path, b: &Path) -> io::Result<bool> {
    same_file::is_same_file(a, b)
}

fn same_place(a: &Path, b: &Path) -> io::Result<bool> {
    let (Some((a, a_name)), Some((b, b_name))) = (place(a), place(b)) else { return Ok(false) };
    Ok(a_name == b_name && same_present(&a, &b)?)
}

/// The folder that exists, and the name in it, that writing to a free path would create.
fn place(path: &Path) -> Option<(PathBuf, PathBuf)> {
    match target::find(path).ok()? {
        Target::File { path, folder, .. } if folder.is_dir() => Some((folder, path.file_name()?.into())),
        _ => None,
    }
}
