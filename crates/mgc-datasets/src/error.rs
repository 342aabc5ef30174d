//! The errors of this crate: each says what was found and what was expected.

use std::path::{Path, PathBuf};

use mgc_files::{printable, printable_path};

use crate::names::{UnknownName, did_you_mean};
use crate::side::Split;

/// The result of the fallible functions of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Any failure of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// [`open`](crate::open) was called with a name that is not in the [`REGISTRY`](crate::REGISTRY).
    #[error("unknown dataset `{name}`{} (known: {})", did_you_mean(*suggestion), known.join(", "))]
    UnknownDataset {
        /// The name asked for.
        name: String,
        /// The known name that resembles it, where one does.
        suggestion: Option<&'static str>,
        /// All known names.
        known: Vec<&'static str>,
    },

    /// A text is not one of the names that it can be.
    #[error(transparent)]
    UnknownName(#[from] UnknownName),

    /// The folder or file does not have the layout that the dataset's loader expects.
    #[error("{}: {}; {dataset} expects {expected}", printable_path(path), printable(found))]
    Layout {
        /// The folder or file that was opened.
        path: PathBuf,
        /// The registry name of the dataset.
        dataset: &'static str,
        /// The layout found there.
        found: String,
        /// The layout expected.
        expected: &'static str,
    },

    /// A table that belongs to a dataset (csv, xml, checksums, groups) cannot be read past some line, because
    /// it is truncated, damaged or has invalid content.
    #[error("{}: line {line}: found {}, expected {expected}{}", printable_path(path), printable(found), read_before(*rows, last))]
    Table {
        /// The file.
        path: PathBuf,
        /// The first line of the offending row, counted from 1.
        line: u64,
        /// The content found there.
        found: String,
        /// The content expected.
        expected: String,
        /// Number of data rows read before it.
        rows: usize,
        /// The id in the last of them.
        last: Option<String>,
    },

    /// A list of groups has names that are no track's of the dataset, or those of several.
    #[error(
        "{}: {count} ids are not among the {tracks} tracks, or fit several: {}; ids look like `{}`",
        printable_path(path),
        examples(some, *count),
        printable(example)
    )]
    UnknownIds {
        /// The list.
        path: PathBuf,
        /// Number of unknown ids.
        count: usize,
        /// The first few of them.
        some: Vec<String>,
        /// Number of tracks.
        tracks: usize,
        /// The id of the first track.
        example: String,
    },

    /// A label was to be renamed that the dataset does not have.
    #[error(
        "the dataset has no label `{}`{}; its labels: {}",
        printable(label),
        printable(&did_you_mean(suggestion.as_deref())),
        printable(&known.join(", "))
    )]
    UnknownLabel {
        /// The label asked for.
        label: String,
        /// The label that resembles it, where one does.
        suggestion: Option<String>,
        /// All labels of the dataset.
        known: Vec<String>,
    },

    /// A label was to be renamed to two different names.
    #[error("label `{}` is to become `{first}` and `{second}`; give it one name", printable(label))]
    LabelTwice {
        /// The label of the dataset.
        label: String,
        /// One new name.
        first: String,
        /// The other.
        second: String,
    },

    /// An array of an array dataset is missing, has the wrong type, or holds invalid values.
    #[error("{}: array `{array}`: found {}, expected {expected}", printable_path(path), printable(found))]
    Array {
        /// The `.npz` or `.npy` file.
        path: PathBuf,
        /// The array's name.
        array: String,
        /// The array found.
        found: String,
        /// The array expected.
        expected: String,
    },

    /// A spectrogram row was requested from a dataset of audio files.
    #[error("dataset `{dataset}` holds audio files, not spectrogram rows; decode the track's audio instead")]
    NoRows {
        /// The registry name of the dataset.
        dataset: &'static str,
    },

    /// A spectrogram row past the last one was requested.
    #[error("row {row} of a dataset of {rows} rows")]
    RowOutOfRange {
        /// The row requested.
        row: usize,
        /// Number of rows.
        rows: usize,
    },

    /// A finished spectrogram was to be cut into chunks.
    #[error(
        "row {row} is a finished spectrogram, which cannot be cut into chunks: leave chunks out, or use the audio"
    )]
    CutRow {
        /// The row of the dataset.
        row: usize,
    },

    /// The fractions of a [`SplitConfig`](crate::SplitConfig) are out of range.
    #[error("train {train} and valid {valid}: expected fractions in 0..=1 whose sum is at most 1")]
    Fractions {
        /// The fraction for training.
        train: f64,
        /// The fraction for validation.
        valid: f64,
    },

    /// [`k_fold`](crate::k_fold) was called with too few or too many folds.
    #[error("{}", folds_out_of_range(*folds, *tracks, *groups))]
    Folds {
        /// Number of folds requested.
        folds: usize,
        /// Number of tracks.
        tracks: usize,
        /// Number of groups; a track without a group, or whose group is ignored, counts as one.
        groups: usize,
    },

    /// The [`grouped`](crate::Protocol::Grouped) protocol was asked for, but no track has a group.
    #[error(
        "none of the {tracks} tracks has a group (an artist, an album, a recording), so nothing says which belong \
         together: give the groups in a CSV file of track id and group, or choose the protocol `kfold`, which \
         takes every track by itself"
    )]
    NoGroups {
        /// Number of tracks.
        tracks: usize,
    },

    /// The [`official`](crate::Protocol::Official) protocol was asked for, but no track has a side.
    #[error(
        "none of the {tracks} tracks has a side of a split of the dataset's own: choose another protocol (known: {})",
        crate::Protocol::NAMES.join(", ")
    )]
    NoOfficialSplit {
        /// Number of tracks.
        tracks: usize,
    },

    /// A split made by hand puts one track on two sides, or names a track that does not exist.
    #[error("track index {index} of {tracks} tracks {problem}; each index belongs on one side, once")]
    SplitIndex {
        /// The offending index.
        index: usize,
        /// Number of tracks.
        tracks: usize,
        /// The problem with it.
        problem: &'static str,
    },

    /// A split made by hand puts one group on two sides.
    #[error(
        "group `{}` lies in {first} and in {second}: keep it on one side, or its tracks leak",
        printable(group)
    )]
    GroupAcrossSides {
        /// The group.
        group: String,
        /// One side that holds a track of it.
        first: Split,
        /// Another side that does.
        second: Split,
    },

    /// The length or the number of tracks of a [`SyntheticConfig`](crate::SyntheticConfig) is out of range.
    #[error("a corpus of {tracks} tracks of {seconds} s per style: expected 1 to 100,000 of 0.5 to 600 s")]
    Synthetic {
        /// The length of a track, s.
        seconds: f64,
        /// The number of tracks per style.
        tracks: usize,
    },

    /// A file of features differs from the one that a build has written, or does not fit the dataset.
    #[error("{}: {found}, expected {expected}; build the store again", printable_path(path))]
    Store {
        /// The published file.
        path: PathBuf,
        /// The content found.
        found: String,
        /// The content expected.
        expected: String,
    },

    /// Where a store keeps its file of features lies something that no build has written. It is never
    /// replaced.
    #[error(
        "{}: found {found}, expected features that a build has published; choose another folder, or delete it",
        printable_path(path)
    )]
    Foreign {
        /// The file, `features.bin` in the folder of the store.
        path: PathBuf,
        /// A description of what was found there.
        found: String,
    },

    /// A track changed while its features were computed.
    #[error(
        "{}: changed while its features were computed; build again when nothing writes to it",
        printable_path(path)
    )]
    Changed {
        /// Its file; empty for a row of an array dataset.
        path: PathBuf,
    },

    /// A [`Shard`](crate::Shard) is out of range, or its text cannot be parsed.
    #[error("shard `{text}`: expected i/n with i from 1 to n, such as 2/8")]
    Shard {
        /// The shard as text.
        text: String,
    },

    /// The settings of a front end could not be serialized.
    #[error("settings of the front end: {reason}")]
    Settings {
        /// The reason.
        reason: String,
    },

    /// Audio could not be decoded, encoded or transformed.
    #[error(transparent)]
    Audio(#[from] mgc_audio::Error),

    /// A file could not be read or written.
    #[error("{}: {source}", printable_path(path))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

impl Error {
    /// Returns a function for `map_err` that attaches the path to an I/O error.
    pub(crate) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.to_path_buf(), source }
    }
}

fn folds_out_of_range(folds: usize, tracks: usize, groups: usize) -> String {
    match (folds < 3, groups < tracks) {
        (true, _) => format!(
            "cross-validation was asked for {folds} folds; it needs at least 3: one to test, one to validate, the rest \
             to train"
        ),
        (false, false) => {
            format!("{folds} folds were asked for, but there are only {tracks} tracks to divide")
        }
        (false, true) => {
            let way_out = match groups < 3 {
                true => "divide them otherwise".to_string(),
                false => format!("make at most {groups} folds"),
            };
            format!(
                "{folds} folds were asked for, but the {tracks} tracks form only {groups} groups (artists, albums), which \
                 are not divided: {way_out}, or ignore the groups"
            )
        }
    }
}

fn read_before(rows: usize, last: &Option<String>) -> String {
    last.as_ref().map_or_else(String::new, |last| {
        format!("; {rows} rows before it are sound, the last is `{}`", printable(last))
    })
}

fn examples(some: &[String], count: usize) -> String {
    printable(&some.join(", ")) + if count > some.len() { ", ..." } else { "" }
}
