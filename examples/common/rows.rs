//! The size of finished spectrograms.

use super::cli::Outcome;
use mgc::datasets::{Dataset, Source};

/// (frames, bands) of a dataset of arrays; `None` for audio files.
pub(crate) fn row_shape(dataset: &dyn Dataset) -> Outcome<Option<(usize, usize)>> {
    match dataset.tracks().first().map(|track| &track.source) {
        Some(Source::Row(row)) => Ok(Some(dataset.spectrogram(*row)?.dim())),
        _ => Ok(None),
    }
}
