//! The spectrograms of one track.

use mgc_audio::FrontEnd;
use ndarray::Array2;

use crate::catalog::{Dataset, Source, Track};
use crate::error::{Error, Result};

/// Computes the spectrograms of one track of a dataset, each (frames, bands) in dB.
///
/// A front end for one chunk gives one; a front end for [every chunk](FrontEnd::chunked) gives one for each.
/// The row of an array dataset is returned as it is.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mgc_audio::{ChunkConfig, FrontEnd, MelConfig};
/// use mgc_datasets::{Dataset, Synthetic, SyntheticConfig, spectrograms};
///
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// let short = SyntheticConfig { seconds: 4.0, train: 1, valid: 0, test: 0, ..Default::default() };
/// let corpus = Synthetic::write(root, &short, |_, _| ())?;
/// let track = &corpus.tracks()[3];
/// let whole = spectrograms(&corpus, track, &FrontEnd::new(MelConfig::quick())?)?;
/// assert_eq!((whole.len(), whole[0].dim()), (1, (108, 128)));
/// let seconds = ChunkConfig { seconds: 1.0, hop_seconds: 1.0 };
/// let chunks = spectrograms(&corpus, track, &FrontEnd::chunked(&MelConfig::quick(), &seconds)?)?;
/// assert_eq!(chunks.len(), 4);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Error::Audio`] when the file cannot be decoded, [`Error::CutRow`] when a finished spectrogram meets a
/// front end for chunks, and those of [`Dataset::spectrogram`].
pub fn spectrograms(dataset: &dyn Dataset, track: &Track, front_end: &FrontEnd) -> Result<Vec<Array2<f32>>> {
    match &track.source {
        Source::Row(row) => given(dataset, *row, front_end).map(|row| vec![row]),
        Source::Audio(path) => {
            let spectrograms = front_end.file(path)?;
            Ok(spectrograms.map(|one| Ok(one?.into_array())).collect::<mgc_audio::Result<_>>()?)
        }
    }
}

/// Returns a finished spectrogram, unless the front end cuts tracks into chunks.
pub(crate) fn given(dataset: &dyn Dataset, row: usize, front_end: &FrontEnd) -> Result<Array2<f32>> {
    match front_end.hop() {
        None => dataset.spectrogram(row),
        Some(_) => Err(Error::CutRow { row }),
    }
}
