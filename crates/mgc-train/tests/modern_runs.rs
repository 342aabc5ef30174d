//! Runs with a schedule, averaged weights, sampling by groups, and the last epoch kept.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{BatchNorm, Init, Linear, Module, ModuleT, Optimizer, VarMap};
use mgc_train::candle::{DType, Device, Result, Tensor};
use mgc_train::{
    AdamW, AdamWConfig, AverageConfig, BestCheckpoint, CsvLog, EarlyStoppingConfig, Epoch, Error, Examples,
    History, PlateauConfig, ResumeFile, SamplerConfig, Selection, StatisticsConfig, TensorExamples,
    TrainConfig, Trainer, WarmupCosine, WarmupCosineConfig, WeightAverage, cross_entropy, epoch_order,
    evaluate, reestimate_statistics, seeded, trainable,
};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

/// A dense layer, a batch normalisation, and a dense layer to three classes.
struct Net(Linear, BatchNorm, Linear);

impl ModuleT for Net {
    fn forward_t(&self, xs: &Tensor, train: bool) -> Result<Tensor> {
        self.2.forward(&self.1.forward_t(&self.0.forward(xs)?, train)?.relu()?)
    }
}

/// Three classes around three corners of a triangle, `count` examples in turn.
fn examples(count: usize, seed: u64) -> Result<TensorExamples> {
    let vb = seeded(&VarMap::new(), seed, DType::F32, &Device::Cpu);
    let noise = vb.get_with_hints((count, 2), "noise", Init::Randn { mean: 0.0, stdev: 0.8 })?;
    let corners = Tensor::new(&[[1f32, 0.0], [-0.5, 0.9], [-0.5, -0.9]], &Device::Cpu)?;
    let labels: Vec<u32> = (0..count as u32).map(|i| i % 3).collect();
    let labels = Tensor::from_vec(labels, count, &Device::Cpu)?;
    TensorExamples::new((corners.index_select(&labels, 0)? + noise)?, labels)
}

struct Fixture {
    vars: VarMap,
    net: Net,
    adamw: AdamW,
    train: TensorExamples,
    valid: TensorExamples,
}

const LR: f64 = 0.02;

impl Fixture {
    fn new() -> Result<Self> {
        let vars = VarMap::new();
        let vb = seeded(&vars, 1, DType::F32, &Device::Cpu);
        let norm = candle_nn::batch_norm(6, 1e-3, vb.pp("norm"))?;
        let net = Net(candle_nn::linear(2, 6, vb.pp("in"))?, norm, candle_nn::linear(6, 3, vb.pp("out"))?);
        let config = AdamWConfig { lr: LR, weight_decay: 0.05, clip_norm: Some(1.0), ..Default::default() };
        let adamw = AdamW::from_named_vars(trainable(&vars)?, config)?;
        Ok(Self { vars, net, adamw, train: examples(60, 1)?, valid: examples(30, 2)? })
    }

    fn fit(&mut self, config: TrainConfig) -> std::result::Result<History, Error> {
        Trainer::new(config).with_vars(&self.vars).with_groups(groups()).fit(
            &self.net,
            &mut self.adamw,
            &self.train,
            Some(&self.valid),
        )
    }

    /// A run that keeps everything in `folder`; killed in epoch `kill`, before its state is saved.
    fn resume(
        &mut self,
        config: TrainConfig,
        folder: &Path,
        kill: Option<usize>,
    ) -> std::result::Result<History, Error> {
        let killer = move |epoch: &Epoch| match kill == Some(epoch.index) {
            true => Err(Error::Callback("killed".into())),
            false => Ok(ControlFlow::Continue(())),
        };
        let state = ResumeFile::new(folder.join("state.safetensors"), &self.vars);
        Trainer::new(config)
            .with_groups(groups())
            .with(CsvLog::new(folder.join("log.csv")))
            .with(BestCheckpoint::new(folder.join("best.safetensors"), &self.vars))
            .with(killer)
            .fit_resumable(&self.net, &mut self.adamw, &self.train, Some(&self.valid), &state)
    }

    /// All variables, the running statistics included, by name.
    fn values(&self) -> Vec<(String, Vec<f32>)> {
        let vars = self.vars.data().lock().unwrap();
        let value = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1().unwrap();
        let mut values: Vec<_> = vars.iter().map(|(name, var)| (name.clone(), value(var))).collect();
        values.sort_by(|left, right| left.0.cmp(&right.0));
        values
    }
}

/// Twenty examples of one group, ten of another, thirty of their own.
fn groups() -> Vec<usize> {
    (0..60)
        .map(|i| {
            if i < 20 {
                0
            } else if i < 30 {
                1
            } else {
                i
            }
        })
        .collect()
}

fn plain(epochs: usize) -> TrainConfig {
    TrainConfig { epochs, plateau: None, early_stopping: None, ..Default::default() }
}

/// Everything on.
fn modern() -> TrainConfig {
    TrainConfig {
        schedule: Some(WarmupCosineConfig { warmup: 0.1, final_share: 0.01 }),
        average: Some(AverageConfig { decay: 0.95, statistics_batches: 4 }),
        sampling: SamplerConfig { copies: 2, group_power: Some(0.5) },
        selection: Selection::Last,
        ..plain(8)
    }
}

fn files(folder: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    ["log.csv", "best.safetensors"].into_iter().map(|name| fs::read(folder.join(name))).collect()
}

#[test]
fn a_killed_run_with_everything_on_goes_on_to_the_bytes_of_an_unbroken_one() -> Outcome {
    for selection in [Selection::Last, Selection::Best] {
        let config = TrainConfig { selection, ..modern() };
        let (whole, broken) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let mut unbroken = Fixture::new()?;
        let expected = unbroken.resume(config, whole.path(), None)?;
        for kill in [0, 2, 3, 7] {
            assert!(Fixture::new()?.resume(config, broken.path(), Some(kill)).is_err());
        }
        let mut resumed = Fixture::new()?;
        let history = resumed.resume(config, broken.path(), None)?;
        assert_eq!(resumed.values(), unbroken.values());
        assert_eq!(files(broken.path())?, files(whole.path())?);
        assert_eq!((history.best, history.epochs.len()), (expected.best, 8));
    }
    Ok(())
}

#[test]
fn a_finished_run_that_is_resumed_returns_the_averaged_weights_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut first = Fixture::new()?;
    first.resume(modern(), folder.path(), None)?;
    let before = files(folder.path())?;
    let mut again = Fixture::new()?;
    again.resume(modern(), folder.path(), Some(0))?;
    assert_eq!(again.values(), first.values());
    assert_eq!(files(folder.path())?, before);
    assert_eq!((again.adamw.learning_rate(), again.adamw.steps()), (LR, 8 * 15));
    Ok(())
}

#[test]
fn the_kept_weights_are_those_that_were_validated_and_returned() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut fixture = Fixture::new()?;
    let history = fixture.resume(modern(), folder.path(), None)?;
    let last = history.epochs[7].valid.unwrap();
    assert_eq!(evaluate(&fixture.net, &fixture.valid, 8)?.metrics(), last);
    let returned = fixture.values();
    BestCheckpoint::new(folder.path().join("best.safetensors"), &fixture.vars).restore()?;
    assert_eq!(fixture.values(), returned);
    assert_eq!(history.best, Some(7));
    Ok(())
}

#[test]
fn an_averaged_run_equals_the_same_steps_taken_by_hand() -> Outcome {
    let average = AverageConfig { decay: 0.9, statistics_batches: 3 };
    let schedule = WarmupCosineConfig { warmup: 0.2, final_share: 0.0 };
    let config = TrainConfig { average: Some(average), schedule: Some(schedule), ..plain(2) };
    let mut run = Fixture::new()?;
    let history = run.fit(config)?;

    let Fixture { vars, net, mut adamw, train, valid } = Fixture::new()?;
    let rates = WarmupCosine::new(schedule, LR, 16)?;
    let mut averages = WeightAverage::new(trainable(&vars)?, average)?;
    for step in 0..16 {
        let order = epoch_order(1, step / 8, 60);
        let (inputs, labels) = train.batch(order.chunks(8).nth(step % 8).unwrap())?;
        adamw.set_learning_rate(rates.lr(step));
        adamw.backward_step(&cross_entropy(&net.forward_t(&inputs, true)?, &labels)?)?;
        averages.update()?;
    }
    for (name, var) in trainable(&vars)? {
        var.set(averages.values().find(|(averaged, _)| *averaged == name).unwrap().1)?;
    }
    reestimate_statistics(&net, &vars, &train, StatisticsConfig { batches: 3, batch_size: 8, seed: 1 })?;
    assert_eq!(evaluate(&net, &valid, 8)?.metrics(), history.epochs[1].valid.unwrap());
    let by_hand = Fixture { vars, net, adamw, train, valid };
    assert_eq!(by_hand.values(), run.values());
    assert_eq!([history.epochs[0].lr, history.epochs[1].lr], [rates.lr(0), rates.lr(8)]);
    assert_eq!(run.adamw.learning_rate(), LR, "the rate that it began with, ready for another run");
    Ok(())
}

#[test]
fn averaging_changes_no_training_step() -> Outcome {
    let losses = |average| -> Result<Vec<f64>> {
        let history = Fixture::new()?.fit(TrainConfig { average, ..plain(4) }).unwrap();
        Ok(history.epochs.iter().map(|epoch| epoch.train.loss).collect())
    };
    assert_eq!(losses(Some(AverageConfig::default()))?, losses(None)?);
    Ok(())
}

#[test]
fn without_batches_for_them_the_running_statistics_are_those_of_training() -> Outcome {
    let statistics = |average| -> Result<Vec<_>> {
        let mut fixture = Fixture::new()?;
        fixture.fit(TrainConfig { average, ..plain(3) }).unwrap();
        Ok(fixture.values().into_iter().filter(|(name, _)| name.contains("running")).collect())
    };
    let average = AverageConfig { statistics_batches: 0, ..Default::default() };
    assert_eq!(statistics(Some(average))?, statistics(None)?);
    assert_ne!(statistics(Some(AverageConfig::default()))?, statistics(None)?);
    Ok(())
}

#[test]
fn an_epoch_draws_every_copy() -> Outcome {
    let sampling = SamplerConfig { copies: 2, group_power: Some(0.5) };
    let mut steps = Vec::new();
    let mut fixture = Fixture::new()?;
    struct Count<'a>(&'a mut Vec<usize>);
    impl mgc_train::Callback for Count<'_> {
        fn on_step(&mut self, step: &mgc_train::Step) -> std::result::Result<(), Error> {
            self.0.push(step.batches);
            Ok(())
        }
    }
    let mut trainer =
        Trainer::new(TrainConfig { sampling, ..plain(1) }).with_groups(groups()).with(Count(&mut steps));
    trainer.fit(&fixture.net, &mut fixture.adamw, &fixture.train, None)?;
    drop(trainer);
    assert_eq!(steps, [15; 15]);
    Ok(())
}

#[test]
fn settings_that_contradict_each_other_are_typed_errors_with_the_way_out() -> Outcome {
    let schedule = modern().schedule;
    let by_groups = SamplerConfig { group_power: Some(0.5), ..Default::default() };
    for (config, part) in [
        (
            TrainConfig { schedule, plateau: Some(PlateauConfig::default()), ..plain(1) },
            "plateau is set, expected none (null) beside a schedule",
        ),
        (
            TrainConfig {
                selection: Selection::Last,
                early_stopping: Some(EarlyStoppingConfig::default()),
                ..plain(1)
            },
            "early_stopping is set, expected none (null) where the last epoch is kept",
        ),
        (TrainConfig { sampling: by_groups, ..plain(1) }, "give the trainer the group of every example"),
        (TrainConfig { average: modern().average, ..plain(1) }, "give them with Trainer::with_vars"),
    ] {
        let Fixture { net, mut adamw, train, .. } = Fixture::new()?;
        let error = Trainer::new(config).fit(&net, &mut adamw, &train, None).unwrap_err();
        assert!(matches!(error, Error::Config { .. }) && error.to_string().contains(part), "{error}");
    }
    Ok(())
}

/// The differences that resuming a run of `first` with `second` names.
fn refused(first: TrainConfig, second: TrainConfig) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    Fixture::new().unwrap().resume(first, folder.path(), None).unwrap();
    match Fixture::new().unwrap().resume(second, folder.path(), None) {
        Err(Error::OtherRun { differences, .. }) => differences.iter().map(ToString::to_string).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

#[test]
fn under_a_schedule_the_number_of_epochs_is_part_of_the_run() {
    let longer = TrainConfig { epochs: 9, ..modern() };
    assert_eq!(refused(modern(), longer), ["epochs is 8 in the file and 9 in this run"]);
    let free = TrainConfig { schedule: None, ..modern() };
    assert_eq!(refused(free, TrainConfig { epochs: 9, ..free }), [""; 0]);
}

#[test]
fn a_new_setting_that_differs_is_named() {
    let of = |change: fn(&mut TrainConfig)| {
        let mut config = modern();
        change(&mut config);
        refused(modern(), config)
    };
    let average = |config: &mut TrainConfig| config.average.as_mut().unwrap().decay = 0.5;
    assert_eq!(of(average), ["average.decay is 0.95 in the file and 0.5 in this run"]);
    let copies = |config: &mut TrainConfig| config.sampling.copies = 1;
    assert_eq!(of(copies), ["sampling.copies is 2 in the file and 1 in this run"]);
    let selection = |config: &mut TrainConfig| config.selection = Selection::Best;
    assert_eq!(of(selection), ["selection is \"Last\" in the file and absent in this run"]);
}

#[test]
fn a_run_over_other_groups_is_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    Fixture::new()?.resume(modern(), folder.path(), None)?;
    let mut other = Fixture::new()?;
    let state = ResumeFile::new(folder.path().join("state.safetensors"), &other.vars);
    let mut resume = |groups: Vec<usize>| {
        let mut trainer = Trainer::new(modern()).with_groups(groups);
        trainer.fit_resumable(&other.net, &mut other.adamw, &other.train, Some(&other.valid), &state)
    };
    let error = resume((0..60).collect()).unwrap_err();
    assert!(error.to_string().contains("groups is \""), "{error}");
    assert!(
        resume(groups().into_iter().map(|group| group + 100).collect()).is_ok(),
        "other numbers, same groups"
    );
    Ok(())
}

#[test]
fn the_settings_of_a_modern_run_survive_a_file() -> Outcome {
    let text = serde_json::to_string(&modern())?;
    assert_eq!(serde_json::from_str::<TrainConfig>(&text)?, modern());
    let plain = serde_json::to_value(TrainConfig::default())?;
    for name in ["schedule", "average", "sampling", "selection"] {
        assert!(text.contains(name) && plain.get(name).is_none(), "{name}");
    }
    Ok(())
}
