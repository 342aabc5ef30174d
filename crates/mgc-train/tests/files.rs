//! Log, checkpoint and resumable state.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::{Init, Linear, Module, VarMap};
use mgc_train::candle::{DType, Device, Result, Tensor};
use mgc_train::{
    Adam, AdamConfig, BestCheckpoint, CsvLog, Epoch, Error, History, ResumeFile, SpectrogramExamples,
    TrainConfig, Trainer, evaluate, seeded, trainable,
};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

type Outcome = std::result::Result<(), Box<dyn std::error::Error>>;

/// Flattens a spectrogram, then one dense layer.
struct Dense(Linear);

impl Module for Dense {
    fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.0.forward(&xs.flatten_from(1)?)
    }
}

/// Noisy spectrograms of 2 x 3 values; the class raises one of the values.
fn examples(count: u32, seed: u64) -> std::result::Result<SpectrogramExamples, Error> {
    let vb = seeded(&VarMap::new(), seed, DType::F32, &Device::Cpu);
    let mut examples = SpectrogramExamples::new(2, 3, &Device::Cpu);
    for i in 0..count {
        let noise = vb.get_with_hints(6, &i.to_string(), Init::Randn { mean: 0.0, stdev: 0.5 })?;
        let mut values: Vec<f32> = noise.to_vec1()?;
        values[i as usize % 3] += 1.0;
        examples.push(values, i % 3)?;
    }
    Ok(examples)
}

struct Fixture {
    vars: VarMap,
    model: Dense,
    adam: Adam,
}

impl Fixture {
    fn new() -> Result<Self> {
        let vars = VarMap::new();
        let model = Dense(candle_nn::linear(6, 3, seeded(&vars, 1, DType::F32, &Device::Cpu).pp("head"))?);
        let adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
        Ok(Self { vars, model, adam })
    }

    /// A run that keeps everything in `folder`; killed in epoch `kill`, before its state is saved.
    fn run(&mut self, folder: &Path, kill: Option<usize>) -> std::result::Result<History, Error> {
        let killer = move |epoch: &Epoch| match kill == Some(epoch.index) {
            true => Err(Error::Callback("killed".into())),
            false => Ok(ControlFlow::Continue(())),
        };
        let config = TrainConfig { epochs: 30, batch_size: 7, ..Default::default() };
        let state = ResumeFile::new(folder.join("state.safetensors"), &self.vars);
        Trainer::new(config)
            .with(CsvLog::new(folder.join("log.csv")))
            .with(BestCheckpoint::new(folder.join("best.safetensors"), &self.vars))
            .with(killer)
            .fit_resumable(&self.model, &mut self.adam, &examples(40, 1)?, Some(&examples(20, 2)?), &state)
    }

    fn values(&self) -> Result<Vec<Vec<f32>>> {
        trainable(&self.vars)?.iter().map(|(_, var)| var.flatten_all()?.to_vec1()).collect()
    }
}

fn files(folder: &Path) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let names = ["log.csv", "best.safetensors"];
    names.into_iter().map(|name| Ok((name.to_string(), fs::read(folder.join(name))?))).collect()
}

#[test]
fn a_killed_run_goes_on_to_the_bytes_of_an_unbroken_one() -> Outcome {
    let (whole, broken) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut unbroken = Fixture::new()?;
    let expected = unbroken.run(whole.path(), None)?;
    for kill in [0, 4, 5, 20] {
        assert!(Fixture::new()?.run(broken.path(), Some(kill)).is_err());
    }
    let mut resumed = Fixture::new()?;
    let history = resumed.run(broken.path(), None)?;
    assert_eq!(resumed.values()?, unbroken.values()?);
    assert_eq!(files(broken.path())?, files(whole.path())?);
    assert_eq!(history.best, expected.best);
    assert_eq!(history.epochs.len(), expected.epochs.len());
    Ok(())
}

#[test]
fn a_finished_run_is_not_run_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let first = Fixture::new()?.run(folder.path(), None)?;
    let before = files(folder.path())?;
    let again = Fixture::new()?.run(folder.path(), Some(0))?;
    assert_eq!(again.best, first.best);
    assert_eq!(files(folder.path())?, before);
    Ok(())
}

#[test]
fn the_state_of_other_settings_or_a_damaged_one_is_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    Fixture::new()?.run(folder.path(), None)?;
    let path = folder.path().join("state.safetensors");
    let Fixture { vars, model, mut adam } = Fixture::new()?;
    let state = ResumeFile::new(&path, &vars);
    let config = TrainConfig { batch_size: 5, ..Default::default() };
    let other =
        Trainer::new(config).fit_resumable(&model, &mut adam, &examples(40, 1)?, None, &state).unwrap_err();
    assert!(other.to_string().contains("batch_size is 7 in the file and 5 in this run"), "{other}");
    let bytes = fs::read(&path)?;
    fs::write(&path, &bytes[..bytes.len() / 2])?;
    let damaged = Fixture::new()?.run(folder.path(), None).unwrap_err();
    assert!(matches!(damaged, Error::State { .. }), "{damaged}");
    Ok(())
}

#[test]
fn the_checkpoint_restores_the_best_epoch() -> Outcome {
    let folder = tempfile::tempdir()?;
    let Fixture { vars, model, mut adam } = Fixture::new()?;
    let (train, valid) = (examples(40, 1)?, examples(20, 2)?);
    let checkpoint = BestCheckpoint::new(folder.path().join("best.safetensors"), &vars);
    let config = TrainConfig { epochs: 20, ..Default::default() };
    let history =
        Trainer::new(config).with(checkpoint.clone()).fit(&model, &mut adam, &train, Some(&valid))?;
    let best = history.best_epoch().and_then(|epoch| epoch.valid);
    assert_ne!(history.best, Some(19), "the last epoch must not be the best for this test to tell");
    assert_ne!(Some(evaluate(&model, &valid, 8)?.metrics()), best);
    checkpoint.restore()?;
    assert_eq!(Some(evaluate(&model, &valid, 8)?.metrics()), best);
    assert_eq!(fs::read_dir(folder.path())?.count(), 1, "no temporary file is left");
    Ok(())
}

#[test]
fn a_checkpoint_of_another_model_is_refused_and_changes_nothing() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("best.safetensors");
    Fixture::new()?.run(folder.path(), None)?;
    let other = VarMap::new();
    let vb = seeded(&other, 1, DType::F32, &Device::Cpu).pp("head");
    let layer = candle_nn::linear(5, 3, vb)?;
    let before: Vec<Vec<f32>> = layer.weight().to_vec2()?;
    let error = BestCheckpoint::new(&path, &other).restore().unwrap_err();
    assert!(error.to_string().contains("head.weight is [3, 6], expected [3, 5]"), "{error}");
    assert_eq!(layer.weight().to_vec2::<f32>()?, before);
    let missing = BestCheckpoint::new(folder.path().join("none"), &other).restore().unwrap_err();
    assert!(matches!(missing, Error::Io { .. }));
    Ok(())
}

#[test]
fn the_log_has_keras_columns_and_numbers_that_read_back() -> Outcome {
    let folder = tempfile::tempdir()?;
    let history = Fixture::new()?.run(folder.path(), None)?;
    let text = fs::read_to_string(folder.path().join("log.csv"))?;
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("epoch,acc,loss,lr,val_acc,val_loss"));
    assert_eq!(text.lines().count(), history.epochs.len() + 1);
    for (line, epoch) in lines.zip(&history.epochs) {
        let numbers: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let valid = epoch.valid.unwrap();
        let (train, lr) = (epoch.train, epoch.lr);
        let expected = [epoch.index as f64, train.accuracy, train.loss, lr, valid.accuracy, valid.loss];
        assert_eq!(numbers, expected);
    }
    Ok(())
}

#[test]
fn the_log_is_on_disk_after_every_epoch_and_leaves_cells_empty_without_validation() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("log.csv");
    let Fixture { model, mut adam, .. } = Fixture::new()?;
    let check = |epoch: &Epoch| {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), epoch.index + 2);
        assert!(text.ends_with(",0.01,,\n"), "{text}");
        Ok(ControlFlow::Continue(()))
    };
    let config = TrainConfig { epochs: 3, ..Default::default() };
    Trainer::new(config).with(CsvLog::new(&path)).with(check).fit(
        &model,
        &mut adam,
        &examples(40, 1)?,
        None,
    )?;
    Ok(())
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_with_its_path() -> Outcome {
    let folder = tempfile::tempdir()?;
    let error = Fixture::new()?.run(&folder.path().join("missing"), None).unwrap_err();
    assert!(matches!(&error, Error::Io { .. }) && error.to_string().contains("log.csv"), "{error}");
    Ok(())
}
