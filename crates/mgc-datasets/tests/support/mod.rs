//! What several tests need: files, tracks and small audio.

#![allow(dead_code)] // each test uses its part

pub(crate) mod fma;
#[cfg(unix)]
pub(crate) mod rights;
pub(crate) mod store;

use std::fs;
use std::path::{Path, PathBuf};

use mgc_audio::{Clip, write_wav};
use mgc_datasets::{Dataset, Source, Track};

/// A file of the `fixtures` folder.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// Writes bytes, with the folders above them.
pub(crate) fn put(root: &Path, file: &str, bytes: &[u8]) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Writes half a second of a tone as wav.
pub(crate) fn put_wav(root: &Path, file: &str, frequency: f32) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let wave = |index| (index as f32 * frequency * std::f32::consts::TAU / 22_050.0).sin() / 2.0;
    write_wav(path, &Clip::new((0..11_025).map(wave).collect(), 22_050)).unwrap();
}

/// Writes some seconds of a tone at 8,000 Hz as wav, whatever the ending of the name: the decoder
/// tells formats by content, so it stands for an mp3.
pub(crate) fn put_clip(root: &Path, file: &str, seconds: f32) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let samples = (seconds * 8000.0) as usize;
    let wave = |index| (index as f32 * 440.0 * std::f32::consts::TAU / 8000.0).sin() / 2.0;
    write_wav(path, &Clip::new((0..samples).map(wave).collect(), 8000)).unwrap();
}

/// Returns the id of each track.
pub(crate) fn ids(dataset: &dyn Dataset) -> Vec<&str> {
    dataset.tracks().iter().map(|track| track.id.as_str()).collect()
}

/// Returns the group of each track.
pub(crate) fn groups(dataset: &dyn Dataset) -> Vec<Option<&str>> {
    dataset.tracks().iter().map(|track| track.group.as_deref()).collect()
}

/// A track without audio.
pub(crate) fn track(index: usize, genre: Option<usize>, group: Option<String>) -> Track {
    Track { id: format!("track {index}"), genre, group, split: None, source: Source::Row(index) }
}
