//! What may spoil a result and can be told from the tracks and their spectrograms.

use crate::experiment::data::Data;
use crate::experiment::observer::Observer;
use crate::experiment::warning::Warning;
use mgc_audio::{MelConfig, Reference};
use mgc_datasets::{Dataset, Source, Split, SplitIndices, alike_labels};

/// Values of a spectrogram that differ by less than this, in dB, are the same.
const SAME: f32 = 1e-3;

/// The loudest value of silence with the noise of 16 bits, in dB of power; music at -60 dB of full scale has
/// -25 dB.
const FAINT: f32 = -45.0;

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

/// Tells spectrograms of silence from those of music.
pub(super) struct Silence {
    /// Everything below this level is silence; of finished spectrograms, whose scale is not known, nothing
    /// is.
    below: f32,
}

impl Silence {
    /// For the spectrograms of a dataset through a front end.
    pub(super) fn of(dataset: &dyn Dataset, front_end: &MelConfig) -> Self {
        let audio = matches!(dataset.tracks().first().map(|track| &track.source), Some(Source::Audio(_)));
        let absolute = front_end.decibels.reference == Reference::One;
        Self { below: if audio && absolute { FAINT } else { f32::NEG_INFINITY } }
    }

    /// Whether a spectrogram has the same value everywhere, or none that can be heard.
    pub(super) fn is(&self, spectrogram: &[f32]) -> bool {
        let Some(first) = spectrogram.first() else { return false };
        let flat = spectrogram.iter().all(|value| (value - first).abs() < SAME);
        flat || spectrogram.iter().all(|value| *value < self.below)
    }
}
