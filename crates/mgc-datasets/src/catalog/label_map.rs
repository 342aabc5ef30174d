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
/// [`Error::UnknownLabel`] for a label that the dataset does not have.
pub fn with_label_map(
    dataset: Box<dyn Dataset>,
    map: &[(impl AsRef<str>, impl AsRef<str>)],
) -> Result<Box<dyn Dataset>> {
    let mut renamed = dataset.genres().to_vec();
    for (from, to) in map {
        let place = place(dataset.genres(), from.as_ref().trim())?;
        renamed[place] = to.as_ref().trim().to_string();
    }
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

fn place(genres: &[String], label: &str) -> Result<usize> {
    let exact = genres.iter().position(|genre| genre == label);
    let found = exact.or_else(|| genres.iter().position(|genre| composed(genre) == composed(label)));
    found.ok_or_else(|| Error::UnknownLabel {
        label: label.to_string(),
        suggestion: similar_label(label, genres).map(str::to_string),
        known: genres.to_vec(),
    })
}
