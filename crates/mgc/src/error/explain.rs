//! Reasons why an answer cannot be explained.

/// A reason why an answer cannot be explained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// A setting that is out of range.
    #[error("{field} is {actual}, expected {expected}")]
    Config {
        /// The field's name.
        field: &'static str,
        /// Its value.
        actual: String,
        /// The values that are allowed.
        expected: &'static str,
    },
    /// A class that the model does not have.
    #[error("class {class} of a model of {classes} classes")]
    Class {
        /// Index of the class, from 0.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// The model's answer to a batch is not a row of probabilities, of equal lengths, for each spectrogram.
    #[error(
        "the model gave {actual} rows of probabilities for {expected} spectrograms, or rows of other lengths"
    )]
    Answers {
        /// Number of rows.
        actual: usize,
        /// Number of spectrograms.
        expected: usize,
    },
    /// A map of another size than its spectrogram.
    #[error("a map of {} x {} for a spectrogram of {} x {}", actual.0, actual.1, expected.0, expected.1)]
    MapSize {
        /// Frames and bands of the map.
        actual: (usize, usize),
        /// Frames and bands of the spectrogram.
        expected: (usize, usize),
    },
    /// A spectrogram without a value.
    #[error("the spectrogram is empty")]
    Empty,
    /// The network ends with maxima over its last map, of which most places have no share in the answer.
    #[error("the network ends with a global maximum, so there is no class-activation map; use occlusion")]
    NoActivationMap,
    /// The network hears a track in windows, and a class-activation map is that of one pass.
    #[error(
        "the model hears a track in windows, so there is no class-activation map of the whole; use occlusion"
    )]
    Windows,
    /// An ensemble whose members read different spectrograms.
    #[error("the members of the ensemble have different front ends; explain one model at a time")]
    FrontEnds,
}

impl ExplainError {
    /// Returns an error unless a setting is in range.
    pub(crate) fn check(
        good: bool,
        field: &'static str,
        actual: &dyn std::fmt::Display,
        expected: &'static str,
    ) -> Result<(), Self> {
        match good {
            true => Ok(()),
            false => Err(Self::Config { field, actual: actual.to_string(), expected }),
        }
    }
}
