//! What can go wrong outside tensor computations.

#[cfg(feature = "keras")]
use std::path::PathBuf;

/// A specialised `Result`.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate; tensor computations return [`candle::Error`] instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A network configuration that cannot be built.
    #[error("network configuration: {field} is {value}, it must be {expected}")]
    Config {
        /// The field of [`NetConfig`](crate::NetConfig).
        field: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold, and why.
        expected: String,
    },
    /// A name that is not in [`Variant::NAMES`](crate::Variant::NAMES).
    #[error("unknown variant `{name}`{} (known: {})", did_you_mean(*suggestion), known.join(", "))]
    UnknownVariant {
        /// The name asked for.
        name: String,
        /// The known name that resembles it, where one does.
        suggestion: Option<&'static str>,
        /// All known names.
        known: &'static [&'static str],
    },
    /// A file that cannot be opened.
    #[cfg(feature = "keras")]
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A file that holds no Keras weights.
    #[cfg(feature = "keras")]
    #[error(
        "{}: expected a Keras HDF5 file, found {actual}; save the model by `model.save(\"model.h5\")`",
        path.display()
    )]
    KerasFormat {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        actual: String,
    },
    /// A part of a Keras file that is missing or damaged.
    #[cfg(feature = "keras")]
    #[error("{}: cannot read {object}: {reason}; the file is damaged or incomplete, copy it again", path.display())]
    KerasUnreadable {
        /// The file.
        path: PathBuf,
        /// The group, attribute or dataset.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Keras weights of another network.
    #[cfg(feature = "keras")]
    #[error(
        "{}: expected {expected}, found {actual}; only this crate's networks can be imported: if it is one of them, name it",
        path.display()
    )]
    KerasArchitecture {
        /// The file.
        path: PathBuf,
        /// What the network would have.
        expected: String,
        /// What the file has.
        actual: String,
    },
    /// A layer of a Keras file that does not fit the network, or whose values are impossible.
    #[cfg(feature = "keras")]
    #[error(
        "{}: layer `{layer}`: expected {expected}, found {actual}; \
         the file is damaged or of another network",
        path.display()
    )]
    KerasLayer {
        /// The file.
        path: PathBuf,
        /// The layer's name in the file.
        layer: String,
        /// What the network needs.
        expected: String,
        /// What the file has.
        actual: String,
    },
    /// A tensor of a Keras file that candle could not take over.
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
