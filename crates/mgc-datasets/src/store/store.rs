//! Reading a store.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use mgc_audio::MelConfig;
use ndarray::ArrayView2;

use super::file::key;
use super::file::map::map;
use super::file::published::{HEADER, Header, Index, SkippedEntry, TrackEntry, damaged, parse};
use super::file::record::seal;
use crate::catalog::Dataset;
use crate::error::{Error, Result};
use crate::features::Skipped;

/// The published file in a store's folder.
pub(super) const FILE: &str = "features.bin";

/// The log-mel spectrograms of a dataset on the disk: computed once, mapped into memory, safe to interrupt.
///
/// One row a track, or one a chunk (with [`MelChunks`](crate::MelChunks)): then the chunks of a track follow each other, and are
/// found, made anew or skipped as one.
///
/// A store is a folder:
///
/// | what | for |
/// |---|---|
/// | `features.bin` | the published file: all rows in the order of the tracks, and an index with the skip report |
/// | `cache/` | the rows finished so far, one file each; once `features.bin` is there, it may be deleted at any time |
/// | `tmp/` | files under way, among them the next `features.bin`; what a killed process leaves here, each at most as large as `features.bin`, a build removes after an hour |
///
/// **Nothing stale.** A row is known by the content of its audio file, the front end's settings (how chunks are cut among them)
/// and the versions of this crate and of [`mgc_audio`], hashed together (BLAKE3), and by nothing else: no name, no date. Every build reads
/// and hashes every file. Remembering hashes by path, size and date would be faster, but dates can be copied,
/// set back, or too coarse for two changes in a row, so it could give features of a file that is no longer
/// there. What is hashed is what is decoded, from the same memory (files above 256 MiB: hashed before and
/// after).
///
/// **Interrupt it.** Every finished row is kept by renaming a finished file, and carries a checksum over all
/// of its bytes. A later build goes on from there; a torn or damaged row is computed again, also in
/// `features.bin`. That file is replaced in one step, so a reader sees the old one or the new one.
///
/// **Run many.** Processes need no lock: they may do the same row twice, and write the same bytes. The bytes
/// of `features.bin` depend on the tracks, their files and the settings alone, not on threads, processes or
/// interruptions (on one type of processor: see [`mgc_audio`]).
///
/// **Memory**, while building, is one file, its samples and its rows for each thread, and 1.3 kB for each track (the tracks
/// themselves, hashes, the index); of an open store 0.3 kB a track. Rows are not read when it is opened: 100,000 took 0.09 to
/// 0.15 s and 44 MB.
///
/// The file is mapped, not read: it must not be written to by other programs while a store has it open.
/// (Where the operating system refuses to replace a mapped file, as Windows does, a build that would change
/// it fails meanwhile.)
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_audio::{MelConfig, MelSpectrogram};
/// use mgc_datasets::{Dataset, FeatureStore, Synthetic, SyntheticConfig};
///
/// # let root = tempfile::tempdir()?;
/// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
/// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
/// let mel = MelSpectrogram::new(MelConfig::quick())?;
/// let all = 0..corpus.tracks().len();
/// let store = FeatureStore::build(&corpus, all.clone(), &mel, &folder, |progress| {
///     eprint!("\r{}/{}", progress.done, progress.total);
/// })?;
/// assert_eq!((store.rows(), store.shape()), (10, (108, 128)));
/// assert_eq!(store.row(3)?.dim(), (108, 128));
///
/// let mut computed = 0;
/// FeatureStore::build(&corpus, all, &mel, &folder, |progress| computed = progress.computed)?;
/// assert_eq!(computed, 0);
/// # Ok(())
/// # }
/// ```
pub struct FeatureStore {
    path: PathBuf,
    map: Mmap,
    header: Header,
    index: Index,
    /// Of each track its first row.
    starts: Vec<usize>,
    skipped: Vec<Skipped>,
}

impl FeatureStore {
    /// Opens what the last build has published: header and index are read, the rows stay on the disk until
    /// they are looked at.
    ///
    /// Whose features these are tell [`config`](Self::config) and [`track_ids`](Self::track_ids); whether the
    /// audio has changed since, only a [`build`](Self::build) can find out.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no published file, [`Error::Store`] when it is not whole.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_file(&folder.as_ref().join(FILE))
    }

    pub(super) fn open_file(path: &Path) -> Result<Self> {
        let map = map(path)?;
        let (header, index) = parse(path, &map)?;
        let skipped = index.skipped.iter().map(report).collect();
        let next = |row: &mut usize, track: &TrackEntry| Some(std::mem::replace(row, *row + track.chunks));
        let starts = index.tracks.iter().scan(0, next).collect();
        Ok(Self { path: path.to_path_buf(), map, header, index, starts, skipped })
    }

    pub(super) fn at(self, path: PathBuf) -> Self {
        Self { path, ..self }
    }

    /// Number of rows: tracks with a spectrogram, or their chunks.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.header.rows
    }

    /// (frames, bands) of every row; (0, 0) when there is none.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        self.header.shape
    }

    /// The log-mel spectrogram of one row, (frames, bands) in dB, straight from the mapped file.
    ///
    /// # Errors
    /// [`Error::RowOutOfRange`] past the last row.
    pub fn row(&self, row: usize) -> Result<ArrayView2<'_, f32>> {
        let bytes = self.range(row, 1).filter(|_| row < self.rows());
        let values = bytes.and_then(|bytes| bytemuck::try_cast_slice(bytes).ok());
        let view = values.and_then(|values| ArrayView2::from_shape(self.shape(), values).ok());
        view.ok_or(Error::RowOutOfRange { row, rows: self.rows() })
    }

    /// The id of each row's track: in the order of the rows, which is that of the tracks the build was asked
    /// for, and of the chunks in each.
    pub fn track_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.chunks().map(|(id, _)| id)
    }

    /// Of each row the id of its track, and which of the track's chunks it is, from 0 on.
    ///
    /// Chunk `n` begins [`hop`](Self::hop)` * n` samples into the track. Where tracks are not cut, every row is chunk 0.
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        (0..self.rows()).map(|row| {
            let track = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
            (self.index.tracks[track].id.as_str(), row - self.starts[track])
        })
    }

    /// Samples from one chunk of a track to the next; `None` where tracks are not cut.
    #[must_use]
    pub fn hop(&self) -> Option<usize> {
        self.index.hop
    }

    /// The index of each row's track in the dataset, whose genre and side of a split are those of the row: so
    /// divide tracks, and no two chunks of one track come to lie on different sides.
    ///
    /// Found by the tracks' ids, so it holds after the dataset has grown, too.
    ///
    /// # Errors
    /// [`Error::Store`] names a track that the dataset does not have (any more), or has twice.
    pub fn kept(&self, dataset: &dyn Dataset) -> Result<Vec<usize>> {
        let mut indices: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, track) in dataset.tracks().iter().enumerate() {
            indices.entry(&track.id).or_default().push(index);
        }
        let index = |id| match indices.get(id).map_or(&[][..], Vec::as_slice) {
            [index] => Ok(*index),
            found => {
                let found = format!(
                    "a row of track `{id}`, which {} tracks of dataset `{}` are called",
                    found.len(),
                    dataset.info().name
                );
                Err(damaged(&self.path, found, "one"))
            }
        };
        self.track_ids().map(index).collect()
    }

    /// The tracks that could not be used, in the order asked for.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The settings of the front end.
    #[must_use]
    pub fn config(&self) -> &MelConfig {
        &self.index.settings
    }

    /// Reads every row and compares it with its checksum, which [`open`](Self::open) does not: after copying
    /// a store, for instance.
    ///
    /// # Errors
    /// [`Error::Store`] names the first track whose rows are not what was written.
    pub fn verify(&self) -> Result<()> {
        match (0..self.starts.len()).find(|&track| !self.intact(track)) {
            None => Ok(()),
            Some(track) => {
                let TrackEntry { id, chunks, .. } = &self.index.tracks[track];
                let (first, last) = (self.starts[track], self.starts[track] + chunks.saturating_sub(1));
                let found = format!("damage in rows {first} to {last}, of track `{id}`");
                Err(damaged(&self.path, found, "the bytes that were written"))
            }
        }
    }

    /// Whether the rows of a track are what was written.
    pub(super) fn intact(&self, track: usize) -> bool {
        let Some((bytes, entry)) = self.bytes(track).zip(self.index.tracks.get(track)) else { return false };
        entry.seal == seal(&key::key(&self.index.front_end, &entry.content), self.shape(), bytes)
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    pub(super) fn index_bytes(&self) -> &[u8] {
        &self.map[self.map.len() - self.header.index..]
    }

    /// The rows of a track.
    pub(super) fn bytes(&self, track: usize) -> Option<&[u8]> {
        self.range(*self.starts.get(track)?, self.index.tracks.get(track)?.chunks)
    }

    /// Opening has made sure that the file is as long as its header says.
    fn range(&self, row: usize, rows: usize) -> Option<&[u8]> {
        let size = (self.map.len() - HEADER - self.header.index).checked_div(self.rows())?;
        let start = row.checked_mul(size)?.checked_add(HEADER)?;
        self.map.get(start..start.checked_add(rows.checked_mul(size)?)?)
    }
}

impl fmt::Debug for FeatureStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("FeatureStore");
        out.field("path", &self.path).field("rows", &self.rows()).field("shape", &self.shape());
        out.field("skipped", &self.skipped.len()).finish_non_exhaustive()
    }
}

pub(super) fn report(entry: &SkippedEntry) -> Skipped {
    let path = entry.path.as_ref().map(PathBuf::from);
    Skipped { id: entry.id.clone(), path, reason: entry.reason.clone() }
}
