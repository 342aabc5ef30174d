//! Reasons why a model cannot be used.

use crate::error::are_swapped;

/// The error of another library.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A reason why a model, or an input given to it, cannot be used.
///
/// Sizes are (frames, bands).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The file is HDF5, as Keras saves models.
    #[error(
        "an HDF5 file, perhaps of Keras, not a model file; `Bundle::from_keras` (feature `keras`) or the \
         example import_keras makes one of a Keras model"
    )]
    Keras,
    /// The file is an archive of Keras 3.
    #[error(
        "a `.keras` archive, not a model file; save the model in Keras by `model.save(\"model.h5\")`, then \
         import that file"
    )]
    KerasArchive,
    /// The bytes are not a safetensors file.
    #[error("not a safetensors file ({source})")]
    NotSafetensors {
        /// The message of the safetensors reader.
        source: Cause,
    },
    /// A safetensors file of another program: its header has no key `mgc`.
    #[error("a safetensors file without the header of a model bundle")]
    NoHeader,
    /// The header cannot be read.
    #[error("its header is damaged ({source})")]
    Header {
        /// The message of the JSON reader, with line and column.
        source: Cause,
    },
    /// The file was written by a later release, or by one that is no longer supported.
    #[error("format version {actual}, this program reads versions {oldest} to {newest}")]
    Version {
        /// The version of the file.
        actual: u32,
        /// The oldest version that is read.
        oldest: u32,
        /// The newest version that is read.
        newest: u32,
    },
    /// A network configuration that cannot be built.
    #[error(transparent)]
    Network(#[from] mgc_nets::Error),
    /// Settings of the front end that are out of range.
    #[error(transparent)]
    FrontEnd(#[from] mgc_audio::Error),
    /// The number of labels differs from the number of classes.
    #[error("{labels} labels for a network of {classes} classes")]
    Labels {
        /// Number of labels.
        labels: usize,
        /// Classes of the network.
        classes: usize,
    },
    /// Two classes have the same label.
    #[error("the label `{label}` occurs twice")]
    DuplicateLabel {
        /// The label.
        label: String,
    },
    /// The stated input differs from what the front end gives.
    #[error("the input is {} x {}, the front end gives {} x {}", input.0, input.1, front_end.0, front_end.1)]
    Input {
        /// The stated size.
        input: (usize, usize),
        /// The size that the front end gives.
        front_end: (usize, usize),
    },
    /// The stated input is smaller than the network can take.
    #[error("the input is {} x {}, the network needs at least {} x {}", input.0, input.1, least.0, least.1)]
    InputTooSmall {
        /// The stated size.
        input: (usize, usize),
        /// The smallest size that the network can take.
        least: (usize, usize),
    },
    /// The windows have no frames, no hop, or leave frames out.
    #[error("windows of {} frames every {}, expected 1 <= hop <= frames", windows.frames, windows.hop)]
    Windows {
        /// The stated windows.
        windows: crate::Windows,
    },
    /// The calibration's threshold is no probability.
    #[error("the threshold of sure answers is {threshold}, expected a number from 0 to 1")]
    Threshold {
        /// The threshold.
        threshold: f64,
    },
    /// A tensor of the network is missing.
    #[error("the tensor `{tensor}` of the network is missing")]
    MissingTensor {
        /// The tensor's name.
        tensor: String,
    },
    /// A tensor that belongs to no layer of the network.
    #[error("the tensor `{tensor}` belongs to no layer of the network")]
    StrayTensor {
        /// The tensor's name.
        tensor: String,
    },
    /// A tensor of another shape than the network's.
    #[error("the tensor `{tensor}` is {actual:?}, the network's is {expected:?}")]
    Shape {
        /// The tensor's name.
        tensor: String,
        /// Its shape.
        actual: Vec<usize>,
        /// The shape in the network.
        expected: Vec<usize>,
    },
    /// A tensor with a value that is infinite or not a number, in single precision.
    #[error(
        "the tensor `{tensor}` holds values that are not finite: the training had diverged, or the file was changed; use \
         the model of an earlier epoch, or train again at a lower learning rate"
    )]
    NotFinite {
        /// The tensor's name.
        tensor: String,
    },
    /// A running variance below zero.
    #[error("the tensor `{tensor}` holds a negative variance")]
    NegativeVariance {
        /// The tensor's name.
        tensor: String,
    },
    /// A tensor whose values cannot be read as single-precision numbers.
    #[error("tensor `{tensor}`: {source}")]
    UnreadableTensor {
        /// The tensor's name.
        tensor: String,
        /// The message of the tensor library.
        source: Box<candle::Error>,
    },
    /// The variables of a network are locked by a thread that panicked.
    #[error("the variables are poisoned by a panic")]
    Poisoned,
    /// The tensor library could not read or write the model.
    #[error(transparent)]
    Candle(#[from] candle::Error),
    /// A spectrogram of another size than the model was trained on.
    #[error(
        "spectrograms of {} frames x {} bands were given, the model was trained on {} x {}{}",
        actual.0, actual.1, expected.0, expected.1,
        if are_swapped(*actual, *expected) { ": their axes seem to be swapped" } else { "" }
    )]
    SpectrogramSize {
        /// The size that was given.
        actual: (usize, usize),
        /// The size that the model was trained on.
        expected: (usize, usize),
    },
    /// A probability that is not a number.
    #[error("its answer is not finite: the input or the weights are not usable")]
    AnswerNotFinite,
    /// An ensemble of no model.
    #[error("an ensemble needs a model")]
    EmptyEnsemble,
    /// A model of an ensemble whose labels, in number and order, are not those of the first.
    #[error(
        "member {} of the ensemble has other labels than the first: {}, where the first has {}",
        index + 1, actual.join(", "), expected.join(", ")
    )]
    EnsembleLabels {
        /// Index of the model, from 0.
        index: usize,
        /// Its labels.
        actual: Vec<String>,
        /// The labels of the first model.
        expected: Vec<String>,
    },
}
