//! Small corpora and what the tests of the feature store ask of a store.

#![allow(dead_code)] // each test uses its part

use std::fs;
use std::path::{Path, PathBuf};

use mgc_audio::{ChunkConfig, FrontEnd, MelConfig};
use mgc_datasets::{Dataset, FeatureStore, Folder, Progress};

use super::put_wav;

/// Half a second of audio, 11 frames of 16 bands: a row of 704 bytes.
pub(crate) fn mel() -> FrontEnd {
    FrontEnd::new(MelConfig { n_mels: 16, chunk_samples: Some(11_025), ..MelConfig::default() }).unwrap()
}

/// Chunks of 0.2 s every 0.1 s.
pub(crate) fn chunks() -> (FrontEnd, ChunkConfig) {
    let config = ChunkConfig { seconds: 0.2, hop_seconds: 0.1 };
    (FrontEnd::chunked(&MelConfig { n_mels: 16, ..MelConfig::default() }, &config).unwrap(), config)
}

/// A folder of two genres with so many tones, each of its own frequency.
pub(crate) fn tones(root: &Path, count: usize) -> Folder {
    for index in 0..count {
        let file = format!("{}/{index:03}.wav", ["fado", "polka"][index % 2]);
        put_wav(root, &file, 100.0 + 20.0 * index as f32);
    }
    Folder::open(root).unwrap()
}

/// Builds a store of all tracks; gives it with the last word of the progress.
pub(crate) fn build(dataset: &dyn Dataset, folder: &Path) -> (FeatureStore, Progress) {
    build_with(dataset, &mel(), folder)
}

pub(crate) fn build_with(
    dataset: &dyn Dataset,
    front_end: &FrontEnd,
    folder: &Path,
) -> (FeatureStore, Progress) {
    let mut last = Progress::default();
    let all = 0..dataset.tracks().len();
    let store = FeatureStore::build(dataset, all, front_end, folder, |progress| last = *progress).unwrap();
    (store, last)
}

/// The published file.
pub(crate) fn published(folder: &Path) -> PathBuf {
    folder.join("features.bin")
}

pub(crate) fn bytes(folder: &Path) -> Vec<u8> {
    fs::read(published(folder)).unwrap()
}

/// The finished rows in the cache.
pub(crate) fn records(folder: &Path) -> Vec<PathBuf> {
    let Ok(folders) = fs::read_dir(folder.join("cache")) else { return Vec::new() };
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}
