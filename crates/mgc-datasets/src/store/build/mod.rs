//! Changes to a store: builds, parts of builds, and their merge.

mod audio;
mod cache;
mod draft;
mod publish;
mod rows;
mod writeback;

use std::path::Path;

use mgc_audio::FrontEnd;

use self::cache::Cache;
use self::draft::Draft;
use self::publish::{Found, publish};
use self::rows::Build;
use crate::catalog::Dataset;
use crate::error::Result;
use crate::features::Skipped;
use crate::store::file::foreign::refuse_foreign;
use crate::store::file::temporary::sweep;
use crate::store::progress::Progress;
use crate::store::shard::Shard;
use crate::store::store::{FILE, FeatureStore, report};

impl FeatureStore {
    /// Computes the missing rows of some tracks of a dataset, publishes all of them, and opens the result.
    ///
    /// The work is done by the current rayon pool: `pool.install(|| ...)` sets the number of threads.
    /// `progress` is called after each track, one call at a time; the published file is completed after the
    /// last.
    ///
    /// Each track of audio gets one row, or one for each of its chunks, as the front end decides; rows of
    /// array datasets are taken as they are. All rows have the shape of the first; a track of another shape
    /// goes into the skip report, like every file that cannot be decoded.
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
    /// let store = FeatureStore::build(&corpus, 0..10, &front_end, &folder, |progress| {
    ///     eprint!("\r{}/{}", progress.done, progress.total);
    /// })?;
    /// assert_eq!((store.rows(), store.shape()), (10, (108, 128)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Foreign`](crate::Error::Foreign) when the folder has a `features.bin` that no build has
    /// written, before any track is read; [`Error::Io`](crate::Error::Io) when the store cannot be written,
    /// or it cannot be told whose `features.bin` is; [`Error::Changed`](crate::Error::Changed) when a file
    /// changes during the build. A track that cannot be used is no error: see [`skipped`](Self::skipped).
    pub fn build(
        dataset: &dyn Dataset,
        tracks: impl IntoIterator<Item = usize>,
        front_end: &FrontEnd,
        folder: impl AsRef<Path>,
        progress: impl FnMut(&Progress) + Send,
    ) -> Result<Self> {
        let (folder, tracks): (_, Vec<usize>) = (folder.as_ref(), tracks.into_iter().collect());
        refuse_foreign(&folder.join(FILE))?;
        sweep(folder);
        let mut build = Build::new(dataset, front_end, folder)?;
        // Elsewhere the system may fill the file with zeros up to a row far into it.
        build.draft = cfg!(unix).then(|| Draft::new(folder));
        let outcomes = build.all(&tracks, progress)?;
        publish(build, &Found::new(dataset.tracks(), &tracks, outcomes), folder)
    }

    /// Computes one part of the rows that [`build`](Self::build) computes and keeps it in the store's cache,
    /// without publishing. Returns the tracks of this part that could not be used.
    ///
    /// Give every machine the same tracks and another part. In a shared folder a build of all tracks then
    /// finds every row finished; parts in separate folders are first brought together by
    /// [`merge`](Self::merge). The last build checks that all rows have one shape.
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
    /// use mgc_datasets::Shard;
    ///
    /// let front_end = FrontEnd::new(MelConfig::quick())?;
    /// for shard in [Shard::new(1, 2)?, Shard::new(2, 2)?] {
    ///     FeatureStore::build_shard(&corpus, 0..10, &front_end, &folder, shard, |_| ())?;
    /// }
    /// let mut computed = 0;
    /// FeatureStore::build(&corpus, 0..10, &front_end, &folder, |progress| computed = progress.computed)?;
    /// assert_eq!(computed, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as [`build`](Self::build).
    pub fn build_shard(
        dataset: &dyn Dataset,
        tracks: impl IntoIterator<Item = usize>,
        front_end: &FrontEnd,
        folder: impl AsRef<Path>,
        shard: Shard,
        progress: impl FnMut(&Progress) + Send,
    ) -> Result<Vec<Skipped>> {
        let (folder, tracks): (_, Vec<usize>) = (folder.as_ref(), shard.pick(tracks).collect());
        refuse_foreign(&folder.join(FILE))?;
        sweep(folder);
        let outcomes = Build::new(dataset, front_end, folder)?.all(&tracks, progress)?;
        let skipped = Found::new(dataset.tracks(), &tracks, outcomes).skipped;
        Ok(skipped.iter().map(report).collect())
    }

    /// Copies the finished rows of other stores into this store's cache. Returns their number.
    ///
    /// Nothing is checked or published: the next [`build`](Self::build) does that, and computes the rows that
    /// no part has.
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
    /// use mgc_datasets::Shard;
    ///
    /// # let front_end = FrontEnd::new(MelConfig::quick())?;
    /// # let part = folder.with_extension("part");
    /// FeatureStore::build_shard(&corpus, 0..10, &front_end, &part, Shard::new(1, 2)?, |_| ())?;
    /// assert_eq!(FeatureStore::merge([&part], &folder)?, 5);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when a folder cannot be read or written, or is not a store;
    /// [`Error::Foreign`](crate::Error::Foreign) when the folder to copy to has a `features.bin` that no
    /// build has written.
    pub fn merge(
        from: impl IntoIterator<Item = impl AsRef<Path>>,
        folder: impl AsRef<Path>,
    ) -> Result<usize> {
        refuse_foreign(&folder.as_ref().join(FILE))?;
        let cache = Cache::new(folder.as_ref());
        from.into_iter().map(|part| cache.take_over(&Cache::new(part.as_ref()))).sum()
    }

    /// Deletes the finished rows that [`build`](Self::build) keeps beside the published file. They take as
    /// much space as that file.
    ///
    /// A later build takes rows from the published file where it can; rows of other settings and other tracks
    /// are lost. Builds in progress do not fail, they compute the rows again.
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
    /// let store = FeatureStore::build(&corpus, 0..2, &front_end, &folder, |_| ())?;
    /// FeatureStore::clear_cache(&folder)?;
    /// assert_eq!(store.row(0)?.dim(), (108, 128)); // the published file is untouched
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when a file cannot be deleted.
    pub fn clear_cache(folder: impl AsRef<Path>) -> Result<()> {
        Cache::new(folder.as_ref()).clear()
    }
}
