//! What can go wrong between a model file and a genre.

use std::path::PathBuf;

/// A specialised `Result`.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate, or one passed on from the crates below.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Decoding, resampling or the mel front end failed.
    #[error(transparent)]
    Audio(#[from] mgc_audio::Error),
    /// A network could not be described or imported.
    #[error(transparent)]
    Nets(#[from] mgc_nets::Error),
    /// A tensor computation failed.
    #[error(transparent)]
    Candle(#[from] candle::Error),
    /// A model file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that is not a model bundle of this crate, or a damaged one.
    #[error("{}: not a usable model: {reason}", path.display())]
    Bundle {
        /// The file.
        path: PathBuf,
        /// What was found and what was expected.
        reason: String,
    },
    /// A model whose parts do not belong together.
    #[error("model: {0}")]
    Model(String),
    /// Audio was given to a model that was trained on arrays and does not know how to turn audio into them.
    #[error(
        "this model was trained on ready-made spectrograms and declares no front end, so it cannot read audio; \
         train it with `--front-end PRESET` if its spectrograms were made like one of the presets"
    )]
    NoFrontEnd,
    /// A recipe name that is not in [`Recipe::PRESETS`](crate::Recipe::PRESETS).
    #[error("unknown recipe `{name}`; the known ones: {}", crate::Recipe::PRESETS.join(", "))]
    UnknownRecipe {
        /// The name asked for.
        name: String,
    },
}
