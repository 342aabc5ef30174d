//! Everything that can go wrong, with what was found, what was expected and the way out.

use std::path::{Path, PathBuf};

use crate::names::{UnknownName, did_you_mean};
use crate::side::Split;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`open`](crate::open) was asked for a name that no row of [`REGISTRY`](crate::REGISTRY) has.
    #[error("unknown dataset `{name}`{} (known: {})", did_you_mean(*suggestion), known.join(", "))]
    UnknownDataset {
        /// The name asked for.
        name: String,
        /// The known name that resembles it, where one does.
        suggestion: Option<&'static str>,
        /// All known names.
        known: Vec<&'static str>,
    },

    /// No value of a closed list has this name.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),

    /// The folder or file is not laid out as the dataset's loader expects.
    #[error("{}: {found}; {dataset} expects {expected}", path.display())]
    Layout {
        /// The folder or file that was opened.
        path: PathBuf,
        /// The registry name of the dataset.
        dataset: &'static str,
        /// What lies there instead.
        found: String,
        /// What should lie there.
        expected: &'static str,
    },

    /// A table that belongs to a dataset (csv, xml, checksums, groups) cannot be read past some line,
    /// because it was cut off, damaged, or holds what it should not.
    #[error("{}: line {line}: found {found}, expected {expected}{}", path.display(), read_before(*rows, last))]
    Table {
        /// The file.
        path: PathBuf,
        /// The line where the offending row begins, from 1.
        line: u64,
        /// What is there.
        found: String,
        /// What should be there.
        expected: String,
        /// Rows of data read before it.
        rows: usize,
        /// The id in the last of them.
        last: Option<String>,
    },

    /// A list of groups names tracks that the dataset does not have.
    #[error("{}: {count} ids are not among the {tracks} tracks: {}; ids look like `{example}`", path.display(), examples(some, *count))]
    UnknownIds {
        /// The list.
        path: PathBuf,
        /// How many ids are unknown.
        count: usize,
        /// The first few of them.
        some: Vec<String>,
        /// How many tracks there are.
        tracks: usize,
        /// The id of the first track.
        example: String,
    },

    /// An array of an array dataset is missing, of the wrong kind, or holds impossible values.
    #[error("{}: array `{array}`: found {found}, expected {expected}", path.display())]
    Array {
        /// The `.npz` or `.npy` file.
        path: PathBuf,
        /// The array's name.
        array: String,
        /// What the file holds.
        found: String,
        /// What it should hold.
        expected: String,
    },

    /// A spectrogram row was asked of a dataset of audio files.
    #[error("dataset `{dataset}` holds audio files, not spectrogram rows; decode the track's audio instead")]
    NoRows {
        /// The registry name of the dataset.
        dataset: &'static str,
    },

    /// A spectrogram row past the last one was asked for.
    #[error("row {row} of a dataset of {rows} rows")]
    RowOutOfRange {
        /// The row asked for.
        row: usize,
        /// How many there are.
        rows: usize,
    },

    /// The fractions of a [`SplitConfig`](crate::SplitConfig) are no fractions.
    #[error("train {train} and valid {valid}: expected fractions in 0..=1 whose sum is at most 1")]
    Fractions {
        /// The fraction for training.
        train: f64,
        /// The fraction for validation.
        valid: f64,
    },

    /// A [`ChunkConfig`](crate::ChunkConfig) is out of range.
    #[error("chunks of {seconds} s every {hop_seconds} s: expected both above 0 and at most 3,600 s")]
    Chunks {
        /// The length asked for, s.
        seconds: f64,
        /// The hop asked for, s.
        hop_seconds: f64,
    },

    /// [`k_fold`](crate::k_fold) was asked for too few or too many folds.
    #[error(
        "{folds} folds of {tracks} tracks in {groups} groups: expected from 3 (train, validation, test) to one fold a group"
    )]
    Folds {
        /// The folds asked for.
        folds: usize,
        /// How many tracks there are.
        tracks: usize,
        /// How many groups; a track that is in none, or whose group is ignored, counts as one.
        groups: usize,
    },

    /// A hand-made split puts one track on two sides, or names a track that is not there.
    #[error("track index {index} of {tracks} tracks {problem}; every index belongs on one side, once")]
    SplitIndex {
        /// The offending index.
        index: usize,
        /// How many tracks there are.
        tracks: usize,
        /// What is wrong with it.
        problem: &'static str,
    },

    /// A hand-made split puts one group on two sides.
    #[error("group `{group}` lies in {first} and in {second}: keep it on one side, or its tracks leak")]
    GroupAcrossSides {
        /// The group.
        group: String,
        /// One side that holds a track of it.
        first: Split,
        /// Another side that does.
        second: Split,
    },

    /// A [`SyntheticConfig`](crate::SyntheticConfig) asks for tracks too short or too long, for none
    /// or for too many.
    #[error("a corpus of {tracks} tracks of {seconds} s per style: expected 1 to 100,000 of 0.5 to 600 s")]
    Synthetic {
        /// The length asked for, s.
        seconds: f64,
        /// The tracks per style asked for.
        tracks: usize,
    },

    /// A file of features is not what a build has written.
    #[error("{}: {found}, expected {expected}; build the store again", path.display())]
    Store {
        /// The published file.
        path: PathBuf,
        /// What it holds.
        found: String,
        /// What it should hold.
        expected: String,
    },

    /// A track changed while its features were made.
    #[error("{}: changed while its features were made; build again when nobody writes to it", path.display())]
    Changed {
        /// Its file; empty for a row of an array dataset.
        path: PathBuf,
    },

    /// A [`Shard`](crate::Shard) that is no part of a whole.
    #[error("shard `{text}`: expected i/n with i from 1 to n, such as 2/8")]
    Shard {
        /// What was given.
        text: String,
    },

    /// The settings of a front end could not be written down.
    #[error("settings of the front end: {reason}")]
    Settings {
        /// Why not.
        reason: String,
    },

    /// Decoding, encoding or analysing audio failed.
    #[error(transparent)]
    Audio(#[from] mgc_audio::Error),

    /// Reading or writing failed.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

impl Error {
    /// For `map_err`: attaches the path to an I/O error.
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_path_buf(), source }
    }
}

fn read_before(rows: usize, last: &Option<String>) -> String {
    last.as_ref().map_or_else(String::new, |last| format!("; before it {rows} sound rows, the last `{last}`"))
}

fn examples(some: &[String], count: usize) -> String {
    some.join(", ") + if count > some.len() { ", ..." } else { "" }
}
