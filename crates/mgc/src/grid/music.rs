//! A dataset of a grid, opened, with the features that all its cells share.

use crate::error::Result;
use crate::experiment::chunk_hop::hopping;
use crate::experiment::{Experiment, SplitChoice};
use crate::grid::observer::GridObserver;
use crate::grid::spec::GridDataset;
use mgc_audio::{FrontEnd, MelConfig, probe};
use mgc_datasets::{Dataset, Error, FeatureStore, Progress, Source, Track};
use mgc_nets::Variant;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The front end of audio for which the grid names none.
const FRONT_END: &str = "bbnn";

/// An opened dataset.
pub(super) struct Music {
    pub(super) dataset: Box<dyn Dataset>,
    pub(super) front_end: Option<MelConfig>,
    /// Seconds from one chunk of a track to the next, if all are heard.
    chunk_hop: Option<f64>,
    /// The folder of its feature store.
    store: PathBuf,
}

impl Music {
    /// Opens a dataset, whose features lie or will lie in a folder below `out`.
    pub(super) fn open(spec: &GridDataset, out: &Path) -> Result<Self> {
        Self::new(spec, spec.open()?, out)
    }

    /// Describes a dataset without writing anything.
    pub(super) fn describe(spec: &GridDataset) -> Result<Self> {
        Self::new(spec, spec.describe()?, Path::new(""))
    }

    fn new(spec: &GridDataset, dataset: Box<dyn Dataset>, out: &Path) -> Result<Self> {
        let has_audio = Experiment::new(dataset.as_ref(), Variant::Bbnn).front_end().is_some();
        let name = spec.front_end.as_deref().or(has_audio.then_some(FRONT_END));
        let front_end = name.map(str::parse).transpose()?;
        if spec.chunk_hop.is_some() && !has_audio {
            return Err(Error::CutRow { row: 0 }.into());
        }
        // A store keeps no rows but those of its tracks, so a part of a dataset has one of its own.
        let store = match spec.tracks_per_genre {
            Some(most) => format!("{}-{most}-per-genre", spec.name),
            None => spec.name.clone(),
        };
        Ok(Self { dataset, front_end, chunk_hop: spec.chunk_hop, store: out.join("features").join(store) })
    }

    /// Computes the features that are not there yet, and opens all.
    pub(super) fn prepare(&self, name: &str, observer: &dyn GridObserver) -> Result<Arc<FeatureStore>> {
        let labelled = (0..self.dataset.tracks().len()).filter(|&i| self.dataset.tracks()[i].genre.is_some());
        let front_end = self.chunking_front_end()?;
        let tell = |progress: &Progress| observer.on_features(name, progress.done, progress.total);
        let store = FeatureStore::build(self.dataset.as_ref(), labelled, &front_end, &self.store, tell)?;
        Ok(Arc::new(store))
    }

    fn chunking_front_end(&self) -> Result<FrontEnd> {
        let front_end = FrontEnd::new(self.front_end.clone().unwrap_or_default())?;
        match self.chunk_hop {
            Some(seconds) => hopping(&front_end, seconds),
            None => Ok(front_end),
        }
    }

    /// Counts the examples that each track gives. Where tracks are cut into chunks, their lengths are those that
    /// their headers state; one that cannot be read gives none.
    pub(super) fn examples(&self) -> Result<Vec<usize>> {
        let tracks = self.dataset.tracks();
        if self.chunk_hop.is_none() {
            return Ok(vec![1; tracks.len()]);
        }
        let front_end = self.chunking_front_end()?;
        let rate = f64::from(front_end.config().sample_rate);
        let count = |track: &Track| {
            let Source::Audio(path) = &track.source else { return 0 };
            let length = probe(path).ok().and_then(|info| info.duration).unwrap_or_default();
            front_end.count((length.as_secs_f64() * rate).round() as usize)
        };
        Ok(tracks.iter().map(count).collect())
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
        let experiment = match &self.front_end {
            Some(config) => experiment.with_front_end(config.clone()),
            None => experiment,
        };
        match self.chunk_hop {
            Some(seconds) => experiment.with_chunks(seconds),
            None => experiment,
        }
    }
}
