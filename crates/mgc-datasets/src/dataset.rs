//! What every dataset offers, whatever lies on the disk.

use ndarray::Array2;

use crate::{Error, Result, Track};

/// A set of tracks with genre labels.
///
/// The trait is object safe and small on purpose: another crate can add a dataset of its own and
/// use it wherever `&dyn Dataset` is taken.
///
/// ```
/// use mgc_datasets::{Dataset, Info, Source, Track};
///
/// struct Two(Vec<String>, Vec<Track>);
///
/// impl Dataset for Two {
///     fn info(&self) -> &Info {
///         &Info { name: "two", about: "two songs", layout: "", citation: "", licence: "", homepage: "" }
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
    /// What the dataset is and where it comes from.
    fn info(&self) -> &Info;

    /// The genre labels; a track's `genre` is an index into them.
    fn genres(&self) -> &[String];

    /// All tracks, in an order that is the same on every machine.
    fn tracks(&self) -> &[Track];

    /// The spectrogram of a [`Source::Row`](crate::Source::Row) as (frames, bands) in dB.
    ///
    /// # Errors
    /// [`Error::NoRows`] for datasets of audio files (the provided default), [`Error::RowOutOfRange`]
    /// past the last row.
    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        let _ = row;
        Err(Error::NoRows { dataset: self.info().name })
    }

    /// Labelled tracks of each genre, in the order of [`genres`](Self::genres).
    fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.genres().len()];
        for genre in self.tracks().iter().filter_map(|track| track.genre) {
            if let Some(count) = counts.get_mut(genre) {
                *count += 1;
            }
        }
        counts
    }
}

/// What a dataset is and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The name in the registry: lower case, hyphens.
    pub name: &'static str,
    /// What it is, in one line.
    pub about: &'static str,
    /// What the loader expects to find at the root.
    pub layout: &'static str,
    /// Who to cite.
    pub citation: &'static str,
    /// What may be done with the data.
    pub licence: &'static str,
    /// Where to get it.
    pub homepage: &'static str,
}
