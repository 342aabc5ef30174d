//! Writing a file under a temporary name and renaming it.

use crate::target::{self, Target};
use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::{NamedTempFile, TempPath};

/// Writes a file with `write` and puts it at `path` in one step.
///
/// * The path holds the old content or the new content, whole, at every moment. The content is synced to disk
///   before it takes the name. The folder is synced after that where the platform and the file system allow
///   it.
/// * When `write` fails, the disk is full, or anything else goes wrong, the old file stays as it was and no
///   temporary file is left. Only a process that is killed while it writes leaves one, named `.mgc-*.tmp`.
/// * Several threads and processes may write one path; one of them comes last.
/// * The file keeps its permissions. A new file gets those of any new file: 0666 less the umask on Unix.
///   Owner, hard links and extended attributes are not carried over.
/// * A file that is write-protected is not replaced, although its folder would allow that.
/// * A symbolic link stays, and the file that it leads to is replaced, or created.
/// * A pipe, a device or an open file of a process (`/dev/stdout`) has no old content to protect: `write`
///   writes straight into it. There it cannot seek.
///
/// # Errors
///
/// The error of `write`, or that of the operating system, with its [`io::ErrorKind`]: `NotFound` for a
/// missing folder, `PermissionDenied` for a folder that may not be written, `IsADirectory` where `path` is a
/// folder.
///
/// # Examples
///
/// ```
/// use std::io::Write;
///
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("log.csv");
/// mgc_files::replace(&path, |file| {
///     writeln!(file, "epoch,loss")?;
///     writeln!(file, "0,2.3")
/// })?;
/// assert_eq!(std::fs::read_to_string(path)?, "epoch,loss\n0,2.3\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace(
    path: impl AsRef<Path>,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    match target::find(path.as_ref())? {
        Target::Stream => {
            let file = OpenOptions::new().append(true).open(path)?;
            fill(file, write).map(drop)
        }
        Target::File { path, folder, permissions } => {
            let (file, temporary) = create_in(&folder, permissions)?;
            fill(file, write)?.sync_all()?;
            temporary.persist(path).map_err(|failed| failed.error)?;
            sync_folder(&folder);
            Ok(())
        }
    }
}

/// Writes `bytes` to a file and puts it at `path` in one step.
///
/// # Errors
///
/// As [`replace`], which lists the promises too.
///
/// # Examples
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("settings.json");
/// mgc_files::replace_bytes(&path, b"{}\n")?;
/// assert_eq!(std::fs::read(path)?, b"{}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn replace_bytes(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
    replace(path, |file| file.write_all(bytes))
}

fn fill(file: File, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<File> {
    let mut file = BufWriter::new(file);
    write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)
}

/// Creates a temporary file, which is removed when its path is dropped.
pub(crate) fn create_in(folder: &Path, permissions: Option<Permissions>) -> io::Result<(File, TempPath)> {
    let named: NamedTempFile<File> =
        tempfile::Builder::new().prefix(".mgc-").suffix(".tmp").make_in(folder, |path| {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            // Nobody may open a file whose content is private before it has its permissions.
            #[cfg(unix)]
            if permissions.is_some() {
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            }
            options.open(path)
        })?;
    if let Some(permissions) = permissions {
        named.as_file().set_permissions(permissions)?;
    }
    Ok(named.into_parts())
}

/// Makes the new name durable. A failure is no error: the new content is in place, and synced, already.
fn sync_folder(folder: &Path) {
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}
