//! Writes a corpus in parallel, file by file; an interrupted one is completed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use mgc_audio::{Clip, write_wav};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::config::SyntheticConfig;
use super::render::render;
use super::score::score;
use super::styles::STYLES;
use super::{Synthetic, manifest};
use crate::catalog::{Dataset, Source, Track};
use crate::error::{Error, Result};
use crate::loaders::files::visible_entries;
use crate::side::Split;

/// Size of a wav file's header in bytes.
const WAV_HEADER: u64 = 44;

impl Synthetic {
    /// Opens the corpus at `root`. Completes an interrupted one, and writes the default one into an absent or
    /// empty folder.
    ///
    /// ```
    /// # fn main() -> Result<(), mgc_datasets::Error> {
    /// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir().unwrap();
    /// # let root = root.path();
    /// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
    /// Synthetic::write(root, &tiny, |_, _| ())?;
    /// let corpus = Synthetic::open(root)?;
    /// assert_eq!((corpus.config(), corpus.tracks().len()), (&tiny, 10));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The same as [`write`](Self::write).
    pub fn open(root: impl AsRef<Path>) -> Result<Self> {
        let config = manifest::read(root.as_ref())?.map(|(config, _)| config);
        Self::write(root, &config.unwrap_or_default(), |_, _| ())
    }

    /// Opens the corpus at `root` as it lies there, and writes nothing: files that are missing stay so.
    ///
    /// ```
    /// use mgc_datasets::Synthetic;
    ///
    /// # let root = tempfile::tempdir().unwrap();
    /// # let root = root.path();
    /// assert!(Synthetic::existing(root.join("typo")).is_err());
    /// assert!(!root.join("typo").exists());
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`] where there is no manifest, or one that cannot be read, [`Error::Io`] where it
    /// cannot be opened, [`Error::Synthetic`] when its configuration is out of range.
    pub fn existing(root: impl AsRef<Path>) -> Result<Self> {
        let root = root.as_ref();
        let Some((config, _)) = manifest::read(root)? else {
            let found = if root.is_dir() { "no manifest synthetic.txt" } else { "no such folder" };
            return Err(Error::Layout {
                path: root.to_path_buf(),
                dataset: Self::INFO.name,
                found: found.to_string(),
                expected: "the folder of a corpus that was written before, by the example train for instance",
            });
        };
        config.check()?;
        Ok(Self::describe(root, &config))
    }

    /// Describes the corpus that [`write`](Self::write) makes; reads and writes nothing.
    ///
    /// ```
    /// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig};
    ///
    /// let corpus = Synthetic::planned("music", &SyntheticConfig::default())?;
    /// assert_eq!(corpus.tracks().len(), 440);
    /// # Ok::<(), mgc_datasets::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Synthetic`] when the configuration is out of range.
    pub fn planned(root: impl AsRef<Path>, config: &SyntheticConfig) -> Result<Self> {
        config.check()?;
        Ok(Self::describe(root.as_ref(), config))
    }

    /// Writes the missing files of the corpus at `root`, and opens it.
    ///
    /// Each file appears whole or not at all, so another call completes an interrupted corpus, and leaves a
    /// complete one as it is. A corpus of another configuration is replaced. `progress` is called with the
    /// number of finished tracks and the number of all tracks, from several threads and in any order.
    ///
    /// ```
    /// # fn main() -> Result<(), mgc_datasets::Error> {
    /// use mgc_datasets::{Dataset, Split, Synthetic, SyntheticConfig};
    ///
    /// # let root = tempfile::tempdir().unwrap();
    /// # let root = root.path();
    /// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 1, ..Default::default() };
    /// let corpus = Synthetic::write(root, &tiny, |done, total| eprint!("\r{done}/{total}"))?;
    /// assert_eq!(corpus.tracks()[1].id, "arkel.00001");
    /// assert_eq!(corpus.tracks()[1].split, Some(Split::Test));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Layout`] when the folder holds something else, [`Error::Synthetic`] when the configuration is
    /// out of range, [`Error::Io`] and [`Error::Audio`] when a file cannot be written.
    pub fn write(
        root: impl AsRef<Path>,
        config: &SyntheticConfig,
        progress: impl Fn(usize, usize) + Sync,
    ) -> Result<Self> {
        let root = root.as_ref();
        config.check()?;
        claim(root, config)?;
        let corpus = Self::describe(root, config);
        let jobs = jobs(&corpus, config);
        let done = AtomicUsize::new(0);
        jobs.par_iter().try_for_each(|job| {
            job.run(config)?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
            Ok::<_, Error>(())
        })?;
        Ok(corpus)
    }
}

/// Prepares the folder: removes another corpus, and refuses a folder with anything else in it.
fn claim(root: &Path, config: &SyntheticConfig) -> Result<()> {
    fs::create_dir_all(root).map_err(Error::io(root))?;
    let mut found = manifest::read(root)?;
    if found.is_none() && !visible_entries(root)?.is_empty() {
        // Another process may have begun the same corpus since.
        found = Some(manifest::read(root)?.ok_or_else(|| other_files(root))?);
    }
    match found {
        Some((old, true)) if old == *config => (),
        found => {
            if let Some((old, _)) = found {
                remove(&Synthetic::describe(root, &old))?;
            }
            manifest::write(root, config)?;
        }
    }
    for style in &STYLES {
        let folder = root.join(style.name);
        fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    }
    Ok(())
}

fn other_files(root: &Path) -> Error {
    Error::Layout {
        path: root.to_path_buf(),
        dataset: Synthetic::INFO.name,
        found: "files, but no manifest synthetic.txt".to_string(),
        expected: Synthetic::INFO.layout,
    }
}

fn remove(corpus: &Synthetic) -> Result<()> {
    for track in corpus.tracks() {
        if let Source::Audio(path) = &track.source
            && path.exists()
        {
            fs::remove_file(path).map_err(Error::io(path))?;
        }
    }
    Ok(())
}

/// One file to write.
struct Job {
    path: PathBuf,
    style: usize,
    split: Split,
    /// Index on its side of the split, so that more training tracks do not change the test tracks.
    index: usize,
}

fn jobs(corpus: &Synthetic, config: &SyntheticConfig) -> Vec<Job> {
    let parts = (0..STYLES.len()).flat_map(|style| config.sides().map(move |side| (style, side)));
    let job = |(track, (style, (split, index))): (&Track, _)| match &track.source {
        Source::Audio(path) => Some(Job { path: path.clone(), style, split, index }),
        Source::Row(_) => None,
    };
    corpus.tracks().iter().zip(parts).filter_map(job).collect()
}

impl Job {
    fn run(&self, config: &SyntheticConfig) -> Result<()> {
        let bytes = WAV_HEADER + 2 * config.samples() as u64;
        if fs::metadata(&self.path).is_ok_and(|file| file.len() == bytes) {
            return Ok(());
        }
        write_wav(&self.path, &Clip::new(self.samples(config), SyntheticConfig::SAMPLE_RATE))?;
        Ok(())
    }

    fn samples(&self, config: &SyntheticConfig) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
        rng.set_stream(((self.style as u64) << 40) | ((self.split as u64) << 32) | self.index as u64);
        let score = score(&STYLES[self.style], self.split, config.seconds, &mut rng);
        render(&score, config.samples(), f64::from(SyntheticConfig::SAMPLE_RATE), &mut rng)
    }
}
