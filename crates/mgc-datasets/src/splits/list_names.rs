//! What a list may call a track.

use std::collections::HashMap;
use std::path::Path;

use crate::catalog::{Source, Track};
use crate::text::{composed, path_text};

/// The tracks by what a list may call them, in Unicode's composed form.
pub(super) struct Names<'a> {
    tracks: &'a [Track],
    ids: HashMap<String, usize>,
    /// The tracks whose file has this name, with or without its extension.
    files: HashMap<String, Vec<usize>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(tracks: &'a [Track]) -> Self {
        let key = |name: &str| composed(name).into_owned();
        let ids = tracks.iter().enumerate().map(|(place, track)| (key(&track.id), place)).collect();
        let mut files: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, track) in tracks.iter().enumerate() {
            let Source::Audio(file) = &track.source else { continue };
            let names = [file.file_name(), file.file_stem()].map(|name| path_text(name.unwrap_or_default()));
            let [name, stem] = names.map(|name| key(&name));
            files.entry(name.clone()).or_default().push(place);
            if stem != name {
                files.entry(stem).or_default().push(place);
            }
        }
        Self { tracks, ids, files }
    }

    /// Returns the track of this id or, where there is only one, with this file or end of a path.
    pub(super) fn place(&self, listed: &str) -> Option<usize> {
        let listed = composed(listed);
        let by_id = self.ids.get(listed.as_ref()).copied();
        by_id.or_else(|| self.by_file(&listed)).or_else(|| self.by_file(&listed.replace('\\', "/")))
    }

    fn by_file(&self, listed: &str) -> Option<usize> {
        let name = listed.rsplit('/').next().unwrap_or(listed);
        let here = self.files.get(name)?.iter().copied();
        let mut here = here.filter(|&place| name == listed || self.lies_at(place, listed));
        here.next().filter(|_| here.next().is_none())
    }

    fn lies_at(&self, place: usize, listed: &str) -> bool {
        match &self.tracks[place].source {
            Source::Audio(file) => Path::new(composed(&path_text(file)).as_ref()).ends_with(listed),
            Source::Row(_) => false,
        }
    }
}
