//! One piece of music in a dataset: what it is called, what it is, where it lies.

use std::fmt;
use std::path::PathBuf;

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

/// A side of a train/valid/test split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Split {
    /// To learn from.
    Train,
    /// To choose the best epoch by.
    Valid,
    /// To report on, once.
    Test,
}

impl Split {
    /// All sides, in the order in which they are used.
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    /// `train`, `valid` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }

    /// The side with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|split| split.name() == name)
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
