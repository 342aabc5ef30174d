//! The finished rows as one file, in the order of the tracks.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use mgc_audio::MelConfig;
use rayon::prelude::*;

use super::build::{Build, Made, Outcome};
use super::file::{Header, Index, RowEntry, SkippedEntry};
use super::record::size;
use super::store::{FILE, FeatureStore};
use super::temporary::Temporary;
use crate::features::path;
use crate::{Error, Result, Track};

/// Rows are read and checked by all threads and written by one: so many bytes in memory at a time, or one
/// row.
const BATCH: usize = 16 << 20;

/// What a build has found out, in the order of the tracks asked for.
pub(super) struct Found<'a> {
    pub(super) rows: Vec<(&'a Track, Made)>,
    pub(super) skipped: Vec<SkippedEntry>,
}

impl<'a> Found<'a> {
    /// The first row tells the shape; another one is no row of this file.
    pub(super) fn new(tracks: &'a [Track], indices: &[usize], outcomes: Vec<Outcome>) -> Self {
        let mut found = Self { rows: Vec::new(), skipped: Vec::new() };
        for (&index, outcome) in indices.iter().zip(outcomes) {
            let track = tracks.get(index);
            let reason = match (outcome, track) {
                (Outcome::Made(made), Some(track)) => match found.other_shape(made.shape) {
                    None => {
                        found.rows.push((track, made));
                        continue;
                    }
                    Some(reason) => reason,
                },
                (Outcome::Failed(reason), _) => reason,
                (Outcome::Made(_), None) => continue, // a row is made of a track
            };
            let id = track.map_or_else(|| format!("track {index}"), |track| track.id.clone());
            found.skipped.push(SkippedEntry { id, path: track.and_then(text), reason });
        }
        found
    }

    fn shape(&self) -> (usize, usize) {
        self.rows.first().map_or((0, 0), |(_, made)| made.shape)
    }

    fn other_shape(&self, shape: (usize, usize)) -> Option<String> {
        let expected = self.rows.first().map_or(shape, |(_, made)| made.shape);
        (shape != expected).then(|| format!("(frames, bands) are {shape:?}, those before are {expected:?}"))
    }

    fn index(&self, build: &Build, settings: &MelConfig) -> Result<Vec<u8>> {
        let row = |(track, made): &(&Track, Made)| RowEntry {
            id: track.id.clone(),
            path: text(track),
            content: made.content,
            seal: made.seal,
        };
        let index = Index {
            front_end: build.front_end,
            settings: settings.clone(),
            rows: self.rows.iter().map(row).collect(),
            skipped: self.skipped.clone(),
        };
        serde_json::to_vec(&index).map_err(|error| Error::Settings { reason: error.to_string() })
    }
}

/// Writes the file and puts it in place, unless the one there is the same.
pub(super) fn publish(mut build: Build, found: &Found, folder: &Path) -> Result<FeatureStore> {
    let index = found.index(&build, build.mel.config())?;
    let made: Vec<Made> = found.rows.iter().map(|(_, made)| *made).collect();
    if let Some(store) = build.up_to_date(&made, &index) {
        return Ok(store);
    }
    fs::create_dir_all(folder).map_err(Error::io(folder))?;
    let mut file = Temporary::new(folder)?;
    write(&build, found, &index, &mut file)?;
    // Opened before it is in place: another build may put its own there at any time.
    let store = FeatureStore::open_file(file.path())?;
    drop(build); // some systems do not replace a file that is mapped
    let path = folder.join(FILE);
    match file.rename_durably(&path) {
        Ok(()) => Ok(store.at(path)),
        // Where a mapped file cannot be replaced, a build of the same may have been first.
        Err(error) => {
            FeatureStore::open(folder).ok().filter(|there| there.index_bytes() == index).ok_or(error)
        }
    }
}

fn write(build: &Build, found: &Found, index: &[u8], to: &mut Temporary) -> Result<()> {
    let path = to.path().to_path_buf();
    let io = Error::io(&path);
    let shape = found.shape();
    let header = Header { rows: found.rows.len(), shape, index: index.len() };
    let mut out = BufWriter::with_capacity(1 << 20, &mut to.file);
    out.write_all(&header.bytes(index)).map_err(&io)?;
    for batch in found.rows.chunks((BATCH / size(shape).unwrap_or(BATCH).max(1)).max(1)) {
        let rows = batch.par_iter().map(|(track, made)| build.row(track, made));
        for row in rows.collect::<Result<Vec<_>>>()? {
            out.write_all(row.bytes()).map_err(&io)?;
        }
    }
    out.write_all(index).and_then(|()| out.flush()).map_err(&io)
}

/// A path that is not Unicode is only told approximately; nothing is opened by it.
fn text(track: &Track) -> Option<String> {
    path(track).map(|path| path.to_string_lossy().into_owned())
}
