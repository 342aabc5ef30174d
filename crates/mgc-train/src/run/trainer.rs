//! The training loop.

use crate::augment::Augmentation;
use crate::data::examples::Examples;
use crate::error::{Error, Result};
use crate::metrics::class_weights::ClassWeights;
use crate::metrics::evaluate::check_batch_size;
use crate::metrics::recordings::validate;
use crate::optim::adam::Adam;
use crate::run::callback::Callback;
use crate::run::config::TrainConfig;
use crate::run::history::{Epoch, History};
use crate::run::identity::settings;
use crate::run::resume::ResumeFile;
use crate::run::state::Run;
use crate::run::train_epoch::{Clock, Pass, train_epoch};
use candle_nn::{ModuleT, Optimizer};
use std::fmt;
use std::ops::ControlFlow;
use std::time::Instant;

/// The training loop.
///
/// Every epoch visits the training examples once, in a seeded order, and then validates, on whole recordings
/// where the validation examples are [chunks of them](Examples::recordings). At its end, as in
/// Keras, the plateau rule takes the training loss first; then the callbacks run in the order in which they
/// were added. A stop takes effect after all of them.
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
        Self { config, augmentation: None, callbacks: Vec::new() }
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

    /// Trains the model whose variables the optimiser holds.
    ///
    /// The model maps inputs as [`Examples::batch`] returns them to logits (n, classes). The run starts at
    /// the optimiser's learning rate and leaves the optimiser at that of the next epoch.
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
        self.run(model, optimizer, train, valid, Vec::new(), &mut |_, _| Ok(()))
    }

    /// Trains as [`Trainer::fit`] does, saves the state of the run to `file` after every epoch, and resumes
    /// the run when the file exists.
    ///
    /// A run that was killed and resumed ends with the same weights, log and checkpoint, byte for byte, as
    /// one that was not. Pass the same model, data and settings; only `epochs` may differ. A run that early
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
        adam: &mut Adam,
        train: &dyn Examples,
        valid: Option<&dyn Examples>,
        file: &ResumeFile,
    ) -> Result<History> {
        let unwritable =
            |error: serde_json::Error| Error::State { path: file.path().into(), reason: error.to_string() };
        let augmentation = self.augmentation.as_ref();
        let settings = settings(&self.config, augmentation, adam, train, valid).map_err(unwritable)?;
        let done = file.load(&settings, adam)?;
        self.run(model, adam, train, valid, done, &mut |adam, epochs| file.save(&settings, adam, epochs))
    }

    fn run<O: Optimizer>(
        &mut self,
        model: &(impl ModuleT + ?Sized),
        optimizer: &mut O,
        train: &dyn Examples,
        valid: Option<&dyn Examples>,
        done: Vec<Epoch>,
        save: &mut dyn FnMut(&O, &[Epoch]) -> Result<()>,
    ) -> Result<History> {
        let config = self.config;
        check_batch_size(config.batch_size)?;
        check_label_smoothing(config.label_smoothing)?;
        if train.is_empty() {
            return Err(Error::NoExamples("training"));
        }
        if valid.is_some_and(Examples::is_empty) {
            return Err(Error::NoExamples("validation"));
        }
        let mut run = Run::new(&config)?;
        let weights = class_weights(config.class_weights, train)?;
        done.into_iter().for_each(|epoch| {
            run.push(epoch);
        });
        self.each(|callback| callback.on_start(&run.history.epochs))?;
        let augmentation = self.augmentation.clone();
        let mut clock = Clock::start();
        while !run.stopped && run.history.epochs.len() < config.epochs {
            let index = run.history.epochs.len();
            let (started, lr) = (Instant::now(), optimizer.learning_rate());
            let (weights, augmentation) = (weights.as_deref(), augmentation.as_ref());
            let pass = Pass { config: &config, train, weights, augmentation, epoch: index };
            let train = train_epoch(&pass, model, optimizer, &mut clock, &mut |step| {
                self.each(|callback| callback.on_step(step))
            })?;
            let valid = valid.map(|valid| validate(model, valid, config.batch_size)).transpose()?;
            let elapsed = started.elapsed();
            let epoch = Epoch { elapsed, ..Epoch::new(index, lr, train, valid) };
            optimizer.set_learning_rate(run.push(epoch));
            run.stopped |= self.end_epoch(&run.history.epochs[index])?;
            save(optimizer, &run.history.epochs)?;
        }
        Ok(run.history)
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

fn check_label_smoothing(value: f64) -> Result<()> {
    match (0.0..1.0).contains(&value) {
        true => Ok(()),
        false => Err(Error::Config {
            name: "label_smoothing",
            value: value.to_string(),
            expected: "a number in [0, 1)",
        }),
    }
}
