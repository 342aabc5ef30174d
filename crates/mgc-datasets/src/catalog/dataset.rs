//! The trait that all datasets implement.

use std::path::PathBuf;

use ndarray::Array2;

use super::info::Info;
use super::inventory::Inventory;
use super::track::Track;
use crate::error::{Error, Result};

/// A set of tracks with genre labels.
///
/// The trait is object safe and small on purpose: another crate can implement it for a dataset of its own
/// and use that wherever `&dyn Dataset` is taken.
///
/// ```
/// use mgc_datasets::{Dataset, Info, Source, Track};
///
/// struct Two(Vec<String>, Vec<Track>);
///
/// impl Dataset for Two {
///     fn info(&self) -> &Info {
///         const TWO: Info = Info {
///             name: "two", about: "two songs", layout: "", genres: &[("fado", 1), ("polka", 1)],
///             clip_seconds: None, citation: "", licence: "", homepage: "", notes: "",
///         };
///         &TWO
///     }
///     fn genres(&self) -> &[String] { &self.0 }
///     fn tracks(&self) -> &[Track] { &self.1 }
/// }
///
/// let song = |id: &str, genre| Track {
///     id: id.into(), genre: Some(genre), group: None, split: None,
///     source: Source::Audio(format!("{id}.wav").into()),
/// };
/// let two = Two(vec!["fado".into(), "polka".into()], vec![song("a", 0), song("b", 1)]);
/// assert_eq!(two.counts(), [1, 1]);
/// ```
pub trait Dataset: Send + Sync {
    /// Returns the description of the dataset.
    fn info(&self) -> &Info;

    /// Returns the genre labels; a track's `genre` is an index into them.
    fn genres(&self) -> &[String];

    /// Returns all tracks, in an order that is the same on every machine.
    fn tracks(&self) -> &[Track];

    /// Returns the spectrogram of a [`Source::Row`](crate::Source::Row) as (frames, bands) in dB.
    ///
    /// # Errors
    /// [`Error::NoRows`] for datasets of audio files, which is the provided default;
    /// [`Error::RowOutOfRange`] past the last row.
    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        let _ = row;
        Err(Error::NoRows { dataset: self.info().name })
    }

    /// Returns the expected content for [`verify`](crate::verify); the provided default expects nothing
    /// beyond the tracks.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Table`] when a list that came with the data cannot be read.
    fn inventory(&self) -> Result<Inventory> {
        Ok(Inventory::default())
    }

    /// Returns the files besides the music that say what the tracks are, wherever they lie: a program must not
    /// write to them. The provided default has none.
    fn tables(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Counts the labelled tracks of each genre, in the order of [`genres`](Self::genres).
    ///
    /// # Panics
    /// When a track's genre is not an index into the genres: the dataset is defective.
    fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.genres().len()];
        for genre in self.tracks().iter().filter_map(|track| track.genre) {
            counts[genre] += 1;
        }
        counts
    }
}
