//! A dataset of a grid, opened, with the features that all its cells share.

use crate::error::Result;
use crate::experiment::{Experiment, SplitChoice};
use crate::grid::observer::GridObserver;
use crate::grid::spec::GridDataset;
use mgc_audio::{FrontEnd, MelConfig};
use mgc_datasets::{Dataset, FeatureStore, GroupList, Progress, Source, open};
use mgc_nets::Variant;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The front end of audio for which the grid names none.
const FRONT_END: &str = "bbnn";

/// An opened dataset.
pub(super) struct Music {
    pub(super) dataset: Box<dyn Dataset>,
    pub(super) front_end: Option<MelConfig>,
    /// The folder of its feature store.
    store: PathBuf,
}

impl Music {
    /// Opens a dataset, whose features lie or will lie in a folder below `out`.
    pub(super) fn open(spec: &GridDataset, out: &Path) -> Result<Self> {
        let mut dataset = open(&spec.kind, &spec.root)?;
        if let Some(list) = &spec.groups {
            dataset = GroupList::read(list)?.wrap(dataset)?;
        }
        let has_audio = Experiment::new(dataset.as_ref(), Variant::Bbnn).front_end().is_some();
        let name = spec.front_end.as_deref().or(has_audio.then_some(FRONT_END));
        let front_end = name.map(str::parse).transpose()?;
        Ok(Self { dataset, front_end, store: out.join("features").join(&spec.name) })
    }

    /// Computes the features that are not there yet, and opens all.
    pub(super) fn prepare(&self, name: &str, observer: &dyn GridObserver) -> Result<Arc<FeatureStore>> {
        let labelled = (0..self.dataset.tracks().len()).filter(|&i| self.dataset.tracks()[i].genre.is_some());
        let front_end = FrontEnd::new(self.front_end.clone().unwrap_or_default())?;
        let tell = |progress: &Progress| observer.on_features(name, progress.done, progress.total);
        let store = FeatureStore::build(self.dataset.as_ref(), labelled, &front_end, &self.store, tell)?;
        Ok(Arc::new(store))
    }

    /// Returns frames and bands of a spectrogram, without computing one of audio.
    pub(super) fn shape(&self) -> Result<(usize, usize)> {
        if let Some(Source::Row(row)) = self.dataset.tracks().first().map(|track| &track.source) {
            return Ok(self.dataset.spectrogram(*row)?.dim());
        }
        let config = self.front_end.clone().unwrap_or_default();
        let samples = config.chunk_samples.unwrap_or(30 * config.sample_rate as usize);
        Ok((config.frames(samples), config.n_mels))
    }

    /// Describes an experiment on this dataset with its features.
    pub(super) fn experiment(
        &self,
        variant: Variant,
        split: SplitChoice,
        features: Arc<FeatureStore>,
    ) -> Experiment<'_> {
        let experiment =
            Experiment::new(self.dataset.as_ref(), variant).with_split(split).with_features(features);
        match &self.front_end {
            Some(config) => experiment.with_front_end(config.clone()),
            None => experiment,
        }
    }
}
