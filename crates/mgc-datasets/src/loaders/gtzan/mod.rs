//! GTZAN, the genre collection of Tzanetakis and Cook (2002): ten genres of a hundred 30 s clips.

pub(crate) mod artists;
mod filtered;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::catalog::{Dataset, Info, Inventory, Source, Track};
use crate::error::Result;
use crate::loaders::files::{extension, is_file, is_folder, visible_entries, wrong_layout};

/// The folders below the root that may hold the genre folders.
const SUBFOLDERS: [&str; 4] = ["", "genres", "genres_original", "Data/genres_original"];

/// Clip formats in circulation; where a clip exists in several, the first of these is used.
const FORMATS: [&str; 3] = ["wav", "au", "mp3"];

/// The clip of the Kaggle copy that cannot be decoded.
const KNOWN_BAD: &[(&str, &str)] = &[("jazz.00054", "damaged in the Kaggle copy")];

/// GTZAN in any of the layouts in circulation: the original archive (`genres/`), the Kaggle copy
/// (`Data/genres_original/`) and copies with an AppleDouble twin (`._blues.00000.wav`) beside every clip.
/// Marsyas collections (`*.mf`), pictures and tables are ignored.
///
/// A part of the set opens as well; the genres keep their ten indices. Its known faults (replicas, repeated
/// artists) make results on a random split too good; see Sturm, "An analysis of the GTZAN music genre
/// dataset" (2012). The official split is therefore the fault-filtered one of Kereliuk, Sturm and Larsen
/// (2015): 443 clips for training, 197 for validation, 290 for the test. The 70 others lie on no side.
///
/// The group of a clip is its artist by Sturm's index, which knows 244 artists of 919 clips and the replicas
/// and versions among them. A duet is an artist of its own. Of the 81 unnamed clips, those with adjacent
/// numbers form one group, as they probably come from one recording. A clip without a name that has the title
/// of another is in its group. So [`split`](crate::split) and [`k_fold`](crate::k_fold), which keep groups
/// whole unless told otherwise, put no artist on two sides; the official split takes its published sides.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Dataset, Gtzan};
///
/// let root = tempfile::tempdir().unwrap();
/// std::fs::create_dir_all(root.path().join("genres/jazz")).unwrap();
/// std::fs::write(root.path().join("genres/jazz/jazz.00007.wav"), "").unwrap();
///
/// let gtzan = Gtzan::open(root.path())?;
/// assert_eq!(gtzan.tracks()[0].id, "jazz.00007");
/// assert_eq!(gtzan.tracks()[0].genre, Some(5));
/// assert_eq!(gtzan.tracks()[0].group.as_deref(), Some("James Carter"));
/// assert_eq!(gtzan.tracks()[0].split, Some(mgc_datasets::Split::Valid));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Gtzan {
    folder: PathBuf,
    genres: Vec<String>,
    tracks: Vec<Track>,
}

impl Gtzan {
    /// The description of GTZAN.
    pub const INFO: Info = Info {
        name: "gtzan",
        about: "ten genres of a hundred 30 s clips, 22,050 Hz mono",
        layout: "folders blues, classical, country, disco, hiphop, jazz, metal, pop, reggae, rock with \
                 clips named like blues/blues.00000.wav (or .au, .mp3), at the root or in genres/, \
                 genres_original/ or Data/genres_original/ below it",
        genres: &[
            ("blues", 100),
            ("classical", 100),
            ("country", 100),
            ("disco", 100),
            ("hiphop", 100),
            ("jazz", 100),
            ("metal", 100),
            ("pop", 100),
            ("reggae", 100),
            ("rock", 100),
        ],
        clip_seconds: Some(30),
        citation: "G. Tzanetakis, P. Cook: Musical genre classification of audio signals. IEEE \
                   Transactions on Speech and Audio Processing 10(5), 2002",
        licence: "none stated; the recordings are copyrighted",
        homepage: "https://www.kaggle.com/datasets/andradaolteanu/gtzan-dataset-music-genre-classification",
        notes: "its first host has been gone since October 2022, copies differ; groups are artists (244, \
                35 clips of reggae are Bob Marley; 81 clips are unnamed), by the index of B. L. Sturm; the \
                official split is the fault-filtered one, 443/197/290 clips",
    };

    /// Finds the clips below `root`, which is the folder of genre folders or one above it.
    ///
    /// ```
    /// use mgc_datasets::Gtzan;
    ///
    /// let error = Gtzan::open("no such folder").unwrap_err();
    /// assert!(error.to_string().contains("no such folder; gtzan expects"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`](crate::Error::Layout) when no genre folder holds a clip,
    /// [`Error::Io`](crate::Error::Io) when a folder cannot be read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        for subfolder in SUBFOLDERS {
            let folder = root.join(subfolder);
            let tracks = tracks_in(&folder)?;
            if !tracks.is_empty() {
                return Ok(Self { folder, genres: Self::INFO.genre_names(), tracks });
            }
        }
        Err(wrong_layout(&Self::INFO, root, "no genre folder with a clip"))
    }
}

impl Dataset for Gtzan {
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
        let found: BTreeSet<&str> = self.tracks.iter().map(|track| track.id.as_str()).collect();
        let missing = all_ids().filter(|id| !found.contains(id.as_str()));
        Ok(Inventory {
            folder: Some(self.folder.clone()),
            missing: missing.map(|id| (id, "no such clip".to_string())).collect(),
            known_bad: KNOWN_BAD,
            ..Inventory::default()
        })
    }
}

fn all_ids() -> impl Iterator<Item = String> {
    let of_genre = |&(genre, count): &'static (&str, usize)| {
        (0..count).map(move |number| format!("{genre}.{number:05}"))
    };
    Gtzan::INFO.genres.iter().flat_map(of_genre)
}

fn tracks_in(folder: &Path) -> Result<Vec<Track>> {
    let mut tracks = Vec::new();
    let (sides, artists) = (filtered::sides(), artists::artists());
    for (index, (genre, _)) in Gtzan::INFO.genres.iter().enumerate() {
        let genre_folder = folder.join(genre);
        if is_folder(&genre_folder)? {
            tracks.extend(clips(&genre_folder, genre)?.into_iter().map(|(id, (_, path))| Track {
                split: sides.get(&id).copied(),
                group: artists.get(&id).cloned(),
                id,
                genre: Some(index),
                source: Source::Audio(path),
            }));
        }
    }
    Ok(tracks)
}

/// Returns the clips of one genre by id, each with its rank in [`FORMATS`].
fn clips(folder: &Path, genre: &str) -> Result<BTreeMap<String, (usize, PathBuf)>> {
    let mut clips = BTreeMap::new();
    for path in visible_entries(folder)? {
        let Some((id, format)) = clip_id(&path, genre) else { continue };
        if !is_file(&path)? {
            continue;
        }
        let best = clips.entry(id).or_insert_with(|| (format, path.clone()));
        if format < best.0 {
            *best = (format, path);
        }
    }
    Ok(clips)
}

/// Returns id and rank of a clip: (`blues.00042`, rank of au) for `blues/blues.00042.au`. Any other file is
/// not a clip.
fn clip_id(path: &Path, genre: &str) -> Option<(String, usize)> {
    let extension = extension(path)?;
    let format = FORMATS.iter().position(|known| **known == *extension)?;
    let stem = path.file_stem()?.to_str()?;
    let number = stem.strip_prefix(genre)?.strip_prefix('.')?;
    let numbered = number.len() == 5 && number.bytes().all(|byte| byte.is_ascii_digit());
    numbered.then(|| (stem.to_string(), format))
}
