//! Finds the tracks of a list's rows.

use std::collections::HashMap;
use std::path::Path;

use super::list_names::Names;
use super::list_row::Row;
use crate::catalog::Track;
use crate::error::{Error, Result};

/// The number of unknown ids that an error names.
const EXAMPLES: usize = 5;

/// The rows of the list at `path`; `headless` if the first line of the file is among them.
pub(super) struct Matching<'a> {
    pub(super) path: &'a Path,
    pub(super) rows: &'a [Row],
    pub(super) headless: bool,
}

impl Matching<'_> {
    /// Returns the index of each row's track.
    pub(super) fn places(&self, names: &Names, tracks: &[Track]) -> Result<Vec<usize>> {
        let found: Vec<Option<usize>> = self.rows.iter().map(|row| names.place(&row.id)).collect();
        if found.contains(&None) {
            return Err(self.unknown(&found, tracks));
        }
        let places: Vec<usize> = found.into_iter().flatten().collect();
        let mut firsts: HashMap<usize, &Row> = HashMap::new();
        for (index, (&place, row)) in places.iter().zip(self.rows).enumerate() {
            let first = *firsts.entry(place).or_insert(row);
            if !std::ptr::eq(first, row) && (first.id == row.id || first.group != row.group) {
                return Err(self.twice(first, index));
            }
        }
        Ok(places)
    }

    fn twice(&self, first: &Row, index: usize) -> Error {
        let Row { id, group, .. } = &self.rows[index];
        let found = match first.id == *id {
            true => format!("`{id}` again (line {})", first.line),
            false => format!(
                "`{id}` (group `{group}`), the track that line {} calls `{}` (group `{}`)",
                first.line, first.id, first.group
            ),
        };
        self.error(index, found, "every track once")
    }

    fn unknown(&self, found: &[Option<usize>], tracks: &[Track]) -> Error {
        let unknown = || self.rows.iter().zip(found).filter(|(_, place)| place.is_none());
        let count = unknown().count();
        if let ([None, Some(_), ..], 1, true) = (found, count, self.headless) {
            let (Row { id, group, .. }, example) = (&self.rows[0], example(tracks));
            let found = format!(
                "`{id}`, `{group}`: `{id}` is no track of this dataset (ids look like `{example}`), and the row is no \
                 header of known names"
            );
            return self.error(0, found, "the id of a track and its group, or a header such as `id,group`");
        }
        let ids: Vec<&str> = unknown().map(|(row, _)| row.id.as_str()).collect();
        unknown_ids(self.path, &ids, tracks)
    }

    /// Makes an error about this row.
    fn error(&self, index: usize, found: String, expected: &str) -> Error {
        let (path, line) = (self.path.to_path_buf(), self.rows[index].line);
        let last = self.rows[..index].last().map(|row| row.id.clone());
        Error::Table { path, line, found, expected: expected.to_string(), rows: index, last }
    }
}

/// Makes the error for these ids of a list, which no track has.
pub(super) fn unknown_ids(list: &Path, ids: &[&str], tracks: &[Track]) -> Error {
    let mut some: Vec<String> = ids.iter().map(ToString::to_string).collect();
    some.sort();
    some.truncate(EXAMPLES);
    let (path, count) = (list.to_path_buf(), ids.len());
    Error::UnknownIds { path, count, some, tracks: tracks.len(), example: example(tracks) }
}

/// Returns the id of the first track.
fn example(tracks: &[Track]) -> String {
    tracks.first().map_or_else(String::new, |track| track.id.clone())
}
