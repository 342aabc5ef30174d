//! The spectrograms of many tracks, computed in parallel, with a report of the tracks that could not be used.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use mgc_audio::FrontEnd;
use ndarray::Array2;
use rayon::prelude::*;

use super::track::spectrograms;
use crate::catalog::{Dataset, Source, Track};
use crate::error::Result;

/// The spectrograms of a dataset, and the tracks without one.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// The spectrograms, each (frames, bands) in dB, all of one shape: one for each kept track, or one for
    /// each of its chunks.
    pub spectrograms: Vec<Array2<f32>>,
    /// For each spectrogram, the index of its track in the dataset, in the order requested.
    pub kept: Vec<usize>,
    /// The tracks that could not be used, in the order requested.
    pub skipped: Vec<Skipped>,
}

/// A track that could not be used, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The track's id.
    pub id: String,
    /// Its file, where it has one.
    pub path: Option<PathBuf>,
    /// The reason.
    pub reason: String,
}

/// Computes the spectrograms of some tracks of a dataset: of all with `0..tracks().len()`, of one side of a
/// split with `sides.test().iter().copied()`.
///
/// The front end decides what becomes of a track: one spectrogram of its first chunk, one of its whole
/// length, or one of every chunk. Rows of array datasets are taken as they are. All spectrograms have the
/// shape of the first; a track of another shape (a front end without
/// [`chunk_samples`](mgc_audio::MelConfig::chunk_samples) keeps each length) is skipped.
///
/// The chunks of a track follow each other, and [`Features::kept`] gives the track of each. So split tracks,
/// not chunks, and no chunk leaks to another side. (Much published code splits chunks that overlap by half,
/// and so tests on music that it was trained on.)
///
/// The result does not depend on the number of threads. `progress` is called with the number of finished
/// tracks and the number of all tracks, from several threads and in any order.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_audio::{ChunkConfig, FrontEnd, MelConfig};
/// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig, extract};
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// let short = SyntheticConfig { seconds: 6.0, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(root, &short, |_, _| ())?;
/// let whole = extract(&corpus, [4, 7], &FrontEnd::new(MelConfig::quick())?, |_, _| ());
/// assert_eq!(whole.kept, [4, 7]);
/// assert_eq!(whole.spectrograms[0].dim(), (108, 128));
/// assert!(whole.skipped.is_empty());
///
/// let chunked = FrontEnd::chunked(&MelConfig::default(), &ChunkConfig::default())?; // 3 s each, 1.5 s apart
/// let chunks = extract(&corpus, [4, 7], &chunked, |done, total| eprint!("\r{done}/{total}"));
/// assert_eq!(chunks.kept, [4, 4, 4, 7, 7, 7]);
/// assert_eq!(chunks.spectrograms[0].dim(), (65, 128));
/// # Ok(())
/// # }
/// ```
pub fn extract(
    dataset: &dyn Dataset,
    tracks: impl IntoIterator<Item = usize>,
    front_end: &FrontEnd,
    progress: impl Fn(usize, usize) + Sync,
) -> Features {
    let indices: Vec<usize> = tracks.into_iter().collect();
    let done = AtomicUsize::new(0);
    let each = |&index: &usize| {
        let spectrograms = dataset.tracks().get(index).map(|track| spectrograms(dataset, track, front_end));
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, indices.len());
        spectrograms
    };
    let results = indices.par_iter().map(each).collect();
    collect(dataset.tracks(), &indices, results)
}

fn collect(tracks: &[Track], indices: &[usize], results: Vec<Option<Result<Vec<Array2<f32>>>>>) -> Features {
    let mut features = Features::default();
    for (&index, result) in indices.iter().zip(results) {
        let reason = match result {
            Some(Ok(spectrograms)) => match other_shape(&features, &spectrograms) {
                None => {
                    features.kept.extend(spectrograms.iter().map(|_| index));
                    features.spectrograms.extend(spectrograms);
                    continue;
                }
                Some(reason) => reason,
            },
            Some(Err(error)) => error.to_string(),
            None => format!("no such track among {}", tracks.len()),
        };
        features.skipped.push(skipped(tracks.get(index), index, reason));
    }
    features
}

/// Returns why spectrograms do not fit those before them, if they do not. Those of one track have one shape.
fn other_shape(features: &Features, spectrograms: &[Array2<f32>]) -> Option<String> {
    let (expected, found) = (features.spectrograms.first()?.dim(), spectrograms.first()?.dim());
    (found != expected).then(|| format!("(frames, bands) are {found:?}, those before are {expected:?}"))
}

fn skipped(track: Option<&Track>, index: usize, reason: String) -> Skipped {
    let id = track.map_or_else(|| format!("track {index}"), |track| track.id.clone());
    Skipped { id, path: track.and_then(path), reason }
}

/// Returns the audio file of a track, where it has one.
pub(crate) fn path(track: &Track) -> Option<PathBuf> {
    match &track.source {
        Source::Audio(path) => Some(path.clone()),
        Source::Row(_) => None,
    }
}
