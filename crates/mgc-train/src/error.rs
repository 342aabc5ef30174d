//! The errors of this crate.

use mgc_files::{printable, printable_path};
use std::fmt;
use std::path::PathBuf;

/// An error of training, of evaluation or of the files of a run.
#[non_exhaustive]
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A tensor operation failed: shapes, types, devices or memory.
    #[error(transparent)]
    Candle(#[from] candle::Error),

    /// A file could not be read or written.
    #[error("{}: {source}", printable_path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },

    /// A setting lies outside its range.
    #[error("{name} is {value}, expected {expected}")]
    Config {
        /// The name of the field.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// The values that are accepted.
        expected: &'static str,
    },

    /// There is no example to train on or to evaluate.
    #[error("the {0} set is empty: check the split, and that the files were found")]
    NoExamples(&'static str),

    /// A spectrogram has another number of values than frames x bands.
    #[error(
        "example {index} holds {actual} values, expected {frames} frames x {bands} bands: \
         compute all spectrograms with the same front end and from the same length of audio"
    )]
    SpectrogramSize {
        /// The position that the example would have had.
        index: usize,
        /// The number of values in the example.
        actual: usize,
        /// The number of frames of every example.
        frames: usize,
        /// The number of bands of every example.
        bands: usize,
    },

    /// A batch that is to be augmented does not hold spectrograms of the bands that the augmentation knows.
    #[error(
        "the batch to augment has the shape {actual:?}, expected (examples, 1, frames, {bands}): \
         make the frequency axis of the augmentation from the front end of the examples"
    )]
    BatchShape {
        /// The shape of the batch.
        actual: Vec<usize>,
        /// The number of bands of the augmentation's frequency axis.
        bands: usize,
    },

    /// A label is not below the number of classes.
    #[error(
        "label {label} does not fit {classes} classes (0 to {}): \
         check the list of labels and the number of classes of the network",
        classes.saturating_sub(1)
    )]
    Label {
        /// The label.
        label: u32,
        /// The number of classes.
        classes: usize,
    },

    /// Two lists that describe the same examples differ in length.
    #[error("there are {truth} true labels and {predicted} predictions, expected one label per prediction")]
    Lengths {
        /// Number of true labels.
        truth: usize,
        /// Number of predictions.
        predicted: usize,
    },

    /// Two lists that are compared pair by pair differ in length.
    #[error(
        "there are {first} entries in one list and {second} in the other, expected pairs in the same order"
    )]
    Unpaired {
        /// The length of the first list.
        first: usize,
        /// The length of the second list.
        second: usize,
    },

    /// A statistic needs more entries than it was given.
    #[error("there are {actual} {what}, expected at least {least}")]
    TooFew {
        /// The entries.
        what: &'static str,
        /// Their number.
        actual: usize,
        /// The least number that says something.
        least: usize,
    },

    /// An example has another number of features than it should.
    #[error(
        "example {index} has {actual} features, expected {expected}: compute all features in the same way"
    )]
    Features {
        /// The place of the example, from 0.
        index: usize,
        /// The number of its features.
        actual: usize,
        /// The number that is expected.
        expected: usize,
    },

    /// A number in a list lies outside its range.
    #[error("{what} {index} is {value}, expected {expected}")]
    Value {
        /// The kind of number.
        what: &'static str,
        /// Its place in the list, from 0.
        index: usize,
        /// The number.
        value: f64,
        /// The numbers that are accepted.
        expected: &'static str,
    },

    /// The input of a training example holds infinity or not a number.
    #[error(
        "training example {example} holds the value {value}, so the loss is no number: \
         compute its input again, or leave it out"
    )]
    Input {
        /// The index of the example.
        example: usize,
        /// The value.
        value: f64,
    },

    /// The training loss is infinite or not a number, though the inputs of the batch are finite.
    #[error(
        "training diverged: the loss is {loss} in epoch {}, batch {}, at learning rate {lr:.2e}; \
         the inputs are finite, so try a learning rate ten times lower, or clip the gradients (clip_norm 1)",
         epoch + 1, batch + 1
    )]
    Diverged {
        /// The epoch, from 0; the message counts from 1.
        epoch: usize,
        /// The batch within the epoch, from 0; the message counts from 1.
        batch: usize,
        /// The learning rate in use.
        lr: f64,
        /// The loss.
        loss: f64,
    },

    /// A file of weights, or of the state of a run, is damaged or does not fit the model.
    #[error("{}: {reason}", printable_path(path))]
    State {
        /// The file.
        path: PathBuf,
        /// The reason, and the way out.
        reason: String,
    },

    /// A file holds the state of a run with other settings, other data or another identity.
    #[error(
        "{}: the state of another run: {}; restore the settings, or delete the file to start anew",
        printable_path(path),
        list(differences)
    )]
    OtherRun {
        /// The file.
        path: PathBuf,
        /// Everything that differs, by name; at least one.
        differences: Vec<Difference>,
    },

    /// A callback outside this crate failed.
    #[error(transparent)]
    Callback(Box<dyn std::error::Error + Send + Sync>),
}

/// A setting or a fact that differs between a run and the file from which it should be resumed.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The name, with that of the group before it: `batch_size`, `plateau.patience`, `labels[2]`.
    pub name: String,
    /// The value in this run, as JSON, or `absent`.
    pub expected: String,
    /// The value in the file, as JSON, or `absent`.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = printable(&self.name);
        write!(f, "{name} is {} in the file and {} in this run", self.found, self.expected)
    }
}

/// More differences than these are counted, not listed.
const LISTED: usize = 5;

fn list(differences: &[Difference]) -> String {
    let mut parts: Vec<_> = differences.iter().take(LISTED).map(Difference::to_string).collect();
    if differences.len() > LISTED {
        parts.push(format!("{} more differ", differences.len() - LISTED));
    }
    parts.join(", ")
}

/// A result whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
