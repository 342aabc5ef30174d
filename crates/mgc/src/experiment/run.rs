//! Running an experiment: train or resume, restore the best epoch, score it, save it.

use crate::error::{ExperimentError, Result};
use crate::experiment::builder::Experiment;
use crate::experiment::chunk_hop::hopping;
use crate::experiment::data::Data;
use crate::experiment::observer::Observer;
use crate::experiment::outcome::Outcome;
use crate::experiment::prepare::Preparation;
use crate::experiment::run_folder::{RunFolder, RunStatus, VALUES};
use crate::experiment::training::Training;
use crate::experiment::warning::Warning;
use crate::experiment::{settings, suspicions, tables, tracks};
use mgc_audio::{FrontEnd, MelConfig};
use mgc_datasets::{Source, Split, SplitIndices, crossing_tags};
use serde_json::{Value, json};
use std::path::Path;

impl Experiment<'_> {
    /// Trains the network, or continues where an earlier call was stopped; restores the best epoch, scores it
    /// on the test side, and saves the model and its tables in `folder` ([`RunFolder`] lists the files).
    ///
    /// The same experiment on the same kind of machine gives the same bytes, resumed or not, whatever the
    /// number of threads. A resumed run may have more epochs; everything else must be as before, the tracks
    /// and their spectrograms included, or the run is refused before anything is written.
    ///
    /// # Errors
    /// [`Error::Experiment`](crate::Error::Experiment) when the folder holds another run, cannot be written,
    /// or the experiment cannot be run; the errors of datasets, front end, network and training.
    pub fn run(&self, folder: impl AsRef<Path>, observer: &mut dyn Observer) -> Result<Outcome> {
        let folder = RunFolder::new(folder.as_ref());
        let (split, origin) = self.split.divide(self.dataset.tracks())?;
        let mut settings = self.checked(&folder, &split, &origin)?;
        suspicions::of_tracks(self.dataset, &split, &origin, observer);
        self.warn_of_relatives(&split, observer);
        let data = self.prepare(&split, &origin, observer)?;
        settings[VALUES] = json!(data.digest);
        data.side(Split::Train).examples().ok_or(ExperimentError::NoTrainingTracks)?;
        folder.claim(&settings, self.overwrite)?;
        if !data.skipped.is_empty() {
            observer.on_warning(&Warning::Skipped(data.skipped.clone()));
        }
        suspicions::of_data(&data, self.front_end.is_some(), observer);
        observer.on_data(&data);
        tables::write(&folder, &data)?;
        Training::new(self, &folder, &data)?.run(observer)
    }

    /// Checks that [`run`](Self::run) would take `folder`: that it holds this run or none, or may be overwritten, and
    /// can be written. Reads no music, so a program asks before long preparations; `run` asks by itself.
    ///
    /// # Errors
    /// [`Error::Experiment`](crate::Error::Experiment), as [`run`](Self::run) gives it.
    pub fn check(&self, folder: impl AsRef<Path>) -> Result<()> {
        let (split, origin) = self.split.divide(self.dataset.tracks())?;
        self.checked(&RunFolder::new(folder.as_ref()), &split, &origin).map(drop)
    }

    /// Returns the settings of the run, which the folder takes.
    fn checked(&self, folder: &RunFolder, split: &SplitIndices, origin: &str) -> Result<Value> {
        let settings = settings::of(self, split, origin);
        let checked = folder.check(&settings, self.overwrite);
        checked.map_err(|error| tracks::named(error, folder, self.dataset, split))?;
        Ok(settings)
    }

    /// Tells whether `folder` holds this run, another one, or none. Reads the settings only.
    ///
    /// # Errors
    /// As [`SplitChoice::divide`](crate::experiment::SplitChoice::divide).
    pub fn status(&self, folder: impl AsRef<Path>) -> Result<RunStatus> {
        let (split, origin) = self.split.divide(self.dataset.tracks())?;
        Ok(RunFolder::new(folder.as_ref()).status(&settings::of(self, &split, &origin)))
    }

    fn warn_of_relatives(&self, split: &SplitIndices, observer: &mut dyn Observer) {
        let crossing = crossing_tags(self.dataset.tracks(), split);
        if let Some((example, _)) = crossing.first() {
            let (count, example) = (crossing.len(), example.clone());
            observer.on_warning(&Warning::RelatedTracks { count, example });
        }
    }

    fn prepare(&self, split: &SplitIndices, origin: &str, observer: &mut dyn Observer) -> Result<Data<'_>> {
        let front_end = FrontEnd::new(self.usable_front_end()?)?;
        let front_end = match self.chunk_hop {
            Some(seconds) => hopping(&front_end, seconds)?,
            None => front_end,
        };
        let preparation =
            Preparation { dataset: self.dataset, split, origin, front_end, device: &self.device };
        match (&self.features, &self.store) {
            (Some(features), _) => preparation.taken(features),
            (None, Some(folder)) => preparation.stored(folder, observer),
            (None, None) => preparation.in_memory(observer),
        }
    }

    /// The front end of audio. Finished spectrograms do not need one; if one is declared, their size must be
    /// what it gives.
    fn usable_front_end(&self) -> Result<MelConfig> {
        let row = match self.dataset.tracks().first().map(|track| &track.source) {
            Some(Source::Row(row)) => Some(self.dataset.spectrogram(*row)?.dim()),
            _ => None,
        };
        match (&self.front_end, row) {
            (None, Some(_)) => Ok(MelConfig::default()),
            (None, None) => {
                Err(ExperimentError::NoFrontEnd { dataset: self.dataset.info().name.into() }.into())
            }
            (Some(config), None) => Ok(config.clone()),
            (Some(config), Some(actual)) => match given_by(config, actual) {
                expected if expected == actual => Ok(config.clone()),
                expected => Err(ExperimentError::ArrayShape { actual, expected }.into()),
            },
        }
    }
}

/// Frames and bands that a front end gives; where it keeps the length of the music, the frames are those of
/// the arrays, on whichever axis they lie.
fn given_by(config: &MelConfig, actual: (usize, usize)) -> (usize, usize) {
    let frames = config.chunk_samples.map(|samples| config.frames(samples));
    let free = if actual.0 == config.n_mels { actual.1 } else { actual.0 };
    (frames.unwrap_or(free), config.n_mels)
}
