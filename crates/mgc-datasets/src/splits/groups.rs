//! Groups from a list, for datasets that publish none.

use std::path::Path;

use super::group_list::GroupList;
use crate::catalog::{Dataset, Track};
use crate::error::Result;

/// Sets the groups of tracks from a csv file with the columns id and group, for example the artists of
/// GTZAN. Returns how many tracks the file names.
///
/// [`GroupList`] says which files are read, and tells which columns were taken. Tracks without a row keep
/// their group. On an error nothing changes.
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
/// Those of [`GroupList::read`] and [`GroupList::apply`].
pub fn apply_groups(tracks: &mut [Track], list: impl AsRef<Path>) -> Result<usize> {
    let list = GroupList::read(list)?;
    list.apply(tracks)?;
    Ok(list.len())
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
    GroupList::read(list)?.wrap(dataset)
}
