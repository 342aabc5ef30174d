//! From tracks to training examples.

use crate::error::{ExperimentError, Result};
use crate::experiment::data::{Data, Side};
use crate::experiment::digest::Values;
use crate::experiment::observer::Observer;
use crate::experiment::store_examples::StoreExamples;
use crate::experiment::suspicions::Silence;
use candle::Device;
use mgc_audio::FrontEnd;
use mgc_datasets::{Dataset, FeatureStore, Features, Progress, Skipped, Split, SplitIndices, extract};
use mgc_train::SpectrogramExamples;
use ndarray::ArrayView2;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Turns the tracks of a divided dataset into examples.
pub(super) struct Preparation<'a, 'b> {
    pub(super) dataset: &'a dyn Dataset,
    pub(super) split: &'b SplitIndices,
    /// Where the sides come from.
    pub(super) origin: &'b str,
    pub(super) front_end: FrontEnd,
    pub(super) device: &'b Device,
}

impl<'a> Preparation<'a, '_> {
    /// Computes the spectrograms of all labelled tracks into main memory.
    pub(super) fn in_memory(&self, observer: &mut dyn Observer) -> Result<Data<'a>> {
        let observer = Mutex::new(observer);
        let tell = |done, total| {
            observer.lock().unwrap_or_else(PoisonError::into_inner).on_features(done, total);
        };
        let features = extract(self.dataset, self.tracks(), &self.front_end, tell);
        let Features { spectrograms, kept, skipped, .. } = features;
        let shape = spectrograms.first().map(ndarray::ArrayBase::dim);
        let shape = shape.ok_or_else(|| nothing_usable(&skipped))?;
        let (mut values, mut silent) = (Values::new(), Vec::new());
        let silence = Silence::of(self.dataset, self.front_end.config());
        let mut sides =
            [(); 3].map(|()| (Vec::new(), SpectrogramExamples::new(shape.0, shape.1, self.device)));
        for (spectrogram, track) in spectrograms.into_iter().zip(kept) {
            let Some((side, label)) = self.place(track) else { continue };
            let spectrogram = spectrogram.into_raw_vec_and_offset().0;
            values.add(&spectrogram);
            if silence.is(&spectrogram) {
                silent.push(track);
            }
            let (tracks, examples) = &mut sides[side as usize];
            tracks.push(track);
            examples.push(spectrogram, label)?;
        }
        let chunked = self.front_end.hop().is_some();
        let sides = sides.map(|(tracks, examples)| Side::new(tracks, examples, chunked));
        Ok(Data {
            dataset: self.dataset,
            shape,
            sides,
            skipped,
            silent,
            origin: self.origin.into(),
            digest: values.finish(),
        })
    }

    /// Takes the spectrograms from the store in `folder`, computing those that are not there yet.
    pub(super) fn stored(&self, folder: &Path, observer: &mut dyn Observer) -> Result<Data<'a>> {
        let tell = |progress: &Progress| observer.on_features(progress.done, progress.total);
        let store = FeatureStore::build(self.dataset, self.tracks(), &self.front_end, folder, tell)?;
        self.taken(&Arc::new(store))
    }

    /// Takes the spectrograms from an open store that holds those of all tracks on a side, perhaps of others too.
    pub(super) fn taken(&self, store: &Arc<FeatureStore>) -> Result<Data<'a>> {
        let skipped = self.skipped(store);
        if store.rows() == 0 {
            return Err(nothing_usable(&skipped).into());
        }
        let (mut values, mut silent) = (Values::new(), Vec::new());
        let silence = Silence::of(self.dataset, self.front_end.config());
        let mut sides = [(); 3].map(|()| (Vec::new(), Vec::new(), Vec::new()));
        for (row, track) in self.rows(store)? {
            let Some((side, label)) = self.place(track) else { continue };
            let spectrogram = store.row(row)?;
            let spectrogram = whole(&spectrogram);
            values.add(spectrogram);
            if silence.is(spectrogram) {
                silent.push(track);
            }
            let (tracks, rows, labels) = &mut sides[side as usize];
            tracks.push(track);
            rows.push(row);
            labels.push(label);
        }
        let chunked = self.front_end.hop().is_some();
        let [train, valid, test] = sides.map(|(tracks, rows, labels)| {
            let examples = StoreExamples::new(store.clone(), rows, labels, self.device)?;
            Ok::<_, candle::Error>(Side::new(tracks, examples, chunked))
        });
        let sides = [train?, valid?, test?];
        Ok(Data {
            dataset: self.dataset,
            shape: store.shape(),
            sides,
            skipped,
            silent,
            origin: self.origin.into(),
            digest: values.finish(),
        })
    }

    /// The rows of the tracks on a side, each with its track, in the order of the tracks and of their chunks.
    fn rows(&self, store: &FeatureStore) -> Result<Vec<(usize, usize)>> {
        let mut rows: HashMap<usize, Vec<usize>> = HashMap::new();
        for (row, track) in store.kept(self.dataset)?.into_iter().enumerate() {
            rows.entry(track).or_default().push(row);
        }
        let of =
            |track: usize| rows.remove(&track).unwrap_or_default().into_iter().map(move |row| (row, track));
        Ok(self.tracks().into_iter().flat_map(of).collect())
    }

    /// The tracks on a side that could not be used.
    fn skipped(&self, store: &FeatureStore) -> Vec<Skipped> {
        let skipped = store.skipped().iter().map(|skipped| (skipped.id.as_str(), skipped));
        let skipped: HashMap<&str, &Skipped> = skipped.collect();
        let of = |track: usize| {
            skipped.get(self.dataset.tracks()[track].id.as_str()).map(|&skipped| skipped.clone())
        };
        self.tracks().into_iter().filter_map(of).collect()
    }

    /// The labelled tracks that lie on a side.
    fn tracks(&self) -> Vec<usize> {
        let listed = Split::ALL.into_iter().flat_map(|split| self.split.side(split)).copied();
        listed.filter(|&track| self.dataset.tracks()[track].genre.is_some()).collect()
    }

    /// The side of a track and its label.
    fn place(&self, track: usize) -> Option<(Split, u32)> {
        let on = |split: &Split| self.split.side(*split).binary_search(&track).is_ok();
        let side = Split::ALL.into_iter().find(on)?;
        Some((side, self.dataset.tracks()[track].genre? as u32))
    }
}

#[allow(clippy::expect_used, reason = "a row left out of the digest would let a run continue on other data")]
fn whole<'r>(row: &'r ArrayView2<'_, f32>) -> &'r [f32] {
    row.as_slice().expect("a row of the store lies in one piece")
}

fn nothing_usable(skipped: &[Skipped]) -> ExperimentError {
    match skipped.first() {
        None => ExperimentError::NoLabels,
        Some(first) => ExperimentError::NothingUsable { skipped: skipped.len(), first: first.reason.clone() },
    }
}
