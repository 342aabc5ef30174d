//! Groups from a list, for datasets that publish none.

use std::collections::HashMap;
use std::path::Path;

use ndarray::Array2;

use crate::catalog::{Dataset, Info, Inventory, Track};
use crate::error::{Error, Result};
use crate::loaders::csv_table::Table;

/// The number of unknown ids that an error names.
const EXAMPLES: usize = 5;

/// Sets the groups of tracks from a csv file with the columns id and group, for example the artists of
/// GTZAN. Returns how many tracks the file names.
///
/// A first row `id,group` is read as a header. Tracks without a row keep their group. On an error nothing
/// changes.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::{Source, Track, apply_groups};
///
/// let song = |id: &str| Track {
///     id: id.into(), genre: Some(0), group: None, split: None,
///     source: Source::Audio(format!("{id}.wav").into()),
/// };
/// let mut tracks = [song("pop.00000"), song("pop.00001")];
/// let folder = tempfile::tempdir()?;
/// let list = folder.path().join("artists.csv");
/// std::fs::write(&list, "id,group\npop.00001,\"Doe, Jane\"\n")?;
///
/// assert_eq!(apply_groups(&mut tracks, &list)?, 1);
/// assert_eq!(tracks[1].group.as_deref(), Some("Doe, Jane"));
/// assert_eq!(tracks[0].group, None);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Table`] for a row that does not have two fields, has an empty one, or repeats an id;
/// [`Error::UnknownIds`] for ids that no track has; [`Error::Io`] when the file cannot be read.
pub fn apply_groups(tracks: &mut [Track], list: impl AsRef<Path>) -> Result<usize> {
    let list = list.as_ref();
    let mut groups = read(list)?;
    let named = groups.len();
    let found: Vec<Option<String>> = tracks.iter().map(|track| groups.remove(&track.id)).collect();
    if !groups.is_empty() {
        return Err(unknown(list, groups, tracks));
    }
    for (track, group) in tracks.iter_mut().zip(found) {
        track.group = group.or(track.group.take());
    }
    Ok(named)
}

/// Wraps a dataset so that its tracks have the groups of a csv file, read as by [`apply_groups`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::{Synthetic, SyntheticConfig, with_groups};
///
/// # let root = tempfile::tempdir()?;
/// # let (root, list) = (root.path().join("music"), root.path().join("groups.csv"));
/// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
/// std::fs::write(&list, "id,group\narkel.00000,reeds\nbrindo.00000,reeds\n")?;
///
/// let grouped = with_groups(Box::new(corpus), &list)?;
/// assert_eq!(grouped.tracks()[1].group.as_deref(), Some("reeds"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// The same as [`apply_groups`].
pub fn with_groups(dataset: Box<dyn Dataset>, list: impl AsRef<Path>) -> Result<Box<dyn Dataset>> {
    let mut tracks = dataset.tracks().to_vec();
    apply_groups(&mut tracks, list)?;
    Ok(Box::new(Regrouped { dataset, tracks }))
}

/// A dataset whose groups come from a list.
struct Regrouped {
    dataset: Box<dyn Dataset>,
    tracks: Vec<Track>,
}

impl Dataset for Regrouped {
    fn info(&self) -> &Info {
        self.dataset.info()
    }

    fn genres(&self) -> &[String] {
        self.dataset.genres()
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        self.dataset.spectrogram(row)
    }

    fn inventory(&self) -> Result<Inventory> {
        self.dataset.inventory()
    }
}

fn read(list: &Path) -> Result<HashMap<String, String>> {
    let mut table = Table::open(list)?;
    let mut groups = HashMap::new();
    let mut first = true;
    while table.next()? {
        let (id, group) = (table.text(0).trim().to_string(), table.text(1).trim().to_string());
        let is_header = first && id.eq_ignore_ascii_case("id") && group.eq_ignore_ascii_case("group");
        first = false;
        if table.fields() != 2 || id.is_empty() || group.is_empty() {
            return Err(table.error(format!("{} fields: `{id}`, `{group}`", table.fields()), "id,group"));
        }
        if is_header {
            continue;
        }
        if groups.contains_key(&id) {
            return Err(table.error(format!("`{id}` again"), "every id once"));
        }
        groups.insert(id, group);
        table.accept();
    }
    Ok(groups)
}

fn unknown(list: &Path, groups: HashMap<String, String>, tracks: &[Track]) -> Error {
    let mut some: Vec<String> = groups.into_keys().collect();
    some.sort();
    let count = some.len();
    some.truncate(EXAMPLES);
    let example = tracks.first().map_or_else(String::new, |track| track.id.clone());
    Error::UnknownIds { path: list.to_path_buf(), count, some, tracks: tracks.len(), example }
}
