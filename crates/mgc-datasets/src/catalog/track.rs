//! One piece of music in a dataset: what it is called, what it is, where it lies.

use std::path::PathBuf;

use crate::side::Split;

/// One track of a [`Dataset`](crate::Dataset).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Unique within its dataset, the same on every machine.
    pub id: String,
    /// Index into [`Dataset::genres`](crate::Dataset::genres); `None` when unlabelled.
    pub genre: Option<usize>,
    /// Tracks that share a group (an album, an artist, a recording) belong on one side of a split.
    pub group: Option<String>,
    /// The side that the dataset itself prescribes, where it does.
    pub split: Option<Split>,
    /// Where its sound or its spectrogram comes from.
    pub source: Source,
}

/// Where a track's sound or spectrogram comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An audio file to decode.
    Audio(PathBuf),
    /// A finished spectrogram: ask [`Dataset::spectrogram`](crate::Dataset::spectrogram) for this row.
    Row(usize),
}
