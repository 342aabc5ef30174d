//! Finds music anywhere below a folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::files::{is_audio, is_hidden, unwalkable};
use crate::error::Result;

/// Finds the audio files (by [`AUDIO_EXTENSIONS`](crate::AUDIO_EXTENSIONS)) anywhere below a folder, sorted
/// by name in each folder.
///
/// Files and folders whose names begin with a dot are left out. Links are followed, except for broken ones
/// and those that form a loop.
///
/// ```
/// let music = tempfile::tempdir()?;
/// std::fs::create_dir(music.path().join("album"))?;
/// for file in ["album/02.mp3", "album/01.FLAC", "album/cover.jpg", "b.wav"] {
///     std::fs::write(music.path().join(file), "")?;
/// }
/// let found: Vec<_> = mgc_datasets::find_audio(music.path()).collect::<Result<_, _>>()?;
/// let expected = ["album/01.FLAC", "album/02.mp3", "b.wav"].map(|file| music.path().join(file));
/// assert_eq!(found, expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// An item is [`Error::Io`](crate::Error::Io) for a folder that cannot be read; the search continues after
/// it.
pub fn find_audio(folder: impl AsRef<Path>) -> impl Iterator<Item = Result<PathBuf>> {
    let folder = folder.as_ref().to_path_buf();
    let walk = WalkDir::new(&folder).follow_links(true).sort_by_file_name().into_iter();
    let visible = walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.path()));
    visible.filter_map(move |entry| match entry {
        Ok(entry) => match is_audio(entry.path()) {
            Ok(true) => Some(Ok(entry.into_path())),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        },
        Err(error) if error.depth() > 0 && leads_nowhere(&error) => None,
        Err(error) => Some(Err(unwalkable(&folder, error))),
    })
}

/// Returns whether the error is that of a link that is broken or forms a loop.
fn leads_nowhere(error: &walkdir::Error) -> bool {
    let broken = error.io_error().is_some_and(|error| error.kind() == ErrorKind::NotFound);
    broken || error.loop_ancestor().is_some()
}
