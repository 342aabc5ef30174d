//! Augmentation in the training loop.

use crate::support::{BANDS, FRAMES, all, augmentation, axis, each, music};
use candle_nn::{Linear, Module, ModuleT, Optimizer, VarMap};
use mgc_train::candle::{DType, Device, Result, Tensor};
use mgc_train::{
    Adam, AdamConfig, AugmentConfig, Augmentation, Draw, Error, Examples, GainConfig, History, MixupConfig,
    ResumeFile, SpectrogramExamples, TrainConfig, Trainer, epoch_order, evaluate, seeded, trainable,
};
use std::cell::RefCell;
use std::path::Path;

/// A linear model on the mean over time, which takes any number of frames and notes what it is shown.
struct Model {
    linear: Linear,
    seen: RefCell<Vec<(bool, Tensor)>>,
}

impl ModuleT for Model {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.seen.borrow_mut().push((train, xs.clone()));
        self.linear.forward(&(xs.mean(2)?.squeeze(1)? / 80.0)?)
    }
}

struct Fixture {
    vars: VarMap,
    model: Model,
    adam: Adam,
    train: SpectrogramExamples,
    valid: SpectrogramExamples,
}

impl Fixture {
    fn new() -> Self {
        let vars = VarMap::new();
        let vb = seeded(&vars, 1, DType::F32, &Device::Cpu);
        let linear = candle_nn::linear(BANDS, 3, vb).unwrap();
        let adam = Adam::from_named_vars(trainable(&vars).unwrap(), AdamConfig::default()).unwrap();
        let model = Model { linear, seen: RefCell::default() };
        Self { vars, model, adam, train: examples(0..17), valid: examples(50..55) }
    }

    fn fit(&mut self, epochs: usize, augmentation: Option<Augmentation>) -> History {
        let trainer = Trainer::new(config(epochs));
        let mut trainer = match augmentation {
            Some(augmentation) => trainer.with_augmentation(augmentation),
            None => trainer,
        };
        trainer.fit(&self.model, &mut self.adam, &self.train, Some(&self.valid)).unwrap()
    }

    fn bytes(&self) -> Vec<Vec<f32>> {
        let vars = trainable(&self.vars).unwrap();
        vars.iter().map(|(_, var)| var.flatten_all().unwrap().to_vec1().unwrap()).collect()
    }
}

fn examples(indices: std::ops::Range<usize>) -> SpectrogramExamples {
    let mut examples = SpectrogramExamples::new(FRAMES, BANDS, &Device::Cpu);
    indices.for_each(|index| examples.push(music(index), index as u32 % 3).unwrap());
    examples
}

fn config(epochs: usize) -> TrainConfig {
    TrainConfig { epochs, seed: 5, label_smoothing: 0.1, early_stopping: None, ..Default::default() }
}

#[test]
fn an_epoch_equals_the_same_steps_taken_by_hand() {
    let (mut fixture, mut hand) = (Fixture::new(), Fixture::new());
    let augmentation = augmentation(all());
    let history = fixture.fit(1, Some(augmentation.clone()));
    let (mut loss_sum, mut right) = (0.0, 0);
    for batch in epoch_order(5, 0, 17).chunks(8) {
        let (inputs, labels) = hand.train.batch(batch).unwrap();
        let draw = |&example: &usize| Draw { seed: 5, epoch: 0, example, visit: 0 };
        let draws: Vec<Draw> = batch.iter().map(draw).collect();
        let (inputs, targets) = augmentation.batch(&draws, &inputs, &labels).unwrap();
        let logits = hand.model.forward_t(&inputs, true).unwrap();
        let loss = targets.loss(&logits, 0.1, None).unwrap();
        loss_sum += f64::from(loss.to_scalar::<f32>().unwrap()) * batch.len() as f64;
        let guesses: Vec<u32> = logits.argmax(1).unwrap().to_vec1().unwrap();
        right += guesses.iter().zip(targets.likeliest().unwrap()).filter(|(a, b)| *a == b).count();
        hand.adam.backward_step(&loss).unwrap();
    }
    assert_eq!(fixture.bytes(), hand.bytes());
    let score = history.epochs[0].train;
    assert!((score.loss - loss_sum / 17.0).abs() < 1e-12); // summed in the same order
    assert_eq!(score.accuracy, right as f64 / 17.0);
}

#[test]
fn training_examples_are_cropped_and_validation_examples_are_whole_and_untouched() {
    let mut fixture = Fixture::new();
    let history = fixture.fit(1, Some(augmentation(all())));
    let seen = fixture.model.seen.take();
    for (train, inputs) in &seen {
        assert_eq!(inputs.dims()[1..], [1, if *train { 12 } else { FRAMES }, BANDS]);
    }
    let shown: Vec<_> = seen.iter().filter(|(train, _)| !train).collect();
    let (inputs, _) = fixture.valid.batch(&[0, 1, 2, 3, 4]).unwrap();
    let values = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(values(&shown[0].1), values(&inputs));
    let valid = evaluate(&fixture.model, &fixture.valid, 8).unwrap();
    assert_eq!(history.epochs[0].valid, Some(valid.metrics()));
}

#[test]
fn an_augmentation_that_is_off_changes_no_byte() {
    let (mut plain, mut off) = (Fixture::new(), Fixture::new());
    let expected = plain.fit(3, None);
    let history = off.fit(3, Some(augmentation(AugmentConfig::default())));
    assert_eq!(off.bytes(), plain.bytes());
    let losses = |history: &History| history.epochs.iter().map(|epoch| epoch.train.loss).collect::<Vec<_>>();
    assert_eq!(losses(&history), losses(&expected));
}

#[test]
fn every_epoch_draws_anew_and_every_seed_differs() {
    let mut fixture = Fixture::new();
    fixture.fit(2, Some(augmentation(each().remove(0).1)));
    let seen = fixture.model.seen.take();
    let pieces = |epoch: usize| {
        let batches = seen.iter().filter(|(train, _)| *train).skip(3 * epoch).take(3);
        let mut rows: Vec<Vec<f32>> =
            batches.flat_map(|(_, xs)| xs.flatten_from(1).unwrap().to_vec2::<f32>().unwrap()).collect();
        rows.sort_by(|a, b| a[0].total_cmp(&b[0]));
        rows
    };
    assert_ne!(pieces(0), pieces(1));
}

fn resumable(
    folder: &Path,
    epochs: usize,
    augmentation: Option<Augmentation>,
) -> std::result::Result<Vec<Vec<f32>>, Error> {
    let mut fixture = Fixture::new();
    let mut trainer = Trainer::new(config(epochs));
    if let Some(augmentation) = augmentation {
        trainer = trainer.with_augmentation(augmentation);
    }
    let file = ResumeFile::new(folder.join("state.safetensors"), &fixture.vars);
    trainer.fit_resumable(&fixture.model, &mut fixture.adam, &fixture.train, None, &file)?;
    Ok(fixture.bytes())
}

#[test]
fn a_resumed_run_ends_with_the_bytes_of_an_unbroken_one() {
    let [broken, whole] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let on = || Some(augmentation(all()));
    resumable(broken.path(), 2, on()).unwrap();
    let resumed = resumable(broken.path(), 5, on()).unwrap();
    assert_eq!(resumed, resumable(whole.path(), 5, on()).unwrap());
}

/// Returns the names of the settings that keep a run from being resumed.
fn differences(first: Option<Augmentation>, second: Option<Augmentation>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    resumable(folder.path(), 1, first).unwrap();
    match resumable(folder.path(), 2, second) {
        Err(Error::OtherRun { differences, .. }) => differences.into_iter().map(|it| it.name).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn a_run_resumes_only_with_its_own_augmentation() {
    let gain = |db| AugmentConfig { gain: GainConfig { db }, ..Default::default() };
    let found = differences(Some(augmentation(gain(3.0))), Some(augmentation(gain(4.0))));
    assert_eq!(found, ["augmentation.gain.db"]);
    let found = differences(None, Some(augmentation(gain(4.0))));
    assert!(found.contains(&"augmentation.gain.db".to_owned()), "{found:?}");
    let other = axis().centres().iter().map(|centre| centre * 1.5).collect();
    let other = Augmentation::new(gain(3.0), mgc_train::FrequencyAxis::new(other).unwrap()).unwrap();
    let found = differences(Some(augmentation(gain(3.0))), Some(other));
    assert_eq!((found.len(), found[0].as_str()), (BANDS, "augmentation.band_centres[0]"));
}

#[test]
fn a_run_of_before_there_were_augmentations_resumes_with_one_that_is_off() {
    assert_eq!(differences(None, Some(augmentation(AugmentConfig::default()))), [""; 0]);
}

#[test]
fn an_example_that_holds_no_number_is_named_even_if_it_was_mixed() {
    let mut fixture = Fixture::new();
    let mut train = SpectrogramExamples::new(FRAMES, BANDS, &Device::Cpu);
    for index in 0..8 {
        let mut values = music(index);
        if index == 5 {
            values[3] = f32::NAN;
        }
        train.push(values, 0).unwrap();
    }
    let config = AugmentConfig { mixup: MixupConfig { alpha: 1.0 }, ..Default::default() };
    let mut trainer = Trainer::new(TrainConfig::default()).with_augmentation(augmentation(config));
    let error = trainer.fit(&fixture.model, &mut fixture.adam, &train, None).unwrap_err();
    assert!(matches!(error, Error::Input { example: 5, .. }), "{error}");
}
