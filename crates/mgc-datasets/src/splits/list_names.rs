//! What a list may call a track.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::register::{Register, one_of};
use crate::catalog::{Source, Track};
use crate::text::{composed, path_text};

/// The tracks by what a list may call them.
pub(super) struct Names<'a> {
    tracks: &'a [Track],
    ids: Register,
    /// The tracks by the name of their file, with and without its extension.
    files: Register,
    /// The tracks by the absolute path of their file without links, for lists that need it.
    absolute: OnceCell<Register>,
}

impl<'a> Names<'a> {
    pub(super) fn of(tracks: &'a [Track]) -> Self {
        let (mut ids, mut files) = (Register::default(), Register::default());
        for (place, track) in tracks.iter().enumerate() {
            ids.add(track.id.clone(), place);
            let Source::Audio(file) = &track.source else { continue };
            let [name, stem] =
                [file.file_name(), file.file_stem()].map(|name| path_text(name.unwrap_or_default()));
            if stem != name {
                files.add(stem, place);
            }
            files.add(name, place);
        }
        Self { tracks, ids, files, absolute: OnceCell::new() }
    }

    /// Returns the track of this id or, where there is only one, with this file or end of a path.
    pub(super) fn place(&self, listed: &str) -> Option<usize> {
        let slashed = listed.replace('\\', "/");
        let spellings = [listed, &slashed].map(below_here);
        let named = |name: &&str| self.ids.one(name).or_else(|| self.by_file(name));
        let by_name = self.ids.one(listed).or_else(|| spellings.iter().find_map(named));
        by_name.or_else(|| spellings.iter().find_map(|path| self.by_absolute(Path::new(path))))
    }

    fn by_file(&self, listed: &str) -> Option<usize> {
        let name = listed.rsplit('/').next().unwrap_or(listed);
        if name == listed {
            return self.files.one(listed);
        }
        let alike = composed(listed);
        let places = || self.files.alike(name).iter().map(|(_, place)| *place);
        let ends = |place: &usize| self.path(*place).is_some_and(|path| Path::new(&path).ends_with(listed));
        let ends_alike = |place: &usize| {
            let path = self.path(*place);
            path.is_some_and(|path| Path::new(composed(&path).as_ref()).ends_with(alike.as_ref()))
        };
        one_of(places().filter(ends), places().filter(ends_alike))
    }

    fn path(&self, place: usize) -> Option<String> {
        match &self.tracks[place].source {
            Source::Audio(file) => Some(path_text(file)),
            Source::Row(_) => None,
        }
    }

    /// Finds a file by a path that leads there from elsewhere: from the root, or from the folder above.
    fn by_absolute(&self, listed: &Path) -> Option<usize> {
        if !listed.is_absolute() && !listed.starts_with("..") {
            return None;
        }
        let listed = absolute(listed, &mut HashMap::new())?;
        self.absolute.get_or_init(|| absolute_paths(self.tracks)).one(&path_text(listed))
    }
}

fn absolute_paths(tracks: &[Track]) -> Register {
    let (mut paths, mut folders) = (Register::default(), HashMap::new());
    for (place, track) in tracks.iter().enumerate() {
        let Source::Audio(file) = &track.source else { continue };
        if let Some(path) = absolute(file, &mut folders) {
            paths.add(path_text(path), place);
        }
    }
    paths
}

/// Returns the absolute path of a file, whose folder is looked up among those known, and without links but
/// for the file itself: two tracks may be links to one file.
fn absolute(file: &Path, folders: &mut HashMap<PathBuf, Option<PathBuf>>) -> Option<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folders.contains_key(folder) {
        folders.insert(folder.to_path_buf(), folder.canonicalize().ok());
    }
    Some(folders.get(folder)?.as_ref()?.join(file.file_name()?))
}

/// `./march/0.wav`, as `find .` writes it -> `march/0.wav`
fn below_here(mut listed: &str) -> &str {
    while let Some(rest) = listed.strip_prefix("./") {
        listed = rest.trim_start_matches('/');
    }
    listed
}
