//! The training loop on a linear model.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{Init, Linear, Module, ModuleT, Optimizer, VarMap};
use mgc_train::candle::{DType, Device, Result, Tensor};
use mgc_train::{
    Adam, AdamConfig, BestCheckpoint, Callback, ClassWeights, Epoch, Error, Examples, History, Metrics,
    PlateauConfig, SpectrogramExamples, Step, Subset, TensorExamples, TrainConfig, Trainer, cross_entropy,
    epoch_order, evaluate, seeded, trainable,
};
use std::cell::RefCell;
use std::ops::ControlFlow;

type Outcome = std::result::Result<(), Error>;

/// Three classes around three corners of a triangle, `count` examples in turn.
fn examples(count: usize, seed: u64) -> Result<TensorExamples> {
    let vb = seeded(&VarMap::new(), seed, DType::F32, &Device::Cpu);
    let noise = vb.get_with_hints((count, 2), "noise", Init::Randn { mean: 0.0, stdev: 0.4 })?;
    let corners = Tensor::new(&[[1f32, 0.0], [-0.5, 0.9], [-0.5, -0.9]], &Device::Cpu)?;
    let labels: Vec<u32> = (0..count as u32).map(|i| i % 3).collect();
    let labels = Tensor::from_vec(labels, count, &Device::Cpu)?;
    TensorExamples::new((corners.index_select(&labels, 0)? + noise)?, labels)
}

struct Fixture {
    vars: VarMap,
    model: Linear,
    adam: Adam,
    train: TensorExamples,
    valid: TensorExamples,
}

impl Fixture {
    fn new() -> Result<Self> {
        let vars = VarMap::new();
        let model = candle_nn::linear(2, 3, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
        Ok(Self { vars, model, adam, train: examples(60, 1)?, valid: examples(30, 2)? })
    }

    fn fit(&mut self, mut trainer: Trainer) -> std::result::Result<History, Error> {
        trainer.fit(&self.model, &mut self.adam, &self.train, Some(&self.valid))
    }

    fn bytes(&self) -> Result<Vec<Vec<f32>>> {
        let vars = trainable(&self.vars)?;
        vars.iter().map(|(_, var)| var.flatten_all()?.to_vec1()).collect()
    }
}

fn epochs(epochs: usize) -> TrainConfig {
    TrainConfig { epochs, ..Default::default() }
}

#[test]
fn a_linear_model_learns_three_corners() -> Outcome {
    let mut fixture = Fixture::new()?;
    let history = fixture.fit(Trainer::new(epochs(30)))?;
    let last = history.epochs.last().unwrap();
    assert!(last.train.loss < 0.7 * history.epochs[0].train.loss, "{history:?}");
    assert!(last.valid.unwrap().accuracy >= 0.9, "{history:?}");
    Ok(())
}

#[test]
fn the_default_is_the_papers() {
    let TrainConfig { epochs, batch_size, plateau, early_stopping, .. } = TrainConfig::default();
    assert_eq!((epochs, batch_size), (100, 8));
    let (plateau, stopping) = (plateau.unwrap(), early_stopping.unwrap());
    assert_eq!((plateau.factor, plateau.patience, plateau.min_delta), (0.5, 3, 1e-4));
    assert_eq!((stopping.patience, stopping.min_delta), (10, 0.01));
}

#[test]
fn the_same_seeds_give_the_same_bytes() -> Outcome {
    let run = |seed| {
        let mut fixture = Fixture::new()?;
        fixture.fit(Trainer::new(TrainConfig { seed, ..epochs(5) }))?;
        Ok::<_, Error>(fixture.bytes()?)
    };
    assert_eq!(run(1)?, run(1)?);
    assert_ne!(run(1)?, run(2)?);
    Ok(())
}

#[test]
fn an_epoch_equals_the_same_steps_taken_by_hand() -> Outcome {
    /// The loop sums in the same order.
    const TOLERANCE: f64 = 1e-12;
    let (mut fixture, mut hand) = (Fixture::new()?, Fixture::new()?);
    let history = fixture.fit(Trainer::new(epochs(1)))?;
    let (mut loss_sum, mut right) = (0.0, 0.0);
    for batch in epoch_order(1, 0, 60).chunks(8) {
        let (inputs, labels) = hand.train.batch(batch)?;
        let logits = hand.model.forward(&inputs)?;
        let loss = cross_entropy(&logits, &labels)?;
        loss_sum += f64::from(loss.to_scalar::<f32>()?) * batch.len() as f64;
        right +=
            f64::from(logits.argmax(1)?.eq(&labels)?.to_dtype(DType::F32)?.sum_all()?.to_scalar::<f32>()?);
        hand.adam.backward_step(&loss)?;
    }
    assert_eq!(fixture.bytes()?, hand.bytes()?);
    let score = history.epochs[0].train;
    assert!((score.loss - loss_sum / 60.0).abs() < TOLERANCE);
    assert_eq!(score.accuracy, right / 60.0);
    let valid = evaluate(&hand.model, &hand.valid, 8)?;
    assert_eq!(history.epochs[0].valid, Some(valid.metrics()));
    Ok(())
}

/// Notes every call.
#[derive(Default)]
struct Calls<'a> {
    steps: Vec<Step>,
    log: Option<&'a RefCell<Vec<String>>>,
}

impl Callback for Calls<'_> {
    fn on_start(&mut self, done: &[Epoch]) -> std::result::Result<(), Error> {
        self.log.unwrap().borrow_mut().push(format!("start {}", done.len()));
        Ok(())
    }

    fn on_step(&mut self, step: &Step) -> std::result::Result<(), Error> {
        self.steps.push(*step);
        self.log.unwrap().borrow_mut().push(format!("step {} {}", step.epoch, step.batch));
        Ok(())
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> std::result::Result<ControlFlow<()>, Error> {
        self.log.unwrap().borrow_mut().push(format!("epoch {}", epoch.index));
        Ok(ControlFlow::Continue(()))
    }
}

#[test]
fn callbacks_hear_of_the_start_every_step_and_every_epoch_in_order() -> Outcome {
    let log = RefCell::new(Vec::new());
    let mut fixture = Fixture::new()?;
    let config = TrainConfig { batch_size: 25, ..epochs(2) };
    let second = |epoch: &Epoch| {
        log.borrow_mut().push(format!("second {}", epoch.index));
        Ok(ControlFlow::Continue(()))
    };
    fixture.fit(Trainer::new(config).with(Calls { log: Some(&log), ..Default::default() }).with(second))?;
    let one = |epoch: usize| {
        let steps = (0..3).map(move |batch| format!("step {epoch} {batch}"));
        steps.chain([format!("epoch {epoch}"), format!("second {epoch}")])
    };
    let expected: Vec<String> = ["start 0".to_string()].into_iter().chain(one(0)).chain(one(1)).collect();
    assert_eq!(*log.borrow(), expected);
    Ok(())
}

/// Asserts what a progress bar relies on.
struct Progress {
    done: usize,
}

impl Callback for Progress {
    fn on_step(&mut self, step: &Step) -> std::result::Result<(), Error> {
        self.done += 1;
        assert_eq!((step.done, step.batches, step.epochs), (self.done, 8, 2));
        let left = 16 - self.done;
        let expected = step.elapsed.as_secs_f64() / self.done as f64 * left as f64;
        assert!((step.remaining().as_secs_f64() - expected).abs() < 1e-6);
        Ok(())
    }
}

#[test]
fn a_step_tells_how_long_the_rest_will_take() -> Outcome {
    Fixture::new()?.fit(Trainer::new(epochs(2)).with(Progress { done: 0 }))?;
    Ok(())
}

#[test]
fn a_callback_ends_the_run_after_all_callbacks_of_the_epoch() -> Outcome {
    let seen = RefCell::new(0);
    let stop =
        |epoch: &Epoch| Ok(if epoch.index == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) });
    let count = |_: &Epoch| {
        *seen.borrow_mut() += 1;
        Ok(ControlFlow::Continue(()))
    };
    let history = Fixture::new()?.fit(Trainer::new(epochs(10)).with(stop).with(count))?;
    assert_eq!((history.epochs.len(), *seen.borrow()), (3, 3));
    Ok(())
}

#[test]
fn an_error_of_a_callback_ends_the_run() -> Outcome {
    let fail = |_: &Epoch| Err::<ControlFlow<()>, _>(Error::Callback("disk full".into()));
    let error = Fixture::new()?.fit(Trainer::new(epochs(3)).with(fail)).unwrap_err();
    assert_eq!(error.to_string(), "disk full");
    Ok(())
}

/// Logits that do not depend on the input, and so a loss that stays at ln 3.
struct Constant;

impl ModuleT for Constant {
    fn forward_t(&self, xs: &Tensor, _: bool) -> Result<Tensor> {
        Tensor::zeros((xs.dim(0)?, 3), DType::F32, xs.device())
    }
}

#[test]
fn a_loss_that_does_not_fall_cuts_the_rate_and_ends_the_run() -> Outcome {
    let mut fixture = Fixture::new()?;
    let history = Trainer::new(epochs(100)).fit(&Constant, &mut fixture.adam, &fixture.train, None)?;
    let rates: Vec<f64> = history.epochs.iter().map(|epoch| epoch.lr).collect();
    let expected = [0.01, 0.01, 0.01, 0.01, 0.005, 0.005, 0.005, 0.0025, 0.0025, 0.0025, 0.00125];
    assert_eq!(rates, expected, "the rate logged is the one used");
    assert_eq!(fixture.adam.learning_rate(), 0.00125);
    Ok(())
}

#[test]
fn without_rules_a_run_has_all_its_epochs() -> Outcome {
    let mut fixture = Fixture::new()?;
    let config = TrainConfig { plateau: None, early_stopping: None, ..epochs(20) };
    let history = Trainer::new(config).fit(&Constant, &mut fixture.adam, &fixture.train, None)?;
    assert_eq!(history.epochs.len(), 20);
    assert_eq!(fixture.adam.learning_rate(), 0.01);
    Ok(())
}

#[test]
fn the_best_epoch_is_the_first_with_the_highest_validation_accuracy() -> Outcome {
    let history = Fixture::new()?.fit(Trainer::new(epochs(15)))?;
    let accuracies: Vec<f64> = history.epochs.iter().map(|epoch| epoch.valid.unwrap().accuracy).collect();
    let highest = accuracies.iter().copied().fold(0.0, f64::max);
    assert_eq!(history.best, accuracies.iter().position(|&accuracy| accuracy == highest));
    let mut best = f64::NEG_INFINITY;
    for (epoch, accuracy) in history.epochs.iter().zip(accuracies) {
        assert_eq!(epoch.best, accuracy > best);
        best = best.max(accuracy);
    }
    Ok(())
}

#[test]
fn without_validation_the_best_epoch_has_the_lowest_training_loss() -> Outcome {
    let mut fixture = Fixture::new()?;
    let history = Trainer::new(epochs(10)).fit(&fixture.model, &mut fixture.adam, &fixture.train, None)?;
    let losses: Vec<f64> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
    let lowest = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(history.best, losses.iter().position(|&loss| loss == lowest));
    Ok(())
}

#[test]
fn a_loss_that_is_no_number_ends_the_run_and_says_what_to_try() -> Outcome {
    let mut fixture = Fixture::new()?;
    let inputs = Tensor::full(f32::NAN, (9, 2), &Device::Cpu)?;
    let broken = TensorExamples::new(inputs, Tensor::zeros(9, DType::U32, &Device::Cpu)?)?;
    let before = fixture.bytes()?;
    let error = Trainer::new(epochs(3)).fit(&fixture.model, &mut fixture.adam, &broken, None).unwrap_err();
    assert!(matches!(error, Error::Input { .. }), "{error}");
    assert!(error.to_string().contains("holds the value NaN"), "{error}");
    assert_eq!(fixture.bytes()?, before, "no step is taken on a broken loss");
    let inputs = Tensor::full(f32::MAX, (9, 2), &Device::Cpu)?;
    let huge = TensorExamples::new(inputs, Tensor::zeros(9, DType::U32, &Device::Cpu)?)?;
    let error = Trainer::new(epochs(3)).fit(&fixture.model, &mut fixture.adam, &huge, None).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 0, batch: 0, lr: 0.01, .. }), "{error}");
    let (text, said) = (error.to_string(), "in epoch 1, batch 1, at learning rate 1.00e-2;");
    assert!(text.contains(said), "{text}");
    assert!(text.contains("learning rate ten times lower") && text.contains("clip_norm"), "{text}");
    assert_eq!(fixture.bytes()?, before, "no step is taken on a broken loss");
    Ok(())
}

/// Eight examples of which the one numbered `broken` is infinite.
struct OneBroken(usize);

impl Examples for OneBroken {
    fn len(&self) -> usize {
        8
    }

    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        let value = |&index: &usize| if index == self.0 { f32::INFINITY } else { 1.0 };
        let inputs: Vec<f32> = indices.iter().flat_map(|index| [value(index), 0.5]).collect();
        let labels = Tensor::zeros(indices.len(), DType::U32, &Device::Cpu)?;
        Ok((Tensor::from_vec(inputs, (indices.len(), 2), &Device::Cpu)?, labels))
    }
}

#[test]
fn a_broken_example_is_named() -> Outcome {
    let mut fixture = Fixture::new()?;
    let config = TrainConfig { batch_size: 3, ..epochs(1) };
    let error = Trainer::new(config).fit(&fixture.model, &mut fixture.adam, &OneBroken(5), None).unwrap_err();
    assert!(matches!(error, Error::Input { example: 5, value: f64::INFINITY }), "{error}");
    Ok(())
}

/// Examples that cannot be read from the second batch on.
struct Unreadable(std::sync::atomic::AtomicUsize);

impl Examples for Unreadable {
    fn len(&self) -> usize {
        40
    }

    fn batch(&self, indices: &[usize]) -> Result<(Tensor, Tensor)> {
        match self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => OneBroken(40).batch(indices),
            _ => Err(mgc_train::candle::Error::Msg("no such file".into())),
        }
    }
}

#[test]
fn an_example_that_cannot_be_read_ends_the_run_after_the_batches_before_it() -> Outcome {
    struct Count(RefCell<usize>);
    impl Callback for &Count {
        fn on_step(&mut self, _: &Step) -> std::result::Result<(), Error> {
            *self.0.borrow_mut() += 1;
            Ok(())
        }
    }
    let (mut fixture, steps) = (Fixture::new()?, Count(RefCell::new(0)));
    let mut trainer = Trainer::new(epochs(2)).with(&steps);
    let error = trainer.fit(&fixture.model, &mut fixture.adam, &Unreadable(0.into()), None).unwrap_err();
    assert!(error.to_string().contains("no such file"), "{error}");
    drop(trainer);
    assert_eq!(steps.0.into_inner(), 1);
    Ok(())
}

#[test]
fn balanced_weights_train_as_repeated_examples_of_the_rare_class_would() -> Outcome {
    // One batch of all: three of class 0 and one of class 1 with weights 2/3 and 2, against class 1 thrice.
    let inputs = |rows: &[[f32; 2]]| Tensor::new(rows.concat(), &Device::Cpu)?.reshape((rows.len(), 2));
    let few = [[1f32, 0.0], [0.9, 0.2], [1.1, -0.1], [-0.5, 0.9]];
    let even = [few[0], few[1], few[2], few[3], few[3], few[3]];
    let few = TensorExamples::new(inputs(&few)?, Tensor::new(&[0u32, 0, 0, 1], &Device::Cpu)?)?;
    let even = TensorExamples::new(inputs(&even)?, Tensor::new(&[0u32, 0, 0, 1, 1, 1], &Device::Cpu)?)?;
    let run = |train: &TensorExamples, class_weights| -> std::result::Result<_, Error> {
        let mut fixture = Fixture::new()?;
        let config = TrainConfig { class_weights, ..epochs(10) };
        let history = Trainer::new(config).fit(&fixture.model, &mut fixture.adam, train, None)?;
        Ok((history.epochs[9].train.loss, fixture.bytes()?.concat()))
    };
    let (balanced, weights) = run(&few, ClassWeights::Balanced)?;
    let (repeated, expected) = run(&even, ClassWeights::None)?;
    let (plain, _) = run(&few, ClassWeights::None)?;
    /// Ten steps of f32 sums in another order.
    const TOLERANCE: f32 = 1e-5;
    assert!((balanced - repeated).abs() < f64::from(TOLERANCE), "{balanced}, expected {repeated}");
    assert!(
        weights.iter().zip(&expected).all(|(a, b)| (a - b).abs() < TOLERANCE),
        "{weights:?}, {expected:?}"
    );
    assert!((plain - repeated).abs() > 0.01, "{plain}");
    Ok(())
}

#[test]
fn every_kind_of_examples_counts_its_labels() -> Outcome {
    let all = examples(7, 1)?;
    let some = Subset::new(&all, vec![0, 3, 2, 2])?;
    assert_eq!((all.label_counts()?, some.label_counts()?), (vec![3, 2, 2], vec![2, 0, 2]));
    let mut spectrograms = SpectrogramExamples::new(1, 1, &Device::Cpu);
    [4, 1, 4].into_iter().try_for_each(|label| spectrograms.push(vec![0.0], label))?;
    assert_eq!(spectrograms.label_counts()?, [0, 1, 0, 0, 2]);
    Ok(())
}

#[test]
fn settings_of_a_run_without_weights_read_and_write_as_before_there_were_any() {
    let written = serde_json::to_value(TrainConfig::default()).unwrap();
    let mut names: Vec<_> = written.as_object().unwrap().keys().cloned().collect();
    names.sort();
    let known = ["batch_size", "early_stopping", "epochs", "label_smoothing", "plateau", "seed"];
    assert_eq!(names, known);
    assert_eq!(serde_json::from_value::<TrainConfig>(written).unwrap(), TrainConfig::default());
    let balanced = TrainConfig { class_weights: ClassWeights::Balanced, ..Default::default() };
    let written = serde_json::to_value(balanced).unwrap();
    assert_eq!(serde_json::from_value::<TrainConfig>(written).unwrap(), balanced);
}

#[test]
fn what_cannot_be_trained_is_a_typed_error() -> Outcome {
    let Fixture { model, mut adam, train, .. } = Fixture::new()?;
    let empty = Subset::new(&train, vec![])?;
    let mut fit =
        |config, train: &dyn Examples, valid| Trainer::new(config).fit(&model, &mut adam, train, valid);
    assert!(matches!(fit(epochs(1), &empty, None), Err(Error::NoExamples("training"))));
    assert!(matches!(fit(epochs(1), &train, Some(&empty)), Err(Error::NoExamples("validation"))));
    let config = TrainConfig { batch_size: 0, ..epochs(1) };
    assert!(matches!(fit(config, &train, None), Err(Error::Config { name: "batch_size", .. })));
    let plateau = Some(PlateauConfig { factor: 2.0, ..Default::default() });
    let config = TrainConfig { plateau, ..epochs(1) };
    assert!(matches!(fit(config, &train, None), Err(Error::Config { .. })));
    let (inputs, _) = train.batch(&[0])?;
    let wrong = TensorExamples::new(inputs, Tensor::new(&[3u32], &Device::Cpu)?)?;
    assert!(matches!(fit(epochs(1), &wrong, None), Err(Error::Label { label: 3, classes: 3 })));
    Ok(())
}

/// Loss and accuracy.
fn metrics(loss: f64, accuracy: f64) -> Metrics {
    Metrics { loss, accuracy }
}

#[test]
fn an_epoch_whose_loss_is_no_finite_number_is_never_the_best() {
    let mut history = History::default();
    let train = metrics(1.0, 0.5);
    for (index, valid) in
        [(f64::NAN, 0.9), (2.0, 0.4), (f64::INFINITY, 0.95), (1.9, 0.6), (f64::NAN, 1.0)].iter().enumerate()
    {
        history.push(Epoch::new(index, 0.01, train, Some(metrics(valid.0, valid.1))));
    }
    let best: Vec<bool> = history.epochs.iter().map(|epoch| epoch.best).collect();
    assert_eq!((best, history.best), (vec![false, true, false, true, false], Some(3)));
    let mut without_validation = History::default();
    for (index, loss) in [f64::NAN, 3.0].into_iter().enumerate() {
        without_validation.push(Epoch::new(index, 0.01, metrics(loss, 0.5), None));
    }
    assert_eq!(without_validation.best, Some(1));
}

#[test]
fn a_run_whose_validation_is_no_number_keeps_no_best_weights() -> Outcome {
    let mut fixture = Fixture::new()?;
    let inputs = Tensor::full(f32::NAN, (9, 2), &Device::Cpu)?;
    let broken = TensorExamples::new(inputs, Tensor::zeros(9, DType::U32, &Device::Cpu)?)?;
    let folder = tempfile::tempdir().unwrap();
    let best = BestCheckpoint::new(folder.path().join("best.safetensors"), &fixture.vars);
    let mut trainer = Trainer::new(epochs(2)).with(best.clone());
    let history = trainer.fit(&fixture.model, &mut fixture.adam, &fixture.train, Some(&broken))?;
    assert_eq!((history.epochs.len(), history.best), (2, None));
    assert!(!best.path().exists());
    Ok(())
}
