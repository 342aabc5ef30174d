//! Lists folders: sorted, without hidden files, never following a loop of links.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::Info;
use crate::error::{Error, Result};

/// The file name extensions, in lower case, that loaders take for music.
///
/// Formats that the decoder of this build does not support are listed all the same: they then appear in the
/// report of skipped files instead of vanishing.
pub const AUDIO_EXTENSIONS: [&str; 23] = [
    "wav", "wave", "w64", "rf64", "bwf", "mp3", "mp2", "flac", "ogg", "oga", "au", "snd", "opus", "m4a",
    "m4b", "mp4", "aac", "aif", "aiff", "aifc", "caf", "mka", "wma",
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
        let entry = entry.map_err(|error| Error::Io { path: folder.to_path_buf(), source: error.into() })?;
        if is_audio(entry.path()) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Returns whether this is a file (or a link to one) with an audio extension.
pub(crate) fn is_audio(path: &Path) -> bool {
    extension(path).is_some_and(|extension| AUDIO_EXTENSIONS.contains(&extension.as_str())) && path.is_file()
}

/// Returns the file name extension in lower case.
pub(crate) fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_lowercase())
}

/// Makes the error of a loader that found nothing at a root. `otherwise` says what was found in a folder
/// there.
pub(crate) fn wrong_layout(info: &Info, root: &Path, otherwise: &str) -> Error {
    let found = match root {
        root if !root.exists() => "no such folder",
        root if !root.is_dir() => "not a folder",
        _ => otherwise,
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
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    let inside = visible_entries(root)?.into_iter().filter(|path| path.is_dir());
    Ok(std::iter::once(root.to_path_buf()).chain(inside).collect())
}

/// Returns the last component of a path as text.
pub(crate) fn name(path: &Path) -> String {
    text(path.file_name().unwrap_or_default())
}

/// Returns a name as text. Bytes that are not Unicode (Latin-1 on an old disk) become `\xE4` and the like, so
/// that names which differ in them stay different.
pub(crate) fn text(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text += chunk.valid();
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    text
}

pub(crate) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
