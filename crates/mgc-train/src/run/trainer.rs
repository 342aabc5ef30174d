//! The training loop.

use crate::augment::Augmentation;
use crate::data::examples::Examples;
use crate::data::sampler::Sampler;
use crate::error::{Error, Result};
use crate::metrics::class_weights::ClassWeights;
use crate::metrics::recordings::validate;
use crate::optim::resumable::ResumableOptimizer;
use crate::optim::warmup_cosine::WarmupCosine;
use crate::run::averaging::{Averaging, averaging};
use crate::run::callback::Callback;
use crate::run::config::TrainConfig;
use crate::run::history::{Epoch, History};
use crate::run::identity::settings;
use crate::run::resume::ResumeFile;
use crate::run::state::Run;
use crate::run::train_epoch::{Clock, Pass, train_epoch};
use candle_nn::{ModuleT, Optimizer, VarMap};
use std::fmt;
use std::ops::ControlFlow;
use std::time::Instant;

/// The training loop.
///
/// Every epoch visits the training examples once, in a seeded order, and then validates, on whole recordings
/// where the validation examples are [chunks of them](Examples::recordings). At its end, as in
/// Keras, the plateau rule takes the training loss first; then the callbacks run in the order in which they
/// were added. A stop takes effect after all of them. Other orders, a schedule in place of the plateau rule,
/// averaged weights and the choice of the last epoch are settings of [`TrainConfig`].
///
/// The same seeds on the same kind of machine give the same bytes if the operations of the model do. The
/// loss, and the logits for the training accuracy, are copied to the host in every step.
///
/// # Examples
///
/// ```
/// use candle_nn::VarMap;
/// use mgc_train::candle::{DType, Device, Tensor};
/// use mgc_train::{Adam, AdamConfig, TensorExamples, TrainConfig, Trainer, seeded, trainable};
///
/// let inputs = Tensor::new(&[[1f32, 0.], [0., 1.], [1., 0.1], [0.1, 1.]], &Device::Cpu)?;
/// let train = TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 0, 1], &Device::Cpu)?)?;
///
/// let vars = VarMap::new();
/// let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
/// let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig { lr: 0.1, ..Default::default() })?;
/// let config = TrainConfig { epochs: 20, ..Default::default() };
/// let history = Trainer::new(config).fit(&model, &mut adam, &train, None)?;
/// assert_eq!(history.best_epoch().map(|epoch| epoch.train.accuracy), Some(1.0));
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub struct Trainer<'a> {
    config: TrainConfig,
    augmentation: Option<Augmentation>,
    callbacks: Vec<Box<dyn Callback + 'a>>,
    vars: Option<VarMap>,
    groups: Option<Vec<usize>>,
}

/// The model and the data of a run.
struct Job<'a, M: ?Sized> {
    model: &'a M,
    train: &'a dyn Examples,
    valid: Option<&'a dyn Examples>,
}

/// Saves what a run has come to after an epoch.
type Save<'s, O> = dyn FnMut(&O, Option<&Averaging>, &[Epoch]) -> Result<()> + 's;

/// The parts that all epochs of a run share.
struct Plan {
    /// The weight of every class; none where all examples count alike.
    weights: Option<Vec<f64>>,
    augmentation: Option<Augmentation>,
    sampler: Sampler,
    /// Steps per epoch.
    steps: usize,
}

impl Plan {
    fn pass<'p>(
        &'p self,
        config: &'p TrainConfig,
        train: &'p dyn Examples,
        schedule: Option<&'p WarmupCosine>,
        epoch: usize,
    ) -> Pass<'p> {
        let (weights, augmentation) = (self.weights.as_deref(), self.augmentation.as_ref());
        Pass { config, train, weights, augmentation, sampler: &self.sampler, schedule, epoch }
    }
}

impl fmt::Debug for Trainer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("config", &self.config)
            .field("augmentation", &self.augmentation)
            .field("callbacks", &self.callbacks.len())
            .finish()
    }
}

impl<'a> Trainer<'a> {
    /// Creates a trainer without callbacks.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{TrainConfig, Trainer};
    ///
    /// let trainer = Trainer::new(TrainConfig { epochs: 5, plateau: None, ..Default::default() });
    /// assert!(format!("{trainer:?}").contains("epochs: 5"));
    /// ```
    #[must_use]
    pub fn new(config: TrainConfig) -> Self {
        Self { config, augmentation: None, callbacks: Vec::new(), vars: None, groups: None }
    }

    /// Adds a callback, which may be a closure that takes an [`Epoch`].
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{Epoch, TrainConfig, Trainer};
    /// use std::ops::ControlFlow;
    ///
    /// let show = |epoch: &Epoch| {
    ///     println!("epoch {}: loss {:.3}", epoch.index + 1, epoch.train.loss);
    ///     Ok(ControlFlow::Continue(()))
    /// };
    /// let trainer = Trainer::new(TrainConfig::default()).with(show);
    /// # drop(trainer);
    /// ```
    #[must_use]
    pub fn with(mut self, callback: impl Callback + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Changes the training examples in every epoch anew, from the seed of the run; validation examples stay as
    /// they are.
    ///
    /// Training loss and accuracy of an epoch are then those of the changed examples; where labels are mixed,
    /// a prediction counts as right when it is the label with the larger share. A run resumes only with the
    /// same augmentation.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{AugmentConfig, Augmentation, FrequencyAxis, GainConfig, TrainConfig, Trainer};
    ///
    /// let config = AugmentConfig { gain: GainConfig { db: 6.0 }, ..Default::default() };
    /// let augmentation = Augmentation::new(config, FrequencyAxis::new(vec![440.0, 880.0])?)?;
    /// let trainer = Trainer::new(TrainConfig::default()).with_augmentation(augmentation);
    /// # drop(trainer);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn with_augmentation(mut self, augmentation: Augmentation) -> Self {
        self.augmentation = Some(augmentation).filter(|augmentation| !augmentation.config().is_off());
        self
    }

    /// Names the variables of the model, which [averaged weights](TrainConfig::average) need.
    /// [`Trainer::fit_resumable`] takes those of its file.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc_train::candle::{DType, Device, Tensor};
    /// use mgc_train::{AdamW, AdamWConfig, AverageConfig, Selection, TensorExamples, TrainConfig, Trainer};
    /// use mgc_train::{WarmupCosineConfig, seeded, trainable};
    ///
    /// let inputs = Tensor::new(&[[1f32, 0.], [0., 1.], [1., 0.1], [0.1, 1.]], &Device::Cpu)?;
    /// let train = TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 0, 1], &Device::Cpu)?)?;
    /// let vars = VarMap::new();
    /// let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    /// let mut adamw = AdamW::from_named_vars(trainable(&vars)?, AdamWConfig { lr: 0.1, ..Default::default() })?;
    /// let config = TrainConfig {
    ///     epochs: 20,
    ///     plateau: None,
    ///     early_stopping: None,
    ///     schedule: Some(WarmupCosineConfig::default()),
    ///     average: Some(AverageConfig::default()),
    ///     selection: Selection::Last,
    ///     ..Default::default()
    /// };
    /// let history = Trainer::new(config).with_vars(&vars).fit(&model, &mut adamw, &train, None)?;
    /// assert_eq!(history.best, Some(19)); // the model now has the average of its weights
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn with_vars(mut self, vars: &VarMap) -> Self {
        self.vars = Some(vars.clone());
        self
    }

    /// Names the group of every training example, by any numbers, for [sampling by
    /// groups](crate::SamplerConfig::group_power).
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::{SamplerConfig, TrainConfig, Trainer};
    ///
    /// let sampling = SamplerConfig { group_power: Some(0.5), ..Default::default() };
    /// let artists = vec![0, 0, 0, 1]; // of four tracks
    /// let trainer = Trainer::new(TrainConfig { sampling, ..Default::default() }).with_groups(artists);
    /// # drop(trainer);
    /// ```
    #[must_use]
    pub fn with_groups(mut self, groups: Vec<usize>) -> Self {
        self.groups = Some(groups);
        self
    }

    /// Trains the model whose variables the optimiser holds.
    ///
    /// The model maps inputs as [`Examples::batch`] returns them to logits (n, classes). The run starts at
    /// the optimiser's learning rate and leaves the optimiser at that of the next epoch; a schedule leaves it at
    /// its peak, the rate that it found. The model is left with the weights of the last epoch, averaged if they
    /// are averaged at all.
    ///
    /// # Errors
    ///
    /// [`Error::NoExamples`] when either set is empty, [`Error::Config`] for a setting outside its range,
    /// [`Error::Label`] for a label that is not below the number of logits, [`Error::Input`] or
    /// [`Error::Diverged`] when the loss is no longer finite, and any error of the model, the examples or a callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc_train::candle::{DType, Device, Tensor};
    /// use mgc_train::{Adam, AdamConfig, TensorExamples, TrainConfig, Trainer, seeded, trainable};
    ///
    /// let inputs = Tensor::new(&[[1f32, 0.0], [0.0, 1.0]], &Device::Cpu)?;
    /// let examples = TensorExamples::new(inputs, Tensor::new(&[0u32, 1], &Device::Cpu)?)?;
    /// let vars = VarMap::new();
    /// let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    /// let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    ///
    /// let config = TrainConfig { epochs: 2, ..Default::default() };
    /// let history = Trainer::new(config).fit(&model, &mut adam, &examples, Some(&examples))?;
    /// assert_eq!(history.epochs.len(), 2);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn fit(
        &mut self,
        model: &(impl ModuleT + ?Sized),
        optimizer: &mut impl Optimizer,
        train: &dyn Examples,
        valid: Option<&dyn Examples>,
    ) -> Result<History> {
        let averaging = averaging(&self.config, self.vars.as_ref())?;
        let job = Job { model, train, valid };
        self.run(&job, optimizer, averaging, Vec::new(), &mut |_, _, _| Ok(()))
    }

    /// Trains as [`Trainer::fit`] does, saves the state of the run to `file` after every epoch, and resumes
    /// the run when the file exists.
    ///
    /// A run that was killed and resumed ends with the same weights, log and checkpoint, byte for byte, as
    /// one that was not. Pass the same model, data and settings; only `epochs` may differ, and under a schedule
    /// not even that, since every rate depends on it. A run that early
    /// stopping ended is not trained further, while one that a callback ended is.
    ///
    /// State that a model keeps outside its variables, such as the generator of a dropout layer, is not in
    /// the file. Such a model can be resumed with a [`Callback`] that sets this state from the number of the
    /// epoch, in `on_start` and in `on_epoch`.
    ///
    /// # Errors
    ///
    /// As [`Trainer::fit`]; [`Error::State`] when the file is damaged, [`Error::OtherRun`] when it is that of
    /// a run with other settings, other numbers of examples or another identity.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_nn::VarMap;
    /// use mgc_train::candle::{DType, Device, Tensor};
    /// use mgc_train::{Adam, AdamConfig, History, ResumeFile, TensorExamples, TrainConfig, Trainer};
    /// use mgc_train::{Result, seeded, trainable};
    ///
    /// # let folder = tempfile::tempdir().map_err(|error| mgc_train::Error::Callback(error.into()))?;
    /// let path = folder.path().join("state.safetensors");
    /// let run = |epochs| -> Result<History> {
    ///     let inputs = Tensor::new(&[[1f32, 0.0], [0.0, 1.0]], &Device::Cpu)?;
    ///     let train = TensorExamples::new(inputs, Tensor::new(&[0u32, 1], &Device::Cpu)?)?;
    ///     let vars = VarMap::new();
    ///     let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    ///     let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    ///     let file = ResumeFile::new(&path, &vars).with_identity("data", "two corners");
    ///     let mut trainer = Trainer::new(TrainConfig { epochs, ..Default::default() });
    ///     trainer.fit_resumable(&model, &mut adam, &train, None, &file)
    /// };
    /// let first = run(3)?;
    /// let resumed = run(5)?; // as another process would, later
    /// assert_eq!(resumed.epochs[..3], first.epochs);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn fit_resumable(
        &mut self,
        model: &(impl ModuleT + ?Sized),
        optimizer: &mut impl ResumableOptimizer,
        train: &dyn Examples,
        valid: Option<&dyn Examples>,
        file: &ResumeFile,
    ) -> Result<History> {
        let unwritable =
            |error: serde_json::Error| Error::State { path: file.path().into(), reason: error.to_string() };
        let (augmentation, groups) = (self.augmentation.as_ref(), self.groups.as_deref());
        let settings = settings(&self.config, augmentation, optimizer, (train, valid), groups);
        let settings = settings.map_err(unwritable)?;
        let mut averaging = averaging(&self.config, Some(file.vars()))?;
        let done = file.load(&settings, |tensors| {
            optimizer.load_state(tensors)?;
            averaging.as_mut().map_or(Ok(()), |averaging| averaging.load_state(tensors))
        })?;
        let job = Job { model, train, valid };
        self.run(&job, optimizer, averaging, done, &mut |optimizer, averaging, epochs| {
            let mut tensors = optimizer.state()?;
            tensors.extend(averaging.map_or_else(|| Ok(Default::default()), Averaging::state)?);
            file.save(&settings, tensors, epochs)
        })
    }

    fn run<O: Optimizer>(
        &mut self,
        job: &Job<'_, impl ModuleT + ?Sized>,
        optimizer: &mut O,
        mut averaging: Option<Averaging>,
        done: Vec<Epoch>,
        save: &mut Save<'_, O>,
    ) -> Result<History> {
        let config = self.config;
        let plan = self.plan(job)?;
        let mut run = Run::new(&config)?;
        done.into_iter().for_each(|epoch| {
            run.push(epoch);
        });
        self.each(|callback| callback.on_start(&run.history.epochs))?;
        let mut clock = Clock::start();
        while !run.stopped && run.history.epochs.len() < config.epochs {
            let index = run.history.epochs.len();
            let (started, rate) = (Instant::now(), optimizer.learning_rate());
            let schedule = schedule(&config, rate, plan.steps)?;
            let lr = schedule.map_or(rate, |schedule| schedule.lr(index * plan.steps));
            let pass = plan.pass(&config, job.train, schedule.as_ref(), index);
            let train = train_epoch(&pass, job.model, optimizer, &mut clock, &mut |step| {
                averaging.as_mut().map_or(Ok(()), Averaging::update)?;
                self.each(|callback| callback.on_step(step))
            });
            optimizer.set_learning_rate(rate);
            let train = train?;
            if let Some(averaging) = &mut averaging {
                averaging.enter()?;
                if job.valid.is_some() || config.selection.is_best() || index + 1 == config.epochs {
                    averaging.estimate(job.model, job.train, &config)?;
                }
            }
            let valid = job.valid.map(|valid| validate(job.model, valid, config.batch_size)).transpose()?;
            let elapsed = started.elapsed();
            let next = run.push(Epoch { elapsed, ..Epoch::new(index, lr, train, valid) });
            if schedule.is_none() {
                optimizer.set_learning_rate(next);
            }
            run.stopped |= self.end_epoch(&run.history.epochs[index])?;
            averaging.as_mut().map_or(Ok(()), Averaging::leave)?;
            save(optimizer, averaging.as_ref(), &run.history.epochs)?;
        }
        if let Some(averaging) = &mut averaging {
            averaging.enter()?;
            averaging.estimate(job.model, job.train, &config)?;
        }
        Ok(run.history)
    }

    /// Checks settings and data, and returns what all epochs share.
    fn plan(&self, job: &Job<'_, impl ModuleT + ?Sized>) -> Result<Plan> {
        let (config, train) = (&self.config, job.train);
        config.check()?;
        if train.is_empty() {
            return Err(Error::NoExamples("training"));
        }
        if job.valid.is_some_and(Examples::is_empty) {
            return Err(Error::NoExamples("validation"));
        }
        Ok(Plan {
            weights: class_weights(config.class_weights, train)?,
            augmentation: self.augmentation.clone(),
            sampler: Sampler::new(config.sampling, train.len(), self.groups.as_deref())?,
            steps: config.sampling.draws(train.len()).div_ceil(config.batch_size),
        })
    }

    /// Calls the callbacks and returns whether one of them asked to stop.
    fn end_epoch(&mut self, epoch: &Epoch) -> Result<bool> {
        let mut stop = false;
        self.each(|callback| {
            stop |= matches!(callback.on_epoch(epoch)?, ControlFlow::Break(()));
            Ok(())
        })?;
        Ok(stop)
    }

    fn each(&mut self, mut call: impl FnMut(&mut dyn Callback) -> Result<()>) -> Result<()> {
        self.callbacks.iter_mut().try_for_each(|callback| call(callback.as_mut()))
    }
}

/// Returns the weight of every class; none where all examples count alike.
fn class_weights(choice: ClassWeights, train: &dyn Examples) -> Result<Option<Vec<f64>>> {
    match choice {
        ClassWeights::None => Ok(None),
        choice => Ok(choice.weights(&train.label_counts()?)),
    }
}

/// Returns the learning rate of every step of the run, if there is a schedule.
fn schedule(config: &TrainConfig, peak: f64, steps: usize) -> Result<Option<WarmupCosine>> {
    let all = config.epochs.saturating_mul(steps);
    config.schedule.map(|schedule| WarmupCosine::new(schedule, peak, all)).transpose()
}
