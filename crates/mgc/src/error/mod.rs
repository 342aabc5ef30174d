//! Errors between a music file and its genre.

mod experiment;
mod explain;
#[cfg(feature = "grid")]
mod grid;
mod model;

pub use experiment::ExperimentError;
pub use explain::ExplainError;
#[cfg(feature = "grid")]
pub use grid::GridError;
pub use model::ModelError;

use mgc_files::{printable, printable_path};
use std::path::PathBuf;

/// A result whose error is this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate, or of a crate below it.
///
/// ```
/// use mgc::{Bundle, Error, ModelError};
///
/// match Bundle::from_bytes(b"not a model") {
///     Err(Error::Model(ModelError::NotSafetensors { .. })) => {}
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Decoding, resampling or the mel front end failed.
    #[error(transparent)]
    Audio(#[from] mgc_audio::Error),
    /// A dataset could not be read, split or stored.
    #[error(transparent)]
    Datasets(Box<mgc_datasets::Error>),
    /// A network could not be described or imported.
    #[error(transparent)]
    Nets(#[from] mgc_nets::Error),
    /// Training or evaluation failed.
    #[error(transparent)]
    Train(Box<mgc_train::Error>),
    /// An experiment cannot be run as described.
    #[error(transparent)]
    Experiment(Box<ExperimentError>),
    /// A grid of experiments cannot be read or run.
    #[cfg(feature = "grid")]
    #[cfg_attr(docsrs, doc(cfg(feature = "grid")))]
    #[error(transparent)]
    Grid(Box<GridError>),
    /// An answer cannot be explained.
    #[error(transparent)]
    Explain(Box<ExplainError>),
    /// A tensor computation failed.
    #[error(transparent)]
    Candle(#[from] candle::Error),
    /// A file could not be read or written.
    #[error("{}: {source}", printable_path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// A file that is not a usable model.
    #[error("{}: not a usable model: {source}", printable_path(path))]
    Bundle {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: Box<ModelError>,
    },
    /// A model that came from no file, or an input that does not fit it.
    #[error("model: {0}")]
    Model(#[from] ModelError),
    /// Audio was given to a model that was trained on ready-made spectrograms and does not state how to
    /// compute them.
    #[error(
        "this model was trained on ready-made spectrograms and declares no front end, so it cannot read audio"
    )]
    NoFrontEnd,
    /// A dataset has a genre that the model does not know.
    #[error(
        "the dataset has a genre `{}` that the model does not know{}; dataset: {}; model: {}",
        printable(genre),
        suggestion.as_ref().map_or_else(String::new, |label| format!(", did you mean its `{label}` (a map of labels renames it)?")),
        printable(&genres.join(", ")),
        labels.join(", ")
    )]
    UnknownGenre {
        /// The genre.
        genre: String,
        /// The label of the model that resembles it, where one does.
        suggestion: Option<String>,
        /// All genres of the dataset.
        genres: Vec<String>,
        /// All labels of the model.
        labels: Vec<String>,
    },
    /// A recipe name that is not in [`Recipe::NAMES`](crate::Recipe::NAMES).
    #[error(
        "unknown recipe `{name}`{}; the known ones: {}",
        suggestion.map_or_else(String::new, |known| format!(", did you mean `{known}`?")),
        known.join(", ")
    )]
    UnknownRecipe {
        /// The name asked for.
        name: String,
        /// The known name that resembles it, where one does.
        suggestion: Option<&'static str>,
        /// All known names.
        known: &'static [&'static str],
    },
}

impl From<mgc_datasets::Error> for Error {
    fn from(error: mgc_datasets::Error) -> Self {
        Self::Datasets(Box::new(error))
    }
}

impl From<mgc_train::Error> for Error {
    fn from(error: mgc_train::Error) -> Self {
        Self::Train(Box::new(error))
    }
}

#[cfg(feature = "grid")]
impl From<GridError> for Error {
    fn from(error: GridError) -> Self {
        Self::Grid(Box::new(error))
    }
}

impl From<ExplainError> for Error {
    fn from(error: ExplainError) -> Self {
        Self::Explain(Box::new(error))
    }
}

impl From<ExperimentError> for Error {
    fn from(error: ExperimentError) -> Self {
        Self::Experiment(Box::new(error))
    }
}

impl Error {
    /// Adds the path of the file that a model came from.
    pub(crate) fn in_file(self, path: &std::path::Path) -> Self {
        match self {
            Self::Model(source) => Self::Bundle { path: path.into(), source: source.into() },
            other => other,
        }
    }
}

/// Whether spectrograms, (frames, bands), have the expected bands on the axis of the frames.
fn are_swapped(actual: (usize, usize), expected: (usize, usize)) -> bool {
    actual.0 == expected.1 && actual.1 != expected.1
}
