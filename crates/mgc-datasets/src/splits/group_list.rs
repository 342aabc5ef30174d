//! A list of groups in a csv file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::list_columns::{Columns, Header};
use super::list_match::{Matching, unknown_ids};
use super::list_names::Names;
use super::list_row::Row;
use crate::catalog::{Dataset, Overlay, Track};
use crate::error::Result;
use crate::loaders::csv_table::Table;
use crate::loaders::gtzan_artists::{artists, excerpt};

/// The groups of tracks as a csv file lists them, such as the artists of GTZAN.
///
/// The file has a column of track ids and one of groups. Without a header these are its only two columns.
/// A first row with the names of columns is a header, in any case: ids are below `id`, `track_id`, `track`,
/// `file`, `filename`, `path` or `name`, groups below `group`, `artist_id`, `artist`, `album_id`, `album` or
/// similar; of several, the first in this order is read, and [`columns`](Self::columns) tells which. Of two
/// columns, one known name suffices, unless the row begins with a track: then it is no header.
///
/// [`apply`](Self::apply) gives the groups to tracks, [`wrap`](Self::wrap) to a dataset.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::{GroupList, Source, Track};
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("artists.csv");
/// std::fs::write(&file, "track_id,title,artist\npop.00001,Blue,\"Doe, Jane\"\n")?;
/// let list = GroupList::read(&file)?;
/// assert_eq!(list.columns(), Some(("track_id", "artist")));
/// assert_eq!(list.len(), 1);
///
/// let song = |id: &str| Track {
///     id: id.into(), genre: Some(0), group: None, split: None,
///     source: Source::Audio(format!("{id}.wav").into()),
/// };
/// let mut tracks = [song("pop.00000"), song("pop.00001")];
/// list.apply(&mut tracks)?;
/// assert_eq!(tracks[1].group.as_deref(), Some("Doe, Jane"));
/// assert_eq!(tracks[0].group, None);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupList {
    path: PathBuf,
    columns: Columns,
    /// The first row, read as a track's, where it is a likely header.
    first: Option<Row>,
    /// The rows below a header, or all, in the order of the file.
    rows: Vec<Row>,
    /// Whether this is the built-in list of GTZAN's artists.
    gtzan: bool,
}

impl GroupList {
    /// Reads a list.
    ///
    /// # Errors
    /// [`Error::Table`](crate::Error::Table) for a row without an id or a group or with another number of
    /// fields, and for columns of which it is not clear what they hold; [`Error::Io`](crate::Error::Io) when
    /// the file cannot be read.
    pub fn read(list: impl AsRef<Path>) -> Result<Self> {
        let path = list.as_ref().to_path_buf();
        let mut table = Table::open(&path)?;
        let mut list =
            Self { path, columns: Columns::default(), first: None, rows: Vec::new(), gtzan: false };
        if !table.next()? {
            return Ok(list);
        }
        list.columns = Columns::of(&table)?;
        match list.columns.header {
            Header::Present => {}
            Header::Likely => list.first = Row::of(&table, [0, 1]).ok(),
            Header::Absent => list.push(&mut table)?,
        }
        while table.next()? {
            list.push(&mut table)?;
        }
        Ok(list)
    }

    /// Returns the artists of GTZAN's 1,000 excerpts, for GTZAN in another form: its features as arrays, its
    /// clips in a folder of one's own. [`Gtzan`](crate::Gtzan) has these groups already, and describes them.
    ///
    /// [`apply`](Self::apply) finds the excerpt by the id of the track: `blues.00042`, a file of it
    /// (`blues/blues.00042.wav`) or a piece of it (`blues.00042.3`). Other tracks keep their groups; a dataset
    /// without any excerpt is an error.
    ///
    /// ```
    /// use mgc_datasets::{GroupList, Source, Track};
    ///
    /// let row = |id: &str, row| Track {
    ///     id: id.into(), genre: Some(0), group: None, split: None, source: Source::Row(row),
    /// };
    /// let mut tracks = [row("reggae.00000", 0), row("reggae/reggae.00054.wav", 1), row("my song", 2)];
    /// GroupList::gtzan_artists().apply(&mut tracks)?;
    /// assert_eq!(tracks[0].group.as_deref(), Some("Bob Marley"));
    /// assert_eq!(tracks[1].group, tracks[0].group);
    /// assert_eq!(tracks[2].group, None);
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    #[must_use]
    pub fn gtzan_artists() -> Self {
        let row = |(line, (id, group))| Row { line, id, group };
        let rows = (1..).zip(artists()).map(row).collect();
        let path = PathBuf::from("the artists of GTZAN");
        Self { path, columns: Columns::default(), first: None, rows, gtzan: true }
    }

    fn push(&mut self, table: &mut Table) -> Result<()> {
        self.rows.push(Row::of(table, self.columns.places)?);
        table.accept();
        Ok(())
    }

    /// Returns the names of the columns that are read as ids and as groups, where the file names its columns.
    ///
    /// A first row of which only one cell is a known name counts as such here; [`apply`](Self::apply) takes
    /// it for a track's if the tracks have one of that name.
    #[must_use]
    pub fn columns(&self) -> Option<(&str, &str)> {
        let [id, group] = &self.columns.names;
        (self.columns.header != Header::Absent).then_some((id.as_str(), group.as_str()))
    }

    /// Returns the number of rows that name a track, without a header as [`columns`](Self::columns) sees it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether the file names no track.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Sets the groups of the tracks that the list names; the others keep theirs. On an error nothing
    /// changes.
    ///
    /// A track is named by its id or, where only one track has it, by the name of its file, with or without
    /// its extension, by the end of its path, by an absolute path, or by one from the current folder that
    /// begins with `..`; a leading `./` does not count, and backslashes may stand for slashes. Unicode's
    /// forms of a letter matter only where two tracks differ in nothing else.
    ///
    /// # Errors
    /// [`Error::UnknownIds`](crate::Error::UnknownIds) for names that no track has, or several;
    /// [`Error::Table`](crate::Error::Table) when this is so of the first row alone of a file without a
    /// header, which may be a header of unknown names, for an id that occurs twice, and for two names of one
    /// track with different groups.
    pub fn apply(&self, tracks: &mut [Track]) -> Result<()> {
        if self.gtzan {
            return self.apply_to_excerpts(tracks);
        }
        let names = Names::of(tracks);
        let (rows, headless) = self.rows(&names);
        let places = Matching { path: &self.path, rows: &rows, headless }.places(&names, tracks)?;
        for (place, row) in places.into_iter().zip(rows.iter()) {
            tracks[place].group = Some(row.group.clone());
        }
        Ok(())
    }

    /// Sets the groups of the tracks that are excerpts of GTZAN, by their ids.
    fn apply_to_excerpts(&self, tracks: &mut [Track]) -> Result<()> {
        let artists: HashMap<&str, &String> =
            self.rows.iter().map(|row| (row.id.as_str(), &row.group)).collect();
        let artist = |track: &Track| artists.get(excerpt(&track.id)?.as_str()).map(|&group| group.clone());
        let groups: Vec<Option<String>> = tracks.iter().map(artist).collect();
        if groups.iter().all(Option::is_none) {
            let ids: Vec<&str> = self.rows.iter().map(|row| row.id.as_str()).collect();
            return Err(unknown_ids(&self.path, &ids, tracks));
        }
        for (track, group) in tracks.iter_mut().zip(groups) {
            track.group = group.or(track.group.take());
        }
        Ok(())
    }

    /// Wraps a dataset so that its tracks have these groups.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_datasets::{GroupList, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, list) = (root.path().join("music"), root.path().join("groups.csv"));
    /// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// std::fs::write(&list, "id,group\narkel.00000,reeds\nbrindo.00000,reeds\n")?;
    ///
    /// let grouped = GroupList::read(&list)?.wrap(Box::new(corpus))?;
    /// assert_eq!(grouped.tracks()[1].group.as_deref(), Some("reeds"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn wrap(&self, dataset: Box<dyn Dataset>) -> Result<Box<dyn Dataset>> {
        let (genres, mut tracks) = (dataset.genres().to_vec(), dataset.tracks().to_vec());
        self.apply(&mut tracks)?;
        Ok(Box::new(Overlay { dataset, genres, tracks }))
    }

    /// Returns the rows, and whether the first line of the file is among them: a likely header is none where
    /// its first cell is a track. Its columns are then those of a file without a header.
    fn rows(&self, names: &Names) -> (Cow<'_, [Row]>, bool) {
        match &self.first {
            Some(first) if names.place(&first.id).is_some() => {
                let turn = self.columns.places == [1, 0];
                let rows = self.rows.iter().map(|row| if turn { row.turned() } else { row.clone() });
                (std::iter::once(first.clone()).chain(rows).collect(), true)
            }
            _ => (Cow::Borrowed(&self.rows), self.columns.header == Header::Absent),
        }
    }
}
