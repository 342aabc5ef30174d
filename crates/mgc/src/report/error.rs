use super::FORMATS;
use mgc_files::printable_path;
use std::path::PathBuf;

/// A `Result` of this module.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of drawing or saving a figure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file name whose ending is not one of [`FORMATS`].
    #[error("{}: cannot tell the format of the figure; the name must end in one of: .{}", printable_path(path), FORMATS.join(", ."))]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error("{}: {source}", printable_path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The number of labels is not the number of classes.
    #[error("{labels} labels for a confusion matrix of {classes} classes")]
    Labels {
        /// Labels given.
        labels: usize,
        /// Classes of the matrix.
        classes: usize,
    },
    /// The figure could not be drawn or encoded.
    #[error("the figure could not be drawn: {0}")]
    Drawing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub(super) fn drawing(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Drawing(Box::new(error))
    }
}
