//! Reads a store.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use mgc_audio::MelConfig;
use ndarray::ArrayView2;

use super::file::foreign::refuse_foreign;
use super::file::key;
use super::file::map::map;
use super::file::published::{HEADER, Header, Index, SkippedEntry, TrackEntry, damaged, parse};
use super::file::record::seal;
use crate::catalog::Dataset;
use crate::error::{Error, Result};
use crate::features::Skipped;

/// The published file in a store's folder.
pub(super) const FILE: &str = "features.bin";

/// The log-mel spectrograms of a dataset on disk: computed once, mapped into memory, safe to interrupt.
///
/// It holds one row per track, or one per chunk with a front end for
/// [every chunk](mgc_audio::FrontEnd::chunked). The chunks of a track follow each other, and are found,
/// computed or skipped together.
///
/// A store is a folder:
///
/// | path | content |
/// |---|---|
/// | `features.bin` | the published file: all rows in the order of the tracks, and an index with the skip report |
/// | `cache/` | the rows finished so far, one file each; with `features.bin` in place it may be deleted at any time |
/// | `tmp/` | files in progress, among them the next `features.bin`; a build removes those of its own names (16 hexadecimal digits) that are an hour old, left by killed processes and each at most as large as `features.bin` |
///
/// **No stale rows.** A row is identified by the content of its audio file, the front end's settings (among
/// them how chunks are cut) and the versions of this crate and of [`mgc_audio`], hashed together (BLAKE3); no
/// name and no date counts. Every build reads and hashes every file. Remembering hashes by path, size and
/// date would be faster, but dates can be copied, set back, or too coarse for two changes in a row, so the
/// store could hold features of a file that no longer exists. The hashed bytes are the decoded bytes, from
/// the same memory (files above 256 MiB are hashed before and after).
///
/// **Interrupting.** Every finished row is stored by renaming a finished file, with a checksum over all of
/// its bytes. A later build continues from there and computes torn or damaged rows again, also those in
/// `features.bin`. That file is replaced in one step, so a reader sees the old one or the new one. Only a file
/// that a build has written is replaced: anything else of that name is refused before the work begins, and
/// again before the new file takes its place.
///
/// **Sharing.** Processes need no lock: two of them may compute the same row, and then write the same bytes.
/// The bytes of `features.bin` depend only on the tracks, their files and the settings, not on threads,
/// processes or interruptions (on one type of processor: see [`mgc_audio`]).
///
/// **Memory.** A build holds one file and its rows for each thread, and 1.3 kB for each track
/// (the track itself, hashes, the index). An open store holds 0.3 kB per track and no rows: opening 100,000
/// rows took 0.09 to 0.15 s and 44 MB.
///
/// **Reading.** The file is mapped, not read. [`row`](Self::row) returns a view of the mapping: it copies
/// nothing and takes no lock, and a store is `Send` and `Sync`, so several threads may read rows at once. The
/// first access to a row loads its pages into the page cache of the operating system, where other processes
/// that have the store open share them. The pages are clean, so the system drops them when memory is scarce
/// and loads them again on the next access. Tools count them as resident file pages of the process (`RssFile`
/// in Linux' `/proc/self/status`), not as memory it has allocated (`RssAnon`). A store smaller than the free
/// memory is thus read from the disk once, however many epochs follow; of a larger one, each epoch in random
/// order reads again what was dropped.
///
/// **Other programs** must not write to `features.bin` while a store has it open. `open` checks the length of
/// the file and the checksum of header and index, and keeps a copy of both, but it does not lock the file,
/// since a lock would not stop a program that does not ask for it. If one truncates the file, the next access
/// to a row past the new end terminates the process (SIGBUS on Unix). If one overwrites rows in place, later
/// accesses see the new numbers; [`verify`](Self::verify) finds those that do not match their checksum.
/// Replacing or deleting the file is harmless: the mapping keeps the old one. Builds only ever replace it.
/// (Where the operating system refuses to replace a mapped file, as Windows does, a build that would change
/// it fails.)
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_audio::{FrontEnd, MelConfig};
/// use mgc_datasets::{Dataset, FeatureStore, Synthetic, SyntheticConfig};
///
/// # let root = tempfile::tempdir()?;
/// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
/// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
/// let front_end = FrontEnd::new(MelConfig::quick())?;
/// let all = 0..corpus.tracks().len();
/// let store = FeatureStore::build(&corpus, all.clone(), &front_end, &folder, |progress| {
///     eprint!("\r{}/{}", progress.done, progress.total);
/// })?;
/// assert_eq!((store.rows(), store.shape()), (10, (108, 128)));
/// assert_eq!(store.row(3)?.dim(), (108, 128));
///
/// let mut computed = 0;
/// FeatureStore::build(&corpus, all, &front_end, &folder, |progress| computed = progress.computed)?;
/// assert_eq!(computed, 0);
/// # Ok(())
/// # }
/// ```
pub struct FeatureStore {
    path: PathBuf,
    map: Mmap,
    header: Header,
    index: Index,
    /// The first row of each track.
    starts: Vec<usize>,
    skipped: Vec<Skipped>,
}

impl FeatureStore {
    /// Opens the published file of the last build. Header and index are read and checked; the rows stay on
    /// disk until they are accessed.
    ///
    /// [`config`](Self::config) and [`track_ids`](Self::track_ids) say what the rows are. Only a
    /// [`build`](Self::build) can find out whether the audio has changed since.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// let front_end = FrontEnd::new(MelConfig::quick())?;
    /// FeatureStore::build(&corpus, [0, 1], &front_end, &folder, |_| ())?;
    /// let store = FeatureStore::open(&folder)?;
    /// assert_eq!(store.track_ids().collect::<Vec<_>>(), ["arkel.00000", "brindo.00000"]);
    /// assert_eq!(store.config(), front_end.config());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`] when there is no published file, [`Error::Foreign`] when something else has its name,
    /// [`Error::Store`] when its length, header or index is not what was written.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_file(&folder.as_ref().join(FILE))
    }

    pub(super) fn open_file(path: &Path) -> Result<Self> {
        refuse_foreign(path)?;
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

    /// Returns the number of rows: of tracks with a spectrogram, or of their chunks.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.header.rows
    }

    /// Returns the shape of every row, (frames, bands); (0, 0) when there is none.
    #[must_use]
    pub fn shape(&self) -> (usize, usize) {
        self.header.shape
    }

    /// Returns the log-mel spectrogram of one row, (frames, bands) in dB: a view of the mapped file, without
    /// a copy. Several threads may call it at once.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// # let front_end = FrontEnd::new(MelConfig::quick())?;
    /// let store = FeatureStore::build(&corpus, [0, 1], &front_end, &folder, |_| ())?;
    /// let row = store.row(1)?;
    /// assert_eq!(row.dim(), store.shape());
    /// assert_eq!(row.as_ptr(), store.row(1)?.as_ptr()); // the same memory
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::RowOutOfRange`] past the last row.
    #[allow(clippy::expect_used, reason = "opening has checked that the file has the size of its rows")]
    pub fn row(&self, row: usize) -> Result<ArrayView2<'_, f32>> {
        let bytes = self.range(row, 1).filter(|_| row < self.rows());
        let bytes = bytes.ok_or(Error::RowOutOfRange { row, rows: self.rows() })?;
        // The header keeps the rows aligned, and a row has as many values as its shape says.
        Ok(ArrayView2::from_shape(self.shape(), bytemuck::cast_slice(bytes)).expect("a row has its shape"))
    }

    /// Returns the id of each row's track, in the order of the rows: that of the tracks given to the build,
    /// and of the chunks in each.
    pub fn track_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.chunks().map(|(id, _)| id)
    }

    /// Returns, for each row, the id of its track and the index of its chunk within the track.
    ///
    /// Chunk `n` begins [`hop`](Self::hop)` * n` samples into the track. Where tracks are not cut, every row
    /// is chunk 0.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// use mgc_audio::ChunkConfig;
    ///
    /// let quarters = ChunkConfig { seconds: 0.25, hop_seconds: 0.25 };
    /// let front_end = FrontEnd::chunked(&MelConfig::default(), &quarters)?;
    /// let store = FeatureStore::build(&corpus, [3], &front_end, &folder, |_| ())?;
    /// assert_eq!(store.chunks().collect::<Vec<_>>(), [("doluma.00000", 0), ("doluma.00000", 1)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        (0..self.rows()).map(|row| {
            let track = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
            (self.index.tracks[track].id.as_str(), row - self.starts[track])
        })
    }

    /// Returns the number of samples from the start of one chunk to that of the next, or `None` where tracks
    /// are not cut.
    #[must_use]
    pub fn hop(&self) -> Option<usize> {
        self.index.hop
    }

    /// Returns the index of each row's track in the dataset; genre and side of a split are those of the
    /// track. So split tracks, not rows, and no two chunks of one track lie on different sides.
    ///
    /// Tracks are found by id, so the indices are right even after the dataset has grown.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// use mgc_datasets::{Dataset, official};
    ///
    /// # let front_end = FrontEnd::new(MelConfig::quick())?;
    /// let store = FeatureStore::build(&corpus, [2, 7], &front_end, &folder, |_| ())?;
    /// let sides = official(corpus.tracks()).unwrap();
    /// for (row, track) in store.kept(&corpus)?.into_iter().enumerate() {
    ///     if sides.train().contains(&track) {
    ///         let (spectrogram, genre) = (store.row(row)?, corpus.tracks()[track].genre);
    ///         assert_eq!((spectrogram.dim(), genre), ((108, 128), Some(track)));
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`] names a track that the dataset no longer has, or has twice.
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

    /// Returns the tracks that could not be used, in the order given to the build.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// # let front_end = FrontEnd::new(MelConfig::quick())?;
    /// std::fs::write(root.join("cavari/cavari.00000.wav"), "no music")?;
    /// let store = FeatureStore::build(&corpus, [1, 2, 3], &front_end, &folder, |_| ())?;
    /// assert_eq!((store.rows(), store.skipped()[0].id.as_str()), (2, "cavari.00000"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns the settings of the front end.
    #[must_use]
    pub fn config(&self) -> &MelConfig {
        &self.index.settings
    }

    /// Returns a digest of the ids and rows of all tracks, 16 hexadecimal digits. It reads the index alone; the
    /// place of the files does not matter.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let root = root.path();
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(root.join("audio"), &tiny, |_, _| ())?;
    /// # let front_end = FrontEnd::new(MelConfig::quick())?;
    /// let one = FeatureStore::build(&corpus, [0], &front_end, root.join("one"), |_| ())?;
    /// let two = FeatureStore::build(&corpus, [0, 1], &front_end, root.join("two"), |_| ())?;
    /// assert_ne!(one.digest(), two.digest());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for track in &self.index.tracks {
            hasher.update(&(track.id.len() as u64).to_le_bytes());
            hasher.update(track.id.as_bytes()).update(track.seal.as_bytes());
        }
        hasher.finalize().to_hex().chars().take(16).collect()
    }

    /// Reads every row and compares it with its checksum, which [`open`](Self::open) does not: for example
    /// after a store was copied.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use mgc_audio::{FrontEnd, MelConfig};
    /// use mgc_datasets::{FeatureStore, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir()?;
    /// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
    /// # let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// # let corpus = Synthetic::write(&root, &tiny, |_, _| ())?;
    /// # let front_end = FrontEnd::new(MelConfig::quick())?;
    /// # FeatureStore::build(&corpus, [0, 1], &front_end, &folder, |_| ())?;
    /// FeatureStore::open(&folder)?.verify()?;
    /// # Ok(())
    /// # }
    /// ```
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

    /// Returns whether the rows of a track are the ones that were written.
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

    /// Returns the rows of a track.
    pub(super) fn bytes(&self, track: usize) -> Option<&[u8]> {
        self.range(*self.starts.get(track)?, self.index.tracks.get(track)?.chunks)
    }

    /// Returns the bytes of some rows. Opening has checked that the file is as long as its header says.
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
