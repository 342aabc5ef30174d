//! A list of groups in a csv file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::list_columns::{Columns, header};
use super::list_names::Names;
use crate::catalog::{Dataset, Overlay, Track};
use crate::error::{Error, Result};
use crate::loaders::csv_table::Table;
use crate::text::composed;

/// The number of unknown ids that an error names.
const EXAMPLES: usize = 5;

/// The groups of tracks as a csv file lists them, such as the artists of GTZAN.
///
/// The file has a column of track ids and one of groups. Without a header these are its only two columns.
/// A first row with the names of columns is a header, in any case: ids are below `id`, `track_id`, `track`,
/// `file`, `filename`, `path` or `name`, groups below `group`, `artist_id`, `artist`, `album_id`, `album` or
/// similar; of several, the first in this order is read, and [`columns`](Self::columns) tells which. Of two
/// columns, one known name suffices.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::GroupList;
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("artists.csv");
/// std::fs::write(&file, "track_id,title,artist\npop.00001,Blue,\"Doe, Jane\"\n")?;
/// let list = GroupList::read(&file)?;
/// assert_eq!(list.columns(), Some(("track_id", "artist")));
/// assert_eq!(list.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupList {
    path: PathBuf,
    /// The columns read, where the file names them.
    columns: Option<[String; 2]>,
    /// Ids as in the file, in its order, each with its group.
    groups: Vec<(String, String)>,
}

impl GroupList {
    /// Reads a list.
    ///
    /// # Errors
    /// [`Error::Table`] for a row without an id or a group or with another number of fields, for an id that
    /// occurs twice, and for columns of which it is not clear what they hold; [`Error::Io`] when the file
    /// cannot be read.
    pub fn read(list: impl AsRef<Path>) -> Result<Self> {
        let path = list.as_ref().to_path_buf();
        let mut table = Table::open(&path)?;
        let (mut columns, mut groups, mut seen) = (Columns::default(), Vec::new(), HashSet::new());
        let mut first = true;
        while table.next()? {
            if std::mem::take(&mut first) {
                columns = Columns::of(&table)?;
                if columns.named {
                    continue;
                }
            }
            let [id, group] = columns.places.map(|place| table.text(place).trim().to_string());
            if id.is_empty() || group.is_empty() {
                return Err(table.error(format!("id `{id}`, group `{group}`"), "an id and a group"));
            }
            if !seen.insert(composed(&id).into_owned()) {
                return Err(table.error(format!("`{id}` again"), "every id once"));
            }
            groups.push((id, group));
            table.accept();
        }
        Ok(Self { path, columns: columns.named.then_some(columns.names), groups })
    }

    /// Returns the names of the columns that are read as ids and as groups, where the file names its columns.
    #[must_use]
    pub fn columns(&self) -> Option<(&str, &str)> {
        self.columns.as_ref().map(|[id, group]| (id.as_str(), group.as_str()))
    }

    /// Returns the number of tracks that the file names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Returns whether the file names no track.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Sets the groups of the tracks that the list names; the others keep theirs. On an error nothing
    /// changes.
    ///
    /// A track is named by its id or, where only one track has it, by the name of its file, with or without
    /// its extension, or by the end of its path. Names that look the same are the same: Unicode's forms of a
    /// letter do not matter.
    ///
    /// # Errors
    /// [`Error::UnknownIds`] for ids that no track has; [`Error::Table`] when this is so of the first row
    /// alone, which then seems to be a header of unknown names.
    pub fn apply(&self, tracks: &mut [Track]) -> Result<()> {
        let names = Names::of(tracks);
        let found: Vec<Option<usize>> = self.groups.iter().map(|(id, _)| names.place(id)).collect();
        if found.contains(&None) {
            return Err(self.unknown(&found, tracks));
        }
        for (place, (_, group)) in found.into_iter().flatten().zip(&self.groups) {
            tracks[place].group = Some(group.clone());
        }
        Ok(())
    }

    /// Wraps a dataset so that its tracks have these groups.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn wrap(&self, dataset: Box<dyn Dataset>) -> Result<Box<dyn Dataset>> {
        let (genres, mut tracks) = (dataset.genres().to_vec(), dataset.tracks().to_vec());
        self.apply(&mut tracks)?;
        Ok(Box::new(Overlay { dataset, genres, tracks }))
    }

    fn unknown(&self, found: &[Option<usize>], tracks: &[Track]) -> Error {
        let unknown = || self.groups.iter().zip(found).filter(|(_, place)| place.is_none());
        let count = unknown().count();
        let path = self.path.clone();
        if let ([None, Some(_), ..], 1, None, Some((id, group))) =
            (found, count, &self.columns, self.groups.first())
        {
            let (line, rows, last) = (1, 0, None);
            return Error::Table {
                path,
                line,
                found: format!("`{id}`, `{group}`"),
                expected: header(),
                rows,
                last,
            };
        }
        let mut some: Vec<String> = unknown().map(|((id, _), _)| id.clone()).collect();
        some.sort();
        some.truncate(EXAMPLES);
        let example = tracks.first().map_or_else(String::new, |track| track.id.clone());
        Error::UnknownIds { path, count, some, tracks: tracks.len(), example }
    }
}
