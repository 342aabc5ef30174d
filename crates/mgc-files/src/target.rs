//! Where the content of a path really lies.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf, is_separator};

/// A place that content can be written to.
pub(crate) enum Target {
    /// A regular file, or a name that is still free.
    File {
        /// The file itself, never a link to it.
        path: PathBuf,
        /// The folder that holds it.
        folder: PathBuf,
        /// The permissions of the present file, if there is one.
        permissions: Option<Permissions>,
    },
    /// A pipe, a device, or an open file of a process such as `/dev/stdout`.
    Stream,
}

/// Finds what `path` stands for, through any symbolic links, whether or not the last one leads to a file.
pub(crate) fn find(path: &Path) -> io::Result<Target> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error), // a circle of links ends here, so the recursion below does too
    };
    if metadata.as_ref().is_some_and(fs::Metadata::is_dir) || ends_in_separator(path) {
        return Err(io::Error::new(ErrorKind::IsADirectory, "this is a folder, expected a file"));
    }
    if metadata.as_ref().is_some_and(|metadata| !metadata.is_file()) || is_descriptor(path) {
        return Ok(Target::Stream);
    }
    if let Ok(link) = fs::read_link(path) {
        return find(&folder_of(path).join(link));
    }
    if path.file_name().is_none() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the path has no file name"));
    }
    let permissions = metadata.map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(Permissions::readonly) {
        let reason = "the file is write-protected; it is kept as it is";
        return Err(io::Error::new(ErrorKind::PermissionDenied, reason));
    }
    Ok(Target::File { path: path.into(), folder: folder_of(path).into(), permissions })
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != OsStr::new("") => folder,
        _ => Path::new("."),
    }
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|&byte| is_separator(byte.into()))
}

/// Whether the path names an open file of a process, whose name on disk must not be taken away.
fn is_descriptor(path: &Path) -> bool {
    let folder = folder_of(path);
    cfg!(unix) && (folder.starts_with("/proc") && folder.ends_with("fd") || folder == Path::new("/dev/fd"))
}
