//! A dataset ready for training: the spectrograms of its labelled tracks, by side.

use candle::{Result, Tensor};
use mgc_datasets::{Dataset, Skipped, Split};
use mgc_train::Examples;
use std::collections::BTreeSet;

/// The spectrograms of a dataset's labelled tracks on the three sides of a split.
pub struct Data<'a> {
    pub(super) dataset: &'a dyn Dataset,
    pub(super) shape: (usize, usize),
    /// In the order of [`Split::ALL`].
    pub(super) sides: [Side; 3],
    pub(super) skipped: Vec<Skipped>,
    /// The track of every spectrogram in which only silence is heard.
    pub(super) silent: Vec<usize>,
    /// Where the sides come from.
    pub(super) origin: String,
    /// A digest of all spectrograms, in order.
    pub(super) digest: String,
}

/// One side of a split.
pub struct Side {
    pub(super) tracks: Vec<usize>,
    pub(super) examples: Box<dyn Examples>,
}

impl Data<'_> {
    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &dyn Dataset {
        self.dataset
    }

    /// Frames and bands of every spectrogram.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        self.shape
    }

    /// Where the sides come from: `the dataset's own split`, `kfold 3 of 10, seed 0`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// One side of the split.
    #[must_use]
    pub fn side(&self, split: Split) -> &Side {
        &self.sides[split as usize]
    }

    /// The tracks that could not be used.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }
}

impl Side {
    /// Joins examples and the track of each, which are chunks of these tracks if `chunked`.
    pub(super) fn new(tracks: Vec<usize>, examples: impl Examples + 'static, chunked: bool) -> Self {
        let examples: Box<dyn Examples> = match chunked {
            true => Box::new(Chunks { examples, tracks: tracks.clone() }),
            false => Box::new(examples),
        };
        Self { tracks, examples }
    }

    /// For each example, the index of its track.
    #[must_use]
    pub fn tracks(&self) -> &[usize] {
        &self.tracks
    }

    /// The tracks, each once.
    pub(super) fn distinct_tracks(&self) -> BTreeSet<usize> {
        self.tracks.iter().copied().collect()
    }

    /// The examples; `None` when there are none.
    #[must_use]
    pub fn examples(&self) -> Option<&dyn Examples> {
        Some(self.examples.as_ref()).filter(|examples| !examples.is_empty())
    }
}

/// Examples that are chunks of tracks.
struct Chunks<E> {
    examples: E,
    tracks: Vec<usize>,
}

impl<E: Examples> Examples for Chunks<E> {
    fn len(&self) -> usize {
        self.examples.len()
    }

    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        self.examples.batch(indices)
    }

    fn label_counts(&self) -> Result<Vec<usize>> {
        self.examples.label_counts()
    }

    fn recordings(&self) -> Option<Vec<usize>> {
        Some(self.tracks.clone())
    }
}

impl std::fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counts = self.sides.each_ref().map(|side| side.tracks.len());
        f.debug_struct("Data")
            .field("dataset", &self.dataset.info().name)
            .field("shape", &self.shape)
            .field("examples", &counts)
            .field("skipped", &self.skipped.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Side").field("examples", &self.tracks.len()).finish_non_exhaustive()
    }
}
