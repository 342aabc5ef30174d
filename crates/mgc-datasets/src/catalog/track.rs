//! One piece of music in a dataset: its id, genre, group and source.

use std::path::PathBuf;

use crate::side::Split;

/// One track of a [`Dataset`](crate::Dataset).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// The name of the track: unique within its dataset, the same on every machine.
    pub id: String,
    /// Index into [`Dataset::genres`](crate::Dataset::genres), or `None` when unlabelled.
    pub genre: Option<usize>,
    /// Its group (an album, an artist, a recording), whose tracks belong on one side of a split.
    pub group: Option<String>,
    /// The side of the official split, where the dataset has one.
    pub split: Option<Split>,
    /// Where its audio or its spectrogram comes from.
    pub source: Source,
}

/// Where a track's audio or spectrogram comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// An audio file to decode.
    Audio(PathBuf),
    /// A finished spectrogram: [`Dataset::spectrogram`](crate::Dataset::spectrogram) returns this row.
    Row(usize),
}
