//! What may spoil a result and can be told from the tracks and their spectrograms.

use crate::experiment::data::Data;
use crate::experiment::observer::{Observer, Warning};
use mgc_datasets::{Dataset, Source, Split, SplitIndices, alike_labels};

/// Values of a spectrogram that differ by less than this, in dB, are the same.
const SAME: f32 = 1e-3;

/// Numbers of bands that spectrograms usually have.
const USUAL_BANDS: [usize; 13] = [20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 229, 256];

/// Warns of labels that look alike, and of tracks that the split leaves out.
pub(super) fn of_tracks(
    dataset: &dyn Dataset,
    sides: &SplitIndices,
    origin: &str,
    observer: &mut dyn Observer,
) {
    let alike = alike_labels(dataset.genres());
    if !alike.is_empty() {
        observer.on_warning(&Warning::AlikeLabels(alike));
    }
    let labelled = |index: &&usize| dataset.tracks()[**index].genre.is_some();
    let tracks = dataset.tracks().iter().filter(|track| track.genre.is_some()).count();
    let used: usize =
        Split::ALL.into_iter().map(|side| sides.side(side).iter().filter(labelled).count()).sum();
    if used < tracks {
        let (count, origin) = (tracks - used, origin.to_owned());
        observer.on_warning(&Warning::OutsideSplit { count, tracks, origin });
    }
}

/// Warns of spectrograms that look transposed, and of silent ones.
pub(super) fn of_data(data: &Data<'_>, observer: &mut dyn Observer) {
    let (frames, bands) = data.shape();
    let tracks = data.dataset().tracks();
    let arrays = matches!(tracks.first().map(|track| &track.source), Some(Source::Row(_)));
    if arrays && looks_transposed(frames, bands) {
        observer.on_warning(&Warning::Transposed { frames, bands });
    }
    if !data.silent.is_empty() {
        let ids = data.silent.iter().map(|&track| tracks[track].id.clone()).collect();
        observer.on_warning(&Warning::Silent(ids));
    }
}

/// Whether the frames are of a number that bands usually have, and the bands are not.
fn looks_transposed(frames: usize, bands: usize) -> bool {
    frames < bands && USUAL_BANDS.contains(&frames) && !USUAL_BANDS.contains(&bands)
}

/// Whether a spectrogram has the same value everywhere.
pub(super) fn is_silent(spectrogram: &[f32]) -> bool {
    spectrogram.first().is_some_and(|first| spectrogram.iter().all(|value| (value - first).abs() < SAME))
}
