//! From tracks to spectrograms, in parallel, with a report of what could not be used.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use mgc_audio::{MelSpectrogram, decode};
use ndarray::Array2;
use rayon::prelude::*;

use crate::catalog::{Dataset, Source, Track};
use crate::error::Result;

/// The spectrograms of a dataset, and which tracks have none.
#[derive(Debug, Clone)]
pub struct Features {
    /// One spectrogram for each kept track, (frames, bands) in dB, all of one shape.
    pub spectrograms: Vec<Array2<f32>>,
    /// Of each spectrogram the index of its track in the dataset, in the order asked for.
    pub kept: Vec<usize>,
    /// The tracks that could not be used, in the order asked for.
    pub skipped: Vec<Skipped>,
}

/// A track that could not be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The track's id.
    pub id: String,
    /// Its file, where it has one.
    pub path: Option<PathBuf>,
    /// What went wrong.
    pub reason: String,
}

/// Computes the spectrograms of some tracks of a dataset: of all with `0..tracks().len()`, of one side of
/// a split with `sides.test().iter().copied()`.
///
/// Audio is decoded, resampled to the front end's rate and padded or cut to its first window (an
/// unset [`chunk_samples`](mgc_audio::MelConfig::chunk_samples) keeps each length, so tracks of another
/// length than the first are skipped). Rows of array datasets are taken as they are. The result does
/// not depend on the number of threads. `progress` is told how many tracks are done, and of how many;
/// threads call it in any order.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_audio::{MelConfig, MelSpectrogram};
/// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig, extract};
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(root, &tiny, |_, _| ())?;
/// let mel = MelSpectrogram::new(MelConfig::quick())?;
/// let features = extract(&corpus, 0..corpus.tracks().len(), &mel, |_, _| ());
/// assert_eq!(features.spectrograms.len(), 10);
/// assert_eq!(features.spectrograms[0].dim(), (108, 128));
/// assert!(features.skipped.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn extract(
    dataset: &dyn Dataset,
    tracks: impl IntoIterator<Item = usize>,
    mel: &MelSpectrogram,
    progress: impl Fn(usize, usize) + Sync,
) -> Features {
    let indices: Vec<usize> = tracks.into_iter().collect();
    let done = AtomicUsize::new(0);
    let each = |&index: &usize| {
        let spectrogram = dataset.tracks().get(index).map(|track| spectrogram(dataset, track, mel));
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, indices.len());
        spectrogram
    };
    let results = indices.par_iter().map(each).collect();
    collect(dataset.tracks(), &indices, results)
}

/// The spectrogram of one track of a dataset, (frames, bands) in dB.
///
/// # Errors
/// [`Error::Audio`](crate::Error::Audio) when its file cannot be decoded, or what
/// [`Dataset::spectrogram`] reports.
pub fn spectrogram(dataset: &dyn Dataset, track: &Track, mel: &MelSpectrogram) -> Result<Array2<f32>> {
    match &track.source {
        Source::Row(row) => dataset.spectrogram(*row),
        Source::Audio(path) => {
            let clip = decode(path)?.resampled(mel.config().sample_rate)?;
            Ok(mel.compute(&clip.samples)?.view().to_owned())
        }
    }
}

fn collect(tracks: &[Track], indices: &[usize], results: Vec<Option<Result<Array2<f32>>>>) -> Features {
    let mut features = Features { spectrograms: Vec::new(), kept: Vec::new(), skipped: Vec::new() };
    for (&index, result) in indices.iter().zip(results) {
        let expected = features.spectrograms.first().map(Array2::dim);
        let reason = match result {
            Some(Ok(spectrogram)) if expected.is_none_or(|expected| expected == spectrogram.dim()) => {
                features.spectrograms.push(spectrogram);
                features.kept.push(index);
                continue;
            }
            Some(Ok(other)) => {
                format!(
                    "(frames, bands) are {:?}, those before are {:?}",
                    other.dim(),
                    expected.unwrap_or_default()
                )
            }
            Some(Err(error)) => error.to_string(),
            None => format!("no such track among {}", tracks.len()),
        };
        features.skipped.push(skipped(tracks.get(index), index, reason));
    }
    features
}

fn skipped(track: Option<&Track>, index: usize, reason: String) -> Skipped {
    Skipped {
        id: track.map_or_else(|| format!("track {index}"), |track| track.id.clone()),
        path: track.and_then(path),
        reason,
    }
}

pub(crate) fn path(track: &Track) -> Option<PathBuf> {
    match &track.source {
        Source::Audio(path) => Some(path.clone()),
        Source::Row(_) => None,
    }
}
