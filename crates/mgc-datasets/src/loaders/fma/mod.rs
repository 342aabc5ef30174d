//! FMA, the Free Music Archive dataset of Defferrard et al. (2017).

mod clips;
mod known_bad;
mod metadata;
mod subset;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub use subset::FmaSubset;

use crate::catalog::{Dataset, Info, Inventory, Source, Track};
use crate::error::{Error, Result};
use crate::loaders::files::{is_file, is_folder, name, only, wrong_layout};
use metadata::Row;

/// FMA: clips named like `000/000002.mp3` in `fma_small`, `fma_medium` or `fma_large`, with
/// `fma_metadata/tracks.csv` beside that folder or in it.
///
/// The tracks are those that the table lists for the subset and that have a file. The genre is
/// `track.genre_top` (none for tracks of several root genres), the group is the artist's id, the official
/// side is `set.split`. The subset is the largest whose folder exists, or that of the folder itself when it
/// is the root. A folder of another name counts as the smallest subset that holds all its clips. Small has 8
/// genres, the others 16, in alphabetical order.
///
/// The table is read row by row: only ids, labels and groups stay in memory. A truncated table is refused,
/// since a part of it would silently be another dataset; the error says how many rows are intact. (A cut
/// between two rows shows only in [`verify`](crate::verify), as extra clips.)
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Dataset, Fma};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let root = folder.path();
/// # std::fs::create_dir_all(root.join("fma_metadata")).unwrap();
/// # std::fs::create_dir_all(root.join("fma_small/000")).unwrap();
/// # std::fs::write(root.join("fma_small/000/000002.mp3"), "").unwrap();
/// # let table = ",artist,set,set,track\n,id,split,subset,genre_top\ntrack_id,,,,\n2,1,training,small,Hip-Hop\n";
/// # std::fs::write(root.join("fma_metadata/tracks.csv"), table).unwrap();
/// let fma = Fma::open(root)?;
/// assert_eq!(fma.tracks()[0].id, "000002");
/// assert_eq!(fma.genres()[fma.tracks()[0].genre.unwrap()], "Hip-Hop");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Fma {
    folder: PathBuf,
    subset: FmaSubset,
    genres: Vec<String>,
    tracks: Vec<Track>,
    absent: Vec<u32>,
    table: PathBuf,
}

impl Fma {
    /// The description of FMA; genres and numbers are those of the small subset.
    pub const INFO: Info = Info {
        name: "fma",
        about: "clips of 30 s from the Free Music Archive: small (8 genres of 1,000), medium (16, 25,000) \
                and large (106,574)",
        layout: "fma_metadata/tracks.csv and clips like 000/000002.mp3 in fma_small, fma_medium or \
                 fma_large; or that folder itself, with fma_metadata in it or beside it",
        genres: &[
            ("Electronic", 1000),
            ("Experimental", 1000),
            ("Folk", 1000),
            ("Hip-Hop", 1000),
            ("Instrumental", 1000),
            ("International", 1000),
            ("Pop", 1000),
            ("Rock", 1000),
        ],
        clip_seconds: Some(30),
        citation: "M. Defferrard, K. Benzi, P. Vandergheynst, X. Bresson: FMA: a dataset for music analysis. \
                   ISMIR 2017",
        licence: "each recording under the licence its artist chose, mostly Creative Commons",
        homepage: "https://github.com/mdeff/fma",
        notes: "the official split keeps artists apart (small: 6,400/800/800); groups are artists; six \
                clips of small and 15 more of medium are known to be empty or short",
    };

    /// Reads the table and finds the clips of the largest subset below `root`.
    ///
    /// ```
    /// use mgc_datasets::Fma;
    ///
    /// let root = tempfile::tempdir().unwrap();
    /// let error = Fma::open(root.path()).unwrap_err();
    /// assert!(error.to_string().contains("no fma_metadata/tracks.csv"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`] when the table or every clip is absent, [`Error::Table`] when the table is truncated
    /// or has invalid content, [`Error::Io`] when a file cannot be read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        Self::find(root.as_ref(), None)
    }

    /// Reads the table and finds the clips of one subset, which may lie in the folder of a larger one.
    ///
    /// ```
    /// # fn main() -> Result<(), mgc_datasets::Error> {
    /// use mgc_datasets::{Dataset, Fma, FmaSubset};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let root = folder.path();
    /// # std::fs::create_dir_all(root.join("fma_metadata")).unwrap();
    /// # std::fs::create_dir_all(root.join("fma_medium/000")).unwrap();
    /// # std::fs::write(root.join("fma_medium/000/000002.mp3"), "").unwrap();
    /// # let table = ",artist,set,set,track\n,id,split,subset,genre_top\ntrack_id,,,,\n2,1,training,small,Hip-Hop\n";
    /// # std::fs::write(root.join("fma_metadata/tracks.csv"), table).unwrap();
    /// let fma = Fma::open_subset(root, FmaSubset::Small)?; // the clips lie in fma_medium
    /// assert_eq!((fma.subset(), fma.genres().len()), (FmaSubset::Small, 8));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as [`open`](Self::open).
    pub fn open_subset(root: impl AsRef<Path>, subset: FmaSubset) -> Result<Self> {
        Self::find(root.as_ref(), Some(subset))
    }

    /// Returns the subset.
    pub fn subset(&self) -> FmaSubset {
        self.subset
    }

    fn find(root: &Path, wanted: Option<FmaSubset>) -> Result<Self> {
        let Some(table) = table(root)? else {
            return Err(wrong_layout(&Self::INFO, root, "no fma_metadata/tracks.csv"));
        };
        for (folder, named) in places(root, wanted)? {
            let clips = clips::below(&folder)?;
            if !clips.is_empty() {
                let rows = metadata::read(&table)?;
                let subset = wanted.or(named).unwrap_or_else(|| metadata::smallest_with(&rows, &clips));
                return match Self::describe(folder, subset, rows, &clips, table) {
                    fma if fma.tracks.is_empty() => {
                        Err(wrong_layout(&Self::INFO, root, "clips, but none that the table lists"))
                    }
                    fma => Ok(fma),
                };
            }
        }
        Err(wrong_layout(&Self::INFO, root, "the table, but no clip"))
    }

    fn describe(
        folder: PathBuf,
        subset: FmaSubset,
        rows: Vec<Row>,
        clips: &BTreeMap<u32, PathBuf>,
        table: PathBuf,
    ) -> Self {
        let genres: Vec<String> = subset.genres().iter().map(|genre| genre.to_string()).collect();
        let label = |genre: &str| genres.iter().position(|known| known == genre);
        let (mut tracks, mut absent) = (Vec::new(), Vec::new());
        for row in rows.into_iter().filter(|row| row.subset <= subset) {
            match clips.get(&row.id) {
                None => absent.push(row.id),
                Some(path) => tracks.push(Track {
                    id: clips::id(row.id),
                    genre: row.genre.and_then(label),
                    group: row.artist,
                    split: row.split,
                    source: Source::Audio(path.clone()),
                }),
            }
        }
        Self { folder, subset, genres, tracks, absent, table }
    }
}

impl Dataset for Fma {
    fn info(&self) -> &Info {
        &Self::INFO
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// `tracks.csv`, which may lie beside the clips.
    fn tables(&self) -> Vec<PathBuf> {
        vec![self.table.clone()]
    }

    /// The checksums are those of the file `checksums` that each archive holds, where it exists.
    fn inventory(&self) -> Result<Inventory> {
        let missing = |&id: &u32| (clips::id(id), format!("listed for {}, no file", self.subset.name()));
        Ok(Inventory {
            folder: Some(self.folder.clone()),
            missing: self.absent.iter().map(missing).collect(),
            checksums: clips::checksums(&self.folder.join("checksums"))?,
            known_bad: known_bad::CLIPS,
        })
    }
}

fn table(root: &Path) -> Result<Option<PathBuf>> {
    if !is_folder(root)? {
        return Ok(None);
    }
    let real = fs::canonicalize(root).map_err(Error::io(root))?;
    let beside = real.parent().map(|parent| parent.join("fma_metadata"));
    let folders = [Some(root.join("fma_metadata")), Some(root.to_path_buf()), beside];
    let tables = folders.into_iter().flatten().map(|folder| folder.join("tracks.csv")).collect();
    Ok(only(tables, is_file)?.into_iter().next())
}

/// Returns the folders that may hold clips, each with the subset that its name tells.
fn places(root: &Path, wanted: Option<FmaSubset>) -> Result<Vec<(PathBuf, Option<FmaSubset>)>> {
    let own_name = name(&fs::canonicalize(root).map_err(Error::io(root))?);
    let own = FmaSubset::ALL.into_iter().find(|subset| subset.folder() == own_name);
    let below = |subset: FmaSubset| (root.join(subset.folder()), Some(subset));
    let mut places: Vec<_> = match wanted {
        Some(wanted) => FmaSubset::ALL.into_iter().filter(|subset| *subset >= wanted).map(below).collect(),
        None => FmaSubset::ALL.into_iter().rev().map(below).collect(),
    };
    places.push((root.to_path_buf(), own));
    Ok(places)
}
