//! What may spoil a result and can be told from the tracks and their spectrograms.

use crate::experiment::data::Data;
use crate::experiment::observer::Observer;
use crate::experiment::warning::Warning;
use mgc_audio::{MelConfig, Reference};
use mgc_datasets::{Dataset, Source, SplitIndices, alike_labels};

/// Values of a spectrogram that differ by less than this, in dB, are the same.
const SAME: f32 = 1e-3;

/// The loudest value of white noise whose peak is at -80 dB of full scale, the limit of
/// [`Classification::is_silent`](crate::Classification::is_silent), in dB of power. A tone of that peak has -39 dB.
const FAINT: f32 = -57.0;

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
    let tracks = dataset.tracks().iter().filter(|track| track.genre.is_some()).count();
    let count = sides.left_out(dataset.tracks());
    if count > 0 {
        observer.on_warning(&Warning::OutsideSplit { count, tracks, origin: origin.to_owned() });
    }
}

/// Warns of silent spectrograms and, where no front end says how they were made, of transposed ones.
pub(super) fn of_data(data: &Data<'_>, declared: bool, observer: &mut dyn Observer) {
    let (frames, bands) = data.shape();
    let tracks = data.dataset().tracks();
    if !declared && looks_transposed(frames, bands) {
        observer.on_warning(&Warning::Transposed { frames, bands });
    }
    let silent = wholly_silent(data);
    if !silent.is_empty() {
        let ids = silent.into_iter().map(|track| tracks[track].id.clone()).collect();
        observer.on_warning(&Warning::Silent(ids));
    }
}

/// Returns the tracks all of whose chunks are silent.
fn wholly_silent(data: &Data<'_>) -> Vec<usize> {
    let mut silent = data.silent.clone();
    silent.sort_unstable();
    let chunks = |track| data.sides.iter().flat_map(|side| &side.tracks).filter(|it| **it == track).count();
    let of_one = silent.chunk_by(|a, b| a == b);
    of_one.filter(|chunk| chunk.len() == chunks(chunk[0])).map(|chunk| chunk[0]).collect()
}

/// Whether the axes are those of a preset, swapped, or the frames are of a number that bands usually have and
/// the bands are not, nor the bins of a Fourier transform.
fn looks_transposed(frames: usize, bands: usize) -> bool {
    let presets = MelConfig::NAMES.iter().filter_map(|name| name.parse::<MelConfig>().ok());
    let of_preset = |preset: MelConfig| {
        let length = preset.chunk_samples.map(|samples| preset.frames(samples));
        frames == preset.n_mels && Some(bands) == length
    };
    let bins = bands > 1 && (bands - 1).is_power_of_two();
    let usual = frames < bands && USUAL_BANDS.contains(&frames) && !USUAL_BANDS.contains(&bands) && !bins;
    usual || presets.into_iter().any(of_preset)
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
