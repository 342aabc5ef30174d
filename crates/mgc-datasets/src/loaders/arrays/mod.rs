//! Finished spectrograms as NumPy arrays.

mod cells;
mod labels;
mod npy;
mod shelf;

use std::path::Path;

use ndarray::Array2;

use crate::catalog::{Dataset, Info, Source, Track};
use crate::error::{Error, Result};
use cells::{Cells, scalar};
use npy::{Fault, Npy};
use shelf::Shelf;

/// Finished spectrograms in a NumPy archive, or in the pair of files that the notebooks of the broadcast
/// paper write.
///
/// | array | shape | type | content |
/// |---|---|---|---|
/// | `x` | (n, frames, bands) or (n, frames, bands, 1) | f32, f64, f16 or u8 | the spectrograms |
/// | `scale`, `offset` | scalars | float | dB = x * scale + offset; needed for u8, otherwise 1 and 0 |
/// | `genre` | (n) | strings | genre names, empty for none; sorted names are the labels |
/// | `y` | (n) or one-hot (n, classes) | numbers | instead of `genre`; the labels are `0`, `1` ... |
/// | `ids` | (n) | strings | track ids, all different; otherwise `row-00000` ... |
/// | `split` | (n) | strings | `train`, `valid`, `test` or empty |
///
/// All but `x` may be missing. Without `genre` and `y` the rows are unlabelled. The values keep their type
/// in memory and are converted to dB row by row.
///
/// ```
/// # fn main() -> Result<(), mgc_datasets::Error> {
/// use mgc_datasets::{Arrays, Dataset};
///
/// // Written by np.savez(path, x=..., genre=..., ids=..., split=...).
/// let path = "tests/fixtures/f32_genre_ids_split.npz";
/// # let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
/// let arrays = Arrays::open(path)?;
/// assert_eq!(arrays.spectrogram(0)?.dim(), arrays.dim());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Arrays {
    cells: Cells,
    genres: Vec<String>,
    tracks: Vec<Track>,
}

impl Arrays {
    /// The description of a dataset of arrays.
    pub const INFO: Info = Info {
        name: "arrays",
        about: "finished spectrograms in NumPy files",
        layout: "an .npz file (or a folder with one) with `x` (tracks, frames, bands) and optionally \
                 genre, y, ids, split, scale, offset; or a folder with melspec_feature_2048.npy and \
                 onehot_labels.npy",
        genres: &[],
        clip_seconds: None,
        citation: "",
        licence: "that of the recordings",
        homepage: "",
        notes: "holds no groups; an official split where the file has one",
    };

    /// Reads an archive, the only archive in a folder, or the pair of files in a folder.
    ///
    /// ```
    /// use mgc_datasets::{Arrays, Error};
    ///
    /// assert!(matches!(Arrays::open("no such file.npz"), Err(Error::Layout { .. })));
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`] when there is no such file, [`Error::Array`] when an array is missing, has the wrong
    /// type, shape or length, or holds invalid values, [`Error::Io`] when a file cannot be read.
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let mut shelf = Shelf::open(root.as_ref(), &Self::INFO)?;
        let cells = cells(&mut shelf)?;
        let rows = cells.rows();
        let (genres, labels) = match optional(&mut shelf, "genre", |array| labels::from_names(array, rows))? {
            Some(labels) => labels,
            None => optional(&mut shelf, "y", |array| labels::from_numbers(&array, rows))?
                .unwrap_or_else(|| (Vec::new(), vec![None; rows])),
        };
        let ids = optional(&mut shelf, "ids", |array| labels::ids(array, rows))?
            .unwrap_or_else(|| (0..rows).map(|row| format!("row-{row:05}")).collect());
        let splits = optional(&mut shelf, "split", |array| labels::splits(array, rows))?
            .unwrap_or_else(|| vec![None; rows]);
        let track =
            |(row, ((id, genre), split))| Track { id, genre, group: None, split, source: Source::Row(row) };
        let tracks = ids.into_iter().zip(labels).zip(splits).enumerate().map(track).collect();
        Ok(Self { cells, genres, tracks })
    }

    /// Returns the shape of every row, (frames, bands).
    pub fn dim(&self) -> (usize, usize) {
        self.cells.dim()
    }
}

impl Dataset for Arrays {
    fn info(&self) -> &Info {
        &Self::INFO
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        self.cells.row(row).ok_or(Error::RowOutOfRange { row, rows: self.cells.rows() })
    }
}

fn cells(shelf: &mut Shelf) -> Result<Cells> {
    let x = shelf.array("x")?.ok_or_else(|| {
        let found = format!("only {}", shelf.names().join(", "));
        shelf.error("x", Fault::new(found, "spectrograms (tracks, frames, bands)"))
    })?;
    let scale = optional(shelf, "scale", |array| scalar(&array))?;
    let offset = optional(shelf, "offset", |array| scalar(&array))?;
    Cells::new(x, scale, offset).map_err(|fault| shelf.error("x", fault))
}

fn optional<T>(
    shelf: &mut Shelf,
    name: &str,
    read: impl FnOnce(Npy) -> std::result::Result<T, Fault>,
) -> Result<Option<T>> {
    let Some(array) = shelf.array(name)? else {
        return Ok(None);
    };
    read(array).map(Some).map_err(|fault| shelf.error(name, fault))
}
