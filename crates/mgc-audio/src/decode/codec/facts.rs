//! Examines a container before symphonia reads it, and puts its header right.

use std::path::Path;

use crate::{
    decode::{
        container::{Container, Found, first_stream},
        source::Source,
    },
    error::{Error, Result},
};

use super::{
    caf, flac,
    matroska::Ending,
    mp4::{self, Movie},
};

/// The properties of a container that symphonia does not tell.
#[derive(Default)]
pub(crate) struct Facts {
    /// The track to decode, where symphonia does not keep the order of the file.
    pub(crate) track: Option<u32>,
    /// The first audio track of an MP4.
    pub(super) movie: Option<Movie>,
    /// How a Matroska file ends.
    pub(super) ending: Option<Ending>,
    /// Whether the file ends before its sound does.
    pub(super) is_cut: bool,
}

impl Facts {
    /// Examines a container and has its header read as it should be.
    pub(crate) fn examine(name: &Path, source: &mut Source, found: &Found) -> Result<Self> {
        match found.container {
            Container::Mp4 => {
                let movie = mp4::examine(name, source)?;
                Ok(Self { movie: Some(movie), is_cut: movie.is_cut, ..Self::default() })
            }
            Container::Matroska => {
                let ending = Ending::of(source).map_err(|e| Error::io(name, e))?;
                Ok(Self { is_cut: ending.is_cut, ending: Some(ending), ..Self::default() })
            }
            Container::Ogg(_) => {
                let track = first_stream(source).map_err(|e| Error::io(name, e))?;
                Ok(Self { track, ..Self::default() })
            }
            Container::Caf => caf::mend(source).map(|()| Self::default()).map_err(|e| Error::io(name, e)),
            Container::Flac => Ok(Self { is_cut: flac::examine(name, source)?, ..Self::default() }),
            _ => Ok(Self::default()),
        }
    }

    /// Returns the true reason for an error on opening.
    pub(crate) fn explain(&self, name: &Path, error: Error) -> Error {
        match self.movie {
            Some(movie) if movie.header_is_cut => {
                Error::malformed(name, "the file ends inside its `moov` box, without which it cannot be read")
            }
            _ => error,
        }
    }
}
