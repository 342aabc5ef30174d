//! Short pieces of tracks, as many networks eat them.

use mgc_audio::{MelConfig, MelSpectrogram, decode};
use ndarray::Array2;
use rayon::prelude::*;

use super::extract::path;
use super::extract::{Features, Skipped};
use crate::catalog::{Dataset, Source, Track};
use crate::error::{Error, Result};

/// How tracks are cut into chunks. The default is 3 s at an overlap of half, 19 pieces of a GTZAN clip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChunkConfig {
    /// Length of a chunk, s, above 0 and at most 3,600.
    pub seconds: f64,
    /// From the start of one chunk to that of the next, s, above 0 and at most 3,600.
    pub hop_seconds: f64,
}

impl Default for ChunkConfig {
    fn default() -> Self {
        Self { seconds: 3.0, hop_seconds: 1.5 }
    }
}

/// Plan of a front end for chunks: a [`MelSpectrogram`] of one chunk, and where chunks begin.
///
/// A chunk that would reach over the end of a recording is left out; a recording shorter than one chunk gives one, padded with
/// silence.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_audio::MelConfig;
/// use mgc_datasets::{ChunkConfig, Dataset, FeatureStore, MelChunks, Synthetic, SyntheticConfig};
///
/// # let root = tempfile::tempdir()?;
/// # let (root, folder) = (root.path().join("audio"), root.path().join("features"));
/// let short = SyntheticConfig { seconds: 6.0, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(&root, &short, |_, _| ())?;
/// let chunks = MelChunks::new(&MelConfig::default(), &ChunkConfig::default())?;
/// let store = FeatureStore::build(&corpus, [4, 7], &chunks, &folder, |_| ())?;
/// assert_eq!(store.kept(&corpus)?, [4, 4, 4, 7, 7, 7]);
/// assert_eq!(store.row(5)?.dim(), (65, 128));
/// assert_eq!(store.chunks().last(), Some((corpus.tracks()[7].id.as_str(), 2)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MelChunks {
    mel: MelSpectrogram,
    length: usize,
    hop: usize,
}

impl MelChunks {
    /// Plans the front end; `mel` gives all settings but the length.
    ///
    /// # Errors
    /// [`Error::Chunks`] for lengths out of range, [`Error::Audio`] for settings out of range.
    pub fn new(mel: &MelConfig, config: &ChunkConfig) -> Result<Self> {
        let in_range = |seconds: f64| seconds > 0.0 && seconds <= 3_600.0;
        if !in_range(config.seconds) || !in_range(config.hop_seconds) {
            return Err(Error::Chunks { seconds: config.seconds, hop_seconds: config.hop_seconds });
        }
        let samples = |seconds: f64| ((seconds * f64::from(mel.sample_rate)).round() as usize).max(1);
        let (length, hop) = (samples(config.seconds), samples(config.hop_seconds));
        let mel = MelSpectrogram::new(MelConfig { chunk_samples: Some(length), ..mel.clone() })?;
        Ok(Self { mel, length, hop })
    }

    /// The plan of one chunk, whose settings name its length.
    #[must_use]
    pub fn mel(&self) -> &MelSpectrogram {
        &self.mel
    }

    /// Samples from the start of one chunk to that of the next.
    #[must_use]
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// The samples of each chunk.
    pub(crate) fn cut<'a>(&self, samples: &'a [f32]) -> impl Iterator<Item = &'a [f32]> {
        let length = self.length;
        let last = samples.len().saturating_sub(length);
        (0..=last).step_by(self.hop).map(move |start| &samples[start..samples.len().min(start + length)])
    }
}

/// Why a row of an array dataset has no chunks.
pub(crate) const NOT_CUT: &str = "a finished spectrogram, which cannot be cut by time";

/// Log-mel spectrograms of the chunks of some tracks, track after track: [`Features::kept`] tells of each chunk its track.
///
/// Chunks belong to their track: divide tracks, then take the chunks of those on a side, and none can leak to another. (Much
/// published code divides chunks that overlap by half, and tests on what it was trained on.) [`MelChunks`] says where chunks
/// begin; a [`FeatureStore`](crate::FeatureStore) takes one to keep chunks on the disk.
///
/// ```
/// use mgc_audio::MelConfig;
/// use mgc_datasets::{ChunkConfig, Dataset, Synthetic, SyntheticConfig, extract_chunks};
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// let short = SyntheticConfig { seconds: 6.0, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(root, &short, |_, _| ())?;
/// let chunks = extract_chunks(&corpus, [4], &MelConfig::default(), &ChunkConfig::default())?;
/// assert_eq!(chunks.kept, [4, 4, 4]);
/// assert_eq!(chunks.spectrograms[0].dim(), (65, 128));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::Chunks`] for lengths out of range, [`Error::Audio`] for settings out of range. Tracks that cannot be used are in
/// [`Features::skipped`], among them finished spectrograms, which cannot be cut by time.
pub fn extract_chunks(
    dataset: &dyn Dataset,
    tracks: impl IntoIterator<Item = usize>,
    mel: &MelConfig,
    config: &ChunkConfig,
) -> Result<Features> {
    let mel = MelChunks::new(mel, config)?;
    let tracks: Vec<(usize, &Track)> =
        tracks.into_iter().filter_map(|index| Some((index, dataset.tracks().get(index)?))).collect();
    let results: Vec<_> = tracks.par_iter().map(|(_, track)| chunks(track, &mel)).collect();
    let mut features = Features { spectrograms: Vec::new(), kept: Vec::new(), skipped: Vec::new() };
    for ((index, track), result) in tracks.into_iter().zip(results) {
        match result {
            Ok(chunks) => {
                features.kept.extend(vec![index; chunks.len()]);
                features.spectrograms.extend(chunks);
            }
            Err(reason) => {
                features.skipped.push(Skipped { id: track.id.clone(), path: path(track), reason });
            }
        }
    }
    Ok(features)
}

fn chunks(track: &Track, chunks: &MelChunks) -> std::result::Result<Vec<Array2<f32>>, String> {
    let Source::Audio(path) = &track.source else { return Err(NOT_CUT.into()) };
    let mel = chunks.mel();
    let clip =
        decode(path).and_then(|clip| clip.resampled(mel.config().sample_rate)).map_err(|e| e.to_string())?;
    let chunk = |samples| mel.compute(samples).map(|spectrogram| spectrogram.view().to_owned());
    chunks.cut(&clip.samples).map(chunk).collect::<mgc_audio::Result<_>>().map_err(|e| e.to_string())
}
