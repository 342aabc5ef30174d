//! Publishes the finished rows as one file, in the order of the tracks.

use std::path::Path;

use rayon::prelude::*;

use super::draft::{Draft, Move, UnderWay};
use super::rows::{Build, Made, Outcome};
use crate::catalog::Track;
use crate::error::{Error, Result};
use crate::features::path;
use crate::store::file::foreign::refuse_foreign;
use crate::store::file::published::{HEADER, Header, Index, SkippedEntry, TrackEntry};
use crate::store::file::record::size;
use crate::store::file::temporary::Temporary;
use crate::store::store::{FILE, FeatureStore};

/// The number of bytes in memory at a time (or one row) of the rows that are not in the draft: all threads
/// read and check them, and one writes.
const BATCH: usize = 16 << 20;

/// The result of a build's computation, in the order of the tracks requested.
pub(super) struct Found<'a> {
    pub(super) rows: Vec<(&'a Track, Made)>,
    pub(super) skipped: Vec<SkippedEntry>,
}

impl<'a> Found<'a> {
    /// Collects rows of one shape, that of the first; rows of another shape are skipped.
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
                (Outcome::Made(_), None) => continue, // only tracks have rows
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

    fn index(&self, build: &Build) -> Result<Vec<u8>> {
        let entry = |(track, made): &(&Track, Made)| TrackEntry {
            id: track.id.clone(),
            path: text(track),
            content: made.content,
            seal: made.seal,
            chunks: made.chunks,
        };
        let index = Index {
            front_end: build.name,
            settings: build.front_end.config().clone(),
            hop: build.front_end.hop(),
            tracks: self.rows.iter().map(entry).collect(),
            skipped: self.skipped.clone(),
        };
        serde_json::to_vec(&index).map_err(|error| Error::Settings { reason: error.to_string() })
    }
}

/// Finishes the draft and puts it in place, unless the published file is the same already.
pub(super) fn publish(mut build: Build, found: &Found, folder: &Path) -> Result<FeatureStore> {
    let index = found.index(&build)?;
    let made: Vec<Made> = found.rows.iter().map(|(_, made)| *made).collect();
    if let Some(store) = build.up_to_date(&made, &index) {
        return Ok(store);
    }
    let draft = build.draft.take().unwrap_or_else(|| Draft::new(folder)).finish()?;
    let file = complete(draft, &build, found, &index)?;
    // Open it before it is in place, since another build may put its own file there at any time.
    let store = FeatureStore::open_file(file.path())?;
    drop(build); // some systems do not replace a mapped file
    let path = folder.join(FILE);
    refuse_foreign(&path)?; // it may have come there during the build
    match file.rename_durably(&path) {
        Ok(()) => Ok(store.at(path)),
        // Where a mapped file cannot be replaced, another build of the same tracks may have been first.
        Err(error) => {
            FeatureStore::open(folder).ok().filter(|there| there.index_bytes() == index).ok_or(error)
        }
    }
}

/// Writes every row at its place, with the header before them and the index after them.
fn complete(mut draft: UnderWay, build: &Build, found: &Found, index: &[u8]) -> Result<Temporary> {
    let (shape, mut end, mut rows) = (found.shape(), HEADER as u64, 0);
    let (mut moves, mut missing) = (Vec::new(), Vec::new());
    for (track, made) in &found.rows {
        let bytes = size(shape).unwrap_or_default() * made.chunks;
        match made.drafted {
            Some(from) => moves.push(Move { from, to: end, bytes }),
            None => missing.push((end, bytes, *track, made)),
        }
        end += bytes as u64;
        rows += made.chunks;
    }
    draft.move_to(&moves)?;
    let most = missing.iter().map(|(_, bytes, ..)| *bytes).max().unwrap_or_default();
    for batch in missing.chunks((BATCH / most.max(1)).max(1)) {
        let rows = batch.par_iter().map(|(place, _, track, made)| Ok((*place, build.row(track, made)?)));
        for (place, row) in rows.collect::<Result<Vec<_>>>()? {
            draft.write(place, row.bytes())?;
        }
    }
    draft.write(end, index)?;
    draft.write(0, &Header { rows, shape, index: index.len() }.bytes(index))?;
    draft.close(end + index.len() as u64)
}

/// Returns the path of a track as text: approximate if it is not Unicode, since nothing is opened by it.
fn text(track: &Track) -> Option<String> {
    path(track).map(|path| path.to_string_lossy().into_owned())
}
