//! Other names for the labels of a dataset.

use super::dataset::Dataset;
use super::overlay::Overlay;
use crate::error::{Error, Result};
use crate::text::{composed, similar_label};

/// Renames labels of a dataset, each from its own name to another; labels with the same new name become one.
///
/// Use it where a model calls a genre otherwise than a dataset does, or where one genre has two spellings.
/// The labels keep their order; one that several became stands in the place of the first.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_datasets::{Folder, with_label_map};
///
/// let root = tempfile::tempdir()?;
/// for file in ["Hip Hop/a.ogg", "hip-hop/b.ogg", "jazz/c.ogg"] {
///     let path = root.path().join(file);
///     std::fs::create_dir_all(path.parent().unwrap())?;
///     std::fs::write(path, "")?;
/// }
/// let music = Box::new(Folder::open(root.path())?);
/// let music = with_label_map(music, &[("Hip Hop", "hiphop"), ("hip-hop", "hiphop")])?;
/// assert_eq!(music.genres(), ["hiphop", "jazz"]);
/// assert_eq!(music.counts(), [2, 1]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::UnknownLabel`] for a label that the dataset does not have, [`Error::LabelTwice`] for one that is
/// given two different names.
pub fn with_label_map(
    dataset: Box<dyn Dataset>,
    map: &[(impl AsRef<str>, impl AsRef<str>)],
) -> Result<Box<dyn Dataset>> {
    let renamed = renamed(dataset.genres(), map)?;
    let mut genres: Vec<String> = Vec::new();
    let merge = |name: String| {
        genres.iter().position(|known| *known == name).unwrap_or_else(|| {
            genres.push(name);
            genres.len() - 1
        })
    };
    let places: Vec<usize> = renamed.into_iter().map(merge).collect();
    let mut tracks = dataset.tracks().to_vec();
    for track in &mut tracks {
        track.genre = track.genre.and_then(|genre| places.get(genre).copied());
    }
    Ok(Box::new(Overlay { dataset, genres, tracks }))
}

/// Returns the new name of each label: its own where the map does not name it.
fn renamed(labels: &[String], map: &[(impl AsRef<str>, impl AsRef<str>)]) -> Result<Vec<String>> {
    let mut names: Vec<Option<&str>> = vec![None; labels.len()];
    for (from, to) in map {
        let place = place(labels, from.as_ref().trim())?;
        let second = to.as_ref().trim();
        if let Some(first) = names[place].replace(second).filter(|first| *first != second) {
            let [label, first, second] = [&labels[place], first, second].map(str::to_string);
            return Err(Error::LabelTwice { label, first, second });
        }
    }
    Ok(labels.iter().zip(names).map(|(label, name)| name.unwrap_or(label).to_string()).collect())
}

fn place(genres: &[String], label: &str) -> Result<usize> {
    let exact = genres.iter().position(|genre| genre == label);
    let found = exact.or_else(|| genres.iter().position(|genre| composed(genre) == composed(label)));
    found.ok_or_else(|| Error::UnknownLabel {
        label: label.to_string(),
        suggestion: similar_label(label, genres).map(str::to_string),
        known: genres.to_vec(),
    })
}
