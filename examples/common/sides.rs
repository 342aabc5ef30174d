//! A dataset ready for training: spectrograms of its labelled tracks on three sides.

use super::cli::Outcome;
use super::clock::time;
use super::number::thousands;
use super::progress::bar;
use super::say::say;
use mgc::audio::{FrontEnd, MelSpectrogram};
use mgc::candle::Device;
use mgc::datasets::{
    Dataset, FeatureStore, Features, Progress, Skipped, Split, SplitConfig, SplitIndices, crossing_tags,
    extract, official, split,
};
use mgc::train::{Examples, SpectrogramExamples};
use std::path::Path;
use std::time::Instant;

/// A dataset with the spectrograms of its labelled tracks, by side.
pub(crate) struct Prepared {
    pub(crate) dataset: Box<dyn Dataset>,
    /// Where the sides come from.
    pub(crate) origin: &'static str,
    /// Frames and bands of every spectrogram.
    pub(crate) shape: (usize, usize),
    /// In the order of [`Split::ALL`].
    pub(crate) sides: [Side; 3],
    pub(crate) skipped: Vec<Skipped>,
}

/// One side of the split.
pub(crate) struct Side {
    /// Of each example the index of its track.
    pub(crate) tracks: Vec<usize>,
    pub(crate) examples: SpectrogramExamples,
}

impl Prepared {
    /// Divides the tracks (as the dataset prescribes, else 80:10:10) and computes their spectrograms, or takes them from a store.
    pub(crate) fn new(
        dataset: Box<dyn Dataset>,
        mel: &MelSpectrogram,
        store: Option<&Path>,
    ) -> Outcome<Self> {
        let published = official(dataset.tracks());
        let origin = if published.is_some() { "the dataset's own split" } else { "split 80:10:10, seed 0" };
        let indices = match published {
            Some(sides) => sides,
            None => split(dataset.tracks(), &SplitConfig::default())?,
        };
        warn_of_relatives(dataset.as_ref(), &indices);
        let features = features(dataset.as_ref(), &indices, mel, store)?;
        let Some(shape) = features.spectrograms.first().map(|first| first.dim()) else {
            return Err(nothing_usable(&features).into());
        };
        let mut sides = Split::ALL.map(|_| Side::new(shape));
        for (spectrogram, track) in features.spectrograms.into_iter().zip(features.kept) {
            let on = |split: &Split| indices.side(*split).binary_search(&track).is_ok();
            let (Some(split), Some(genre)) = (Split::ALL.into_iter().find(on), dataset.tracks()[track].genre)
            else {
                continue;
            };
            let side = &mut sides[split as usize];
            side.tracks.push(track);
            side.examples.push(spectrogram.into_raw_vec_and_offset().0, genre as u32)?;
        }
        Ok(Self { dataset, origin, shape, sides, skipped: features.skipped })
    }

    pub(crate) fn side(&self, split: Split) -> &Side {
        &self.sides[split as usize]
    }

    /// The side with this name if it has examples.
    pub(crate) fn examples(&self, split: Split) -> Option<&SpectrogramExamples> {
        Some(&self.side(split).examples).filter(|examples| !examples.is_empty())
    }
}

impl Side {
    fn new((frames, bands): (usize, usize)) -> Self {
        Self { tracks: Vec::new(), examples: SpectrogramExamples::new(frames, bands, &Device::Cpu) }
    }
}

/// Says why the result may flatter.
fn warn_of_relatives(dataset: &dyn Dataset, sides: &SplitIndices) {
    let crossing = crossing_tags(dataset.tracks(), sides);
    if let Some((first, _)) = crossing.first() {
        eprintln!(
            "warning: by the tags of the files {} artists or albums lie on two sides, {first} among them: the result will \
             flatter. Keep each in a folder of its own inside its genre.",
            thousands(crossing.len())
        );
    }
}

fn features(
    dataset: &dyn Dataset,
    sides: &SplitIndices,
    mel: &MelSpectrogram,
    store: Option<&Path>,
) -> Outcome<Features> {
    let listed = Split::ALL.into_iter().flat_map(|split| sides.side(split));
    let labelled = listed.copied().filter(|&track| dataset.tracks()[track].genre.is_some());
    let tracks: Vec<usize> = labelled.collect();
    let front_end = FrontEnd::new(mel.config().clone())?;
    let (started, bar) = (Instant::now(), bar("Log-mel features", tracks.len()));
    let features = match store {
        Some(folder) => {
            let advance = |progress: &Progress| bar.set_position(progress.done as u64);
            stored(dataset, &FeatureStore::build(dataset, tracks, &front_end, folder, advance)?)?
        }
        None => extract(dataset, tracks, &front_end, |done, _| bar.set_position(done as u64)),
    };
    bar.finish_and_clear();
    say!("Spectrograms of {} tracks: {}", thousands(features.kept.len()), time(started.elapsed()));
    Ok(features)
}

fn stored(dataset: &dyn Dataset, store: &FeatureStore) -> Outcome<Features> {
    let rows = (0..store.rows()).map(|row| Ok(store.row(row)?.to_owned()));
    Ok(Features {
        spectrograms: rows.collect::<Outcome<_>>()?,
        kept: store.kept(dataset)?,
        skipped: store.skipped().to_vec(),
    })
}

fn nothing_usable(features: &Features) -> String {
    match features.skipped.first() {
        None => "the dataset has no labelled track: there is nothing to learn".into(),
        Some(first) => {
            format!("none of {} tracks could be used; the first: {}", features.skipped.len(), first.reason)
        }
    }
}
