//! Lists folders: sorted, without hidden files, never following a loop of links.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::catalog::Info;
use crate::error::{Error, Result};
use crate::text::escaped;

/// The file name extensions, in lower case, by which music is found in folders: one list for all loaders and
/// for [`find_audio`](crate::find_audio).
///
/// Formats that the decoder of this build does not support are listed all the same: they then appear in the
/// report of skipped files instead of vanishing.
#[rustfmt::skip]
pub const AUDIO_EXTENSIONS: &[&str] = &[
    "wav", "wave", "w64", "rf64", "bwf", "bw64", "mp3", "mp2", "mp1", "mpa", "mpga", "flac", "fla", "ogg", "oga",
    "ogx", "opus", "au", "snd", "m4a", "m4b", "m4r", "m4v", "mp4", "mov", "qt", "3gp", "3gpp", "3g2", "f4a", "aac",
    "adts", "aif", "aiff", "aifc", "caf", "mka", "mkv", "weba", "webm", // decoded
    "alac", "ac3", "amr", "ape", "dff", "dsf", "dts", "mpc", "ogv", "ra", "rm", "shn", "spx", "tak", "tta", "voc",
    "wma", "wv", // not decoded, but named
];

/// Returns the entries of a folder whose names do not begin with a dot, sorted by name.
///
/// The dot rule drops `.DS_Store` and the `._*` twins that macOS leaves on foreign disks.
pub(crate) fn visible_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        if !is_hidden(&path) {
            entries.push(path);
        }
    }
    entries.sort();
    Ok(entries)
}

/// Returns the audio files anywhere below a folder, sorted by path.
pub(crate) fn audio_files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path())) {
        let entry = entry.map_err(|error| unwalkable(folder, error))?;
        if is_audio(entry.path())? {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Makes the error of a folder that cannot be walked through; the path stands beside the system's message
/// alone.
pub(crate) fn unwalkable(folder: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(folder).to_path_buf();
    let message = error.to_string();
    Error::Io { path, source: error.into_io_error().unwrap_or_else(|| io::Error::other(message)) }
}

/// Returns whether this is a file (or a link to one) with an audio extension.
///
/// # Errors
/// [`Error::Io`] where it cannot be told, as in a folder that may be listed but not entered.
pub(crate) fn is_audio(path: &Path) -> Result<bool> {
    let named = extension(path).is_some_and(|extension| AUDIO_EXTENSIONS.contains(&extension.as_str()));
    Ok(named && is_file(path)?)
}

/// Returns whether there is a file or a link to one; an error where it may not be looked at.
pub(crate) fn is_file(path: &Path) -> Result<bool> {
    Ok(metadata(path)?.is_some_and(|data| data.is_file()))
}

/// Returns whether there is a folder or a link to one; an error where it may not be looked at.
pub(crate) fn is_folder(path: &Path) -> Result<bool> {
    Ok(metadata(path)?.is_some_and(|data| data.is_dir()))
}

/// Returns whether there is a folder; an error where it is one that may not be entered.
pub(crate) fn is_open_folder(path: &Path) -> Result<bool> {
    match is_folder(path)? {
        true => fs::metadata(path.join(".")).map(|_| true).map_err(Error::io(path)),
        false => Ok(false),
    }
}

/// Returns what lies at a path; `None` where there is nothing, or a link that leads nowhere.
fn metadata(path: &Path) -> Result<Option<fs::Metadata>> {
    match fs::metadata(path) {
        Ok(data) => Ok(Some(data)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) if error.kind() != ErrorKind::PermissionDenied && path.is_symlink() => Ok(None),
        Err(source) => Err(Error::Io { path: path.to_path_buf(), source }),
    }
}

/// Returns those of some paths for which the test holds.
pub(crate) fn only(paths: Vec<PathBuf>, test: impl Fn(&Path) -> Result<bool>) -> Result<Vec<PathBuf>> {
    let tested = paths.into_iter().map(|path| Ok(test(&path)?.then_some(path)));
    tested.filter_map(Result::transpose).collect()
}

/// Returns the file name extension in lower case.
pub(crate) fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_lowercase())
}

/// Makes the error of a loader that found nothing at a root. `otherwise` says what was found in a folder
/// there.
pub(crate) fn wrong_layout(info: &Info, root: &Path, otherwise: &str) -> Error {
    let found = match metadata(root) {
        Err(error) => return error,
        Ok(None) => "no such folder",
        Ok(Some(data)) if !data.is_dir() => "not a folder",
        Ok(_) => otherwise,
    };
    Error::Layout {
        path: root.to_path_buf(),
        dataset: info.name,
        found: found.to_string(),
        expected: info.layout,
    }
}

/// Returns a folder and the visible folders in it, or nothing when there is no such folder.
pub(crate) fn folder_and_those_in_it(root: &Path) -> Result<Vec<PathBuf>> {
    if !is_folder(root)? {
        return Ok(Vec::new());
    }
    let inside = only(visible_entries(root)?, is_folder)?;
    Ok(std::iter::once(root.to_path_buf()).chain(inside).collect())
}

/// Returns the last component of a path as text.
pub(crate) fn name(path: &Path) -> String {
    escaped(path.file_name().unwrap_or_default())
}

pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
