//! HOMBURG, the Dortmund collection of Homburg et al. (2005): nine genres of 10 s excerpts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::catalog::{Dataset, Info, Inventory, Source, Track};
use crate::error::Result;
use crate::loaders::files::{
    folder_and_those_in_it, is_audio, is_folder, only, visible_entries, wrong_layout,
};
use crate::text::escaped;

/// HOMBURG: nine genre folders of excerpts named `<Artist>-<Title>.mp3`, at the root or one folder below it.
///
/// A track's id is its genre and its file name without the extension. Its group is the artist, the text
/// before the first `-`: the complete set has 1,463 artists, 29 of them in two genres or more. There is no
/// official split. A part of the set opens as well; the genres keep their nine indices. Where a song exists
/// in several formats (a wav decoded beside its mp3), the mp3 is used.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Dataset, Homburg};
///
/// let root = tempfile::tempdir().unwrap();
/// std::fs::create_dir_all(root.path().join("jazz")).unwrap();
/// std::fs::write(root.path().join("jazz/Some_Quartet-Blue-Green.mp3"), "").unwrap();
///
/// let homburg = Homburg::open(root.path())?;
/// assert_eq!(homburg.tracks()[0].id, "jazz/Some_Quartet-Blue-Green");
/// assert_eq!(homburg.tracks()[0].group.as_deref(), Some("Some_Quartet"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Homburg {
    folder: PathBuf,
    genres: Vec<String>,
    tracks: Vec<Track>,
}

impl Homburg {
    /// The description of HOMBURG.
    pub const INFO: Info = Info {
        name: "homburg",
        about: "nine genres, 1,886 excerpts of 10 s by Garageband artists, 44,100 Hz mp3",
        layout: "folders alternative, blues, electronic, folkcountry, funksoulrnb, jazz, pop, raphiphop, \
                 rock with files named <Artist>-<Title>.mp3, at the root or one folder below it",
        genres: &[
            ("alternative", 145),
            ("blues", 120),
            ("electronic", 113),
            ("folkcountry", 222),
            ("funksoulrnb", 47),
            ("jazz", 319),
            ("pop", 116),
            ("raphiphop", 300),
            ("rock", 504),
        ],
        clip_seconds: Some(10),
        citation: "H. Homburg, I. Mierswa, B. Möller, K. Morik, M. Wurst: A benchmark dataset for audio \
                   classification and clustering. ISMIR 2005",
        licence: "see the homepage; the paper calls the set freely available",
        homepage: "http://www-ai.cs.uni-dortmund.de/audio.html",
        notes: "one zip per genre: unpack each into a folder of its genre's name; no official split; \
                groups are artists (1,463); always answering rock is right in 26.7 %",
    };

    /// Finds the excerpts below `root`, which is the folder of genre folders or the one above it.
    ///
    /// ```
    /// use mgc_datasets::{Error, Homburg};
    ///
    /// assert!(matches!(Homburg::open("no such folder"), Err(Error::Layout { .. })));
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`](crate::Error::Layout) when no genre folder holds an excerpt,
    /// [`Error::Io`](crate::Error::Io) when a folder cannot be read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        for folder in folder_and_those_in_it(root)? {
            let tracks = tracks_in(&folder)?;
            if !tracks.is_empty() {
                return Ok(Self { folder, genres: Self::INFO.genre_names(), tracks });
            }
        }
        Err(wrong_layout(&Self::INFO, root, "no genre folder with music"))
    }
}

impl Dataset for Homburg {
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
        let incomplete = |((genre, published), found): (&(&str, usize), usize)| {
            (found < *published).then(|| (genre.to_string(), format!("{found} of {published} excerpts")))
        };
        Ok(Inventory {
            folder: Some(self.folder.clone()),
            missing: Self::INFO.genres.iter().zip(self.counts()).filter_map(incomplete).collect(),
            ..Inventory::default()
        })
    }
}

fn tracks_in(folder: &Path) -> Result<Vec<Track>> {
    let mut tracks = Vec::new();
    for (index, (genre, _)) in Homburg::INFO.genres.iter().enumerate() {
        let genre_folder = folder.join(genre);
        if is_folder(&genre_folder)? {
            tracks.extend(excerpts(&genre_folder)?.into_iter().map(|(name, path)| Track {
                id: format!("{genre}/{name}"),
                genre: Some(index),
                group: name.split_once('-').map(|(artist, _)| artist.to_string()),
                split: None,
                source: Source::Audio(path),
            }));
        }
    }
    Ok(tracks)
}

/// Returns the excerpts of one genre by file name without the extension.
fn excerpts(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut excerpts = BTreeMap::new();
    for path in only(visible_entries(folder)?, is_audio)? {
        let name = escaped(path.file_stem().unwrap_or_default());
        let is_mp3 = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("mp3"));
        let best = excerpts.entry(name).or_insert_with(|| path.clone());
        if is_mp3 {
            *best = path;
        }
    }
    Ok(excerpts)
}
