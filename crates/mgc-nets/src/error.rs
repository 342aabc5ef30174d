//! The error type.

#[cfg(feature = "keras")]
use std::path::PathBuf;

/// A specialised `Result`.
pub type Result<T> = std::result::Result<T, Error>;

/// An error outside tensor computations, which return [`candle::Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A configuration from which no network can be built.
    #[error("network configuration: {field} is {value}, it must be {expected}")]
    Config {
        /// The field of [`NetConfig`](crate::NetConfig) or [`CnnConfig`](crate::CnnConfig).
        field: &'static str,
        /// Its value.
        value: String,
        /// The values allowed, with the reason where it is not plain.
        expected: String,
    },
    /// A name that is not in [`Variant::NAMES`](crate::Variant::NAMES).
    #[error("unknown variant `{name}`{} (known: {})", did_you_mean(*suggestion), known.join(", "))]
    UnknownVariant {
        /// The name asked for.
        name: String,
        /// The most similar known name, if one is similar.
        suggestion: Option<&'static str>,
        /// All known names.
        known: &'static [&'static str],
    },
    /// A file that cannot be opened.
    #[cfg(feature = "keras")]
    #[error("{}: {source}", one_line(path))]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A file that holds no Keras weights.
    #[cfg(feature = "keras")]
    #[error(
        "{}: expected a Keras HDF5 file, found {actual}; save the model by `model.save(\"model.h5\")`",
        one_line(path)
    )]
    KerasFormat {
        /// The file.
        path: PathBuf,
        /// A description of its content.
        actual: String,
    },
    /// A part of a Keras file that is missing or damaged.
    #[cfg(feature = "keras")]
    #[error(
        "{}: cannot read {object}: {reason}; the file is damaged or incomplete, copy it again",
        one_line(path)
    )]
    KerasUnreadable {
        /// The file.
        path: PathBuf,
        /// The group, attribute or dataset.
        object: String,
        /// The damage.
        reason: String,
    },
    /// A part of a Keras file that is stored in a way that is not read here, and not damaged.
    #[cfg(feature = "keras")]
    #[error(
        "{}: {object} is stored with {encoding}, which is not read here; save the model again by \
         `model.save(\"model.h5\")`, or repack it with gzip or no compression (h5repack -f NONE)",
        one_line(path)
    )]
    KerasEncoding {
        /// The file.
        path: PathBuf,
        /// The group, attribute or dataset.
        object: String,
        /// The encoding.
        encoding: String,
    },
    /// A Keras file of another network.
    #[cfg(feature = "keras")]
    #[error(
        "{}: expected {expected}, found {actual}; only this crate's networks can be imported; \
         if this is one of them, name its variant",
        one_line(path)
    )]
    KerasArchitecture {
        /// The file.
        path: PathBuf,
        /// A description of the network.
        expected: String,
        /// A description of the file's content.
        actual: String,
    },
    /// A layer of a Keras file that does not fit the network, or holds a negative variance.
    #[cfg(feature = "keras")]
    #[error(
        "{}: layer `{layer}`: expected {expected}, found {actual}; the file is damaged or of another network",
        one_line(path)
    )]
    KerasLayer {
        /// The file.
        path: PathBuf,
        /// The layer's name in the file.
        layer: String,
        /// The tensor or values that the network needs.
        expected: String,
        /// The tensor or value in the file.
        actual: String,
    },
    /// A weight of a Keras file that is infinite or not a number.
    #[cfg(feature = "keras")]
    #[error(
        "{}: layer `{layer}`: {weight} holds {value}: the training that saved it had diverged; import a \
         checkpoint of an earlier epoch, or train again at a lower learning rate",
        one_line(path)
    )]
    KerasNotFinite {
        /// The file.
        path: PathBuf,
        /// The layer's name in the file.
        layer: String,
        /// The weight's name in the file.
        weight: &'static str,
        /// The first such value.
        value: f32,
    },
    /// A tensor of a Keras file from which candle could not make one of its own.
    #[cfg(feature = "keras")]
    #[error(transparent)]
    Tensor(#[from] candle::Error),
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

impl From<Error> for candle::Error {
    fn from(error: Error) -> Self {
        Self::wrap(error)
    }
}

/// Returns a path in one line: its control characters as `\u{1b}`.
#[cfg(feature = "keras")]
fn one_line(path: &std::path::Path) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    path.to_string_lossy().chars().map(escaped).collect()
}
