//! The second half of a run: from examples to a scored and saved model.

use crate::augment::augmentation;
use crate::dropout::{DropoutSeeds, Reseed};
use crate::error::{ExperimentError, ModelError, Result};
use crate::experiment::builder::Experiment;
use crate::experiment::by_track::TrackEvaluation;
use crate::experiment::data::Data;
use crate::experiment::observer::{Follow, Observer, Start};
use crate::experiment::outcome::Outcome;
use crate::experiment::run_folder::{RunFolder, io};
use crate::experiment::warning::Warning;
use crate::model::bundle::Bundle;
use crate::recipe::Recipe;
use crate::windows::Windowed;
use candle::DType;
use candle_nn::VarMap;
use mgc_datasets::Split;
use mgc_train::{
    Adam, AdamW, Augmentation, BestCheckpoint, Calibration, CsvLog, Evaluation, Examples, History,
    ResumeFile, Selection, Trainer, evaluate, seeded, trainable,
};
use std::collections::HashMap;
use std::fs;

/// Validation tracks from which on a temperature is fitted: fewer say little about probabilities.
const CALIBRATED: usize = 30;

/// A genre with fewer training tracks than this is warned about.
const FEW: usize = 10;

/// A model with its data, ready to be trained.
pub(super) struct Training<'a> {
    experiment: &'a Experiment<'a>,
    folder: &'a RunFolder,
    data: &'a Data<'a>,
    examples: &'a dyn Examples,
    vars: VarMap,
    model: Box<dyn Reseed>,
}

impl<'a> Training<'a> {
    /// Builds the model with its initial weights.
    pub(super) fn new(
        experiment: &'a Experiment<'a>,
        folder: &'a RunFolder,
        data: &'a Data<'a>,
    ) -> Result<Self> {
        let examples = data.side(Split::Train).examples().ok_or(ExperimentError::NoTrainingTracks)?;
        let vars = VarMap::new();
        let vb = seeded(&vars, experiment.recipe.train.seed, DType::F32, &experiment.device);
        let network = experiment.network.build(data.dataset.genres().len(), vb)?;
        let model = match experiment.recipe().windows {
            Some(windows) if !windows.sound() => return Err(ModelError::Windows { windows }.into()),
            Some(windows) => Box::new(Windowed { network, windows }),
            None => network,
        };
        Ok(Self { experiment, folder, data, examples, vars, model })
    }

    /// Trains or resumes, then scores and saves the epoch that the recipe keeps: the best or the last.
    pub(super) fn run(&self, observer: &mut dyn Observer) -> Result<Outcome> {
        self.warn_of_few(observer);
        let best = BestCheckpoint::new(self.folder.file(RunFolder::BEST), &self.vars);
        let history = self.fit(&best, observer)?;
        if history.best.is_none() && !history.epochs.is_empty() {
            let side =
                if self.data.side(Split::Valid).examples().is_some() { Split::Valid } else { Split::Train };
            return Err(
                ExperimentError::NoSoundEpoch { epochs: history.epochs.len(), side: side.name() }.into()
            );
        }
        best.restore()?;
        let (side, evaluation) = self.evaluate()?;
        let by_track = match self.experiment.chunk_hop {
            Some(_) => {
                Some(TrackEvaluation::new(self.data.dataset, self.data.side(side).tracks(), &evaluation)?)
            }
            None => None,
        };
        let bundle = self.save(&history)?;
        Ok(Outcome {
            history,
            side,
            evaluation,
            by_track,
            labels: self.data.dataset.genres().to_vec(),
            bundle,
        })
    }

    fn fit(&self, best: &BestCheckpoint, observer: &mut dyn Observer) -> Result<History> {
        let recipe = self.experiment.recipe();
        let trainer = self
            .trainer(&recipe)?
            .with(DropoutSeeds::new(self.model.as_ref(), recipe.train.seed))
            .with(CsvLog::new(self.folder.file(RunFolder::LOG)));
        #[cfg(feature = "tensorboard")]
        let trainer = match self.experiment.tensorboard {
            true => trainer.with(mgc_train::TensorBoard::new(self.folder.file(RunFolder::TENSORBOARD))),
            false => trainer,
        };
        let mut trainer = trainer.with(best.clone()).with(Follow { observer, start: self.start() });
        let valid = self.data.side(Split::Valid).examples();
        let state = ResumeFile::new(self.folder.file(RunFolder::STATE), &self.vars);
        let (model, vars) = (self.model.as_ref(), trainable(&self.vars)?);
        Ok(match recipe.adamw() {
            Some(config) => {
                let mut adamw = AdamW::from_named_vars(vars, config)?;
                trainer.fit_resumable(model, &mut adamw, self.examples, valid, &state)?
            }
            None => {
                let mut adam = Adam::from_named_vars(vars, recipe.adam)?;
                trainer.fit_resumable(model, &mut adam, self.examples, valid, &state)?
            }
        })
    }

    /// Returns a trainer with the changes of the examples and the groups that the recipe asks for.
    fn trainer<'t>(&self, recipe: &Recipe) -> Result<Trainer<'t>> {
        let mut trainer = Trainer::new(recipe.train);
        if !recipe.augment.is_off() {
            trainer = trainer.with_augmentation(self.augmentation(recipe)?);
        }
        if recipe.train.sampling.group_power.is_some() {
            trainer = trainer.with_groups(self.groups());
        }
        Ok(trainer)
    }

    fn augmentation(&self, recipe: &Recipe) -> Result<Augmentation> {
        let dataset = || self.data.dataset.info().name.into();
        let front_end = self.experiment.front_end.as_ref();
        augmentation(
            recipe.augment,
            front_end.ok_or_else(|| ExperimentError::NoBands { dataset: dataset() })?,
        )
    }

    /// Returns the group of each training example; a track without one is a group of its own.
    fn groups(&self) -> Vec<usize> {
        let mut numbers = HashMap::new();
        let tracks = self.data.side(Split::Train).tracks().iter();
        let mut number = |&track: &usize| {
            let track = &self.data.dataset.tracks()[track];
            let next = numbers.len();
            *numbers.entry((track.group.is_some(), track.group.as_ref().unwrap_or(&track.id))).or_insert(next)
        };
        tracks.map(&mut number).collect()
    }

    fn start(&self) -> Start {
        let train = self.experiment.recipe().train;
        let parameters = self.vars.all_vars().iter().map(|var| var.elem_count()).sum();
        let steps = train.sampling.draws(self.examples.len()).div_ceil(train.batch_size.max(1));
        let valid = self.data.side(Split::Valid);
        let valid_tracks =
            valid.examples().and_then(Examples::recordings).map(|_| valid.distinct_tracks().len());
        Start { network: self.experiment.network.name(), parameters, train, steps, valid_tracks, done: 0 }
    }

    fn warn_of_few(&self, observer: &mut dyn Observer) {
        let dataset = self.data.dataset;
        let tracks = self.data.side(Split::Train).distinct_tracks();
        let count =
            |genre| tracks.iter().filter(|track| dataset.tracks()[**track].genre == Some(genre)).count();
        let counts = dataset.genres().iter().enumerate().map(|(index, genre)| (genre.clone(), count(index)));
        let genres: Vec<_> = counts.filter(|(_, count)| *count < FEW).collect();
        if !genres.is_empty() {
            observer.on_warning(&Warning::FewTracks { least: FEW, genres });
        }
    }

    /// Scores the test side, or the next best where there is none.
    fn evaluate(&self) -> Result<(Split, Evaluation)> {
        let sides = [Split::Test, Split::Valid].into_iter();
        let found = sides.filter_map(|side| Some((side, self.data.side(side).examples()?))).next();
        let (side, examples) = found.unwrap_or((Split::Train, self.examples));
        let batch_size = self.experiment.recipe.train.batch_size;
        Ok((side, evaluate(self.model.as_ref(), examples, batch_size)?))
    }

    /// Fits temperature and threshold to the validation side, which chose the epoch but trained no weight.
    fn calibration(&self) -> Result<Calibration> {
        let side = self.data.side(Split::Valid);
        let Some(examples) = side.examples().filter(|_| side.distinct_tracks().len() >= CALIBRATED) else {
            return Ok(Calibration::default());
        };
        let evaluation = evaluate(self.model.as_ref(), examples, self.experiment.recipe.train.batch_size)?;
        let dataset = self.data.dataset;
        let by_track = TrackEvaluation::new(dataset, side.tracks(), &evaluation)?;
        let genre = |track: &usize| dataset.tracks()[*track].genre.map_or(0, |genre| genre as u32);
        let truth: Vec<u32> = by_track.tracks.iter().map(genre).collect();
        Ok(Calibration::fit(&by_track.probabilities, &truth, self.experiment.sure_accuracy)?)
    }

    /// Saves the model file, or the weights alone.
    fn save(&self, history: &History) -> Result<Option<Bundle>> {
        let labels = self.data.dataset.genres().to_vec();
        let Some(network) = self.experiment.network.net_config(labels.len()) else {
            self.save_weights()?;
            return Ok(None);
        };
        let (frames, bands) = self.data.shape;
        let bundle = Bundle::new(network, self.experiment.front_end.clone(), labels, &self.vars)?;
        let bundle = bundle.with_input(frames, bands).with_windows(self.experiment.recipe().windows);
        let bundle = self.with_provenance(bundle, history);
        let bundle = bundle.with_calibration(self.calibration()?);
        bundle.save(self.folder.file(RunFolder::MODEL))?;
        Ok(Some(bundle))
    }

    /// Keeps the best epoch's weights under their final name.
    fn save_weights(&self) -> Result<()> {
        let (best, weights) = (self.folder.file(RunFolder::BEST), self.folder.file(RunFolder::WEIGHTS));
        let bytes = fs::read(&best).map_err(|source| io(&best, source))?;
        mgc_files::replace_bytes(&weights, &bytes).map_err(|source| io(&weights, source))
    }

    fn with_provenance(&self, bundle: Bundle, history: &History) -> Bundle {
        let dataset = self.data.dataset.info().name;
        let trained = self.data.side(Split::Train).distinct_tracks().len();
        let recipe = self.experiment.recipe();
        let kept = if recipe.train.selection == Selection::Last { "last epoch" } else { "best epoch" };
        bundle
            .with_provenance("dataset", dataset)
            .with_provenance("split", self.data.origin())
            .with_provenance("trained on", format!("{trained} tracks of {dataset}"))
            .with_provenance("variant", self.experiment.network.name())
            .with_provenance(
                "recipe",
                format!("batches of {}, lr {}", recipe.train.batch_size, recipe.adam.lr),
            )
            .with_provenance("seed", recipe.train.seed)
            .with_provenance(kept, history.best.map_or(0, |index| index + 1))
    }
}
