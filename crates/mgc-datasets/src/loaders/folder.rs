//! Your own music: one folder per genre.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::catalog::{Dataset, Info, Inventory, Source, Track};
use crate::error::{Error, Result};
use crate::loaders::files::{audio_files_below, is_audio, is_folder, name, only, visible_entries};
use crate::text::{escaped, path_text};

/// A folder with one subfolder of music per genre.
///
/// The sorted names of the genre folders, without spaces around them, are the labels. Inside a genre, files
/// may lie in subfolders (an album, an artist). All files below one such subfolder form one group, so a
/// grouped split never puts one album on two sides. Hidden files, files that are not music and folders
/// without music are ignored. Links are followed, except for links to folders inside a genre, which may form
/// a loop. Bytes of a name that are not Unicode appear as `\xE4` and the like in ids, genres and groups
/// ([`path_text`](crate::path_text)).
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Dataset, Folder};
///
/// let root = tempfile::tempdir().unwrap();
/// for file in ["fado/Álbum/01 Maré.flac", "fado/single.mp3", "polka/a.ogg", "polka/cover.jpg"] {
///     let path = root.path().join(file);
///     std::fs::create_dir_all(path.parent().unwrap()).unwrap();
///     std::fs::write(path, "").unwrap();
/// }
///
/// let music = Folder::open(root.path())?;
/// assert_eq!(music.genres(), ["fado", "polka"]);
/// assert_eq!(music.tracks()[1].id, "fado/Álbum/01 Maré.flac");
/// assert_eq!(music.tracks()[1].group.as_deref(), Some("fado/Álbum"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    genres: Vec<String>,
    tracks: Vec<Track>,
}

impl Folder {
    /// The description of a folder dataset.
    pub const INFO: Info = Info {
        name: "folder",
        about: "your own music, one folder per genre",
        layout: "at least two genre folders with audio files: <genre>/<file> or <genre>/<album>/<file>",
        genres: &[],
        clip_seconds: None,
        citation: "",
        licence: "that of the recordings",
        homepage: "",
        notes: "a genre's subfolders (albums, artists) are groups; loose files have none",
    };

    /// Finds the genre folders and their files below `root`.
    ///
    /// ```
    /// use mgc_datasets::Folder;
    ///
    /// let root = tempfile::tempdir().unwrap();
    /// std::fs::create_dir(root.path().join("fado")).unwrap();
    /// std::fs::write(root.path().join("fado/a.ogg"), "").unwrap();
    /// let error = Folder::open(root.path()).unwrap_err();
    /// assert!(error.to_string().contains("one genre folder with music, `fado`"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`] when fewer than two folders hold music, [`Error::Io`] when a folder cannot be read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let folders = only(visible_entries(root)?, is_folder)?;
        let with_files = folders.into_iter().map(|folder| Ok((audio_files_below(&folder)?, folder)));
        let mut full: Vec<(Vec<PathBuf>, PathBuf)> = with_files.collect::<Result<_>>()?;
        full.retain(|(files, _)| !files.is_empty());
        let label = |folder: &Path| name(folder).trim().to_string();
        let sorted: BTreeSet<String> = full.iter().map(|(_, folder)| label(folder)).collect();
        let genres: Vec<String> = sorted.into_iter().collect();
        let mut tracks = Vec::new();
        for (files, folder) in full {
            let genre = genres.binary_search(&label(&folder)).unwrap_or_default(); // it is among them
            tracks.extend(files.into_iter().map(|file| track(root, &folder, genre, file)));
        }
        if genres.len() < 2 {
            return Err(too_few_genres(root, &genres));
        }
        Ok(Self { root: root.to_path_buf(), genres, tracks })
    }
}

impl Dataset for Folder {
    fn info(&self) -> &Info {
        &Self::INFO
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn inventory(&self) -> Result<Inventory> {
        Ok(Inventory { folder: Some(self.root.clone()), ..Inventory::default() })
    }
}

fn track(root: &Path, genre_folder: &Path, genre: usize, file: PathBuf) -> Track {
    let inside = file.strip_prefix(genre_folder).unwrap_or(&file);
    let subfolder = inside.components().next().filter(|_| inside.components().nth(1).is_some());
    Track {
        id: slashed(file.strip_prefix(root).unwrap_or(&file)),
        genre: Some(genre),
        group: subfolder
            .map(|subfolder| format!("{}/{}", name(genre_folder), escaped(subfolder.as_os_str()))),
        split: None,
        source: Source::Audio(file),
    }
}

/// Returns a relative path as text, with `/` on every system.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| path_text(part.as_os_str())).collect();
    parts.join("/")
}

fn too_few_genres(root: &Path, genres: &[String]) -> Error {
    let loose = visible_entries(root).and_then(|all| only(all, is_audio)).map_or(0, |files| files.len());
    let found = match genres {
        [only] => format!("one genre folder with music, `{only}`"),
        _ if loose > 0 => format!("no genre folder, {loose} audio files outside of any"),
        _ => "no genre folder with music".to_string(),
    };
    Error::Layout {
        path: root.to_path_buf(),
        dataset: Folder::INFO.name,
        found,
        expected: Folder::INFO.layout,
    }
}
