//! Which runs a resume file lets go on, and what it says to the others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::VarMap;
use mgc_train::candle::{DType, Device, Tensor};
use mgc_train::{
    Adam, AdamConfig, ClassWeights, Difference, EarlyStoppingConfig, Error, History, KerasVersion,
    PlateauConfig, ResumeFile, TensorExamples, TrainConfig, Trainer, seeded, trainable,
};
use proptest::prelude::*;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn examples(count: usize) -> TensorExamples {
    let values: Vec<f32> = (0..2 * count).map(|i| (i * i % 7) as f32 / 7.0).collect();
    let labels: Vec<u32> = (0..count as u32).map(|i| i % 2).collect();
    let inputs = Tensor::from_vec(values, (count, 2), &Device::Cpu).unwrap();
    TensorExamples::new(inputs, Tensor::from_vec(labels, count, &Device::Cpu).unwrap()).unwrap()
}

/// A run of one epoch, unless said otherwise, over ten examples.
struct Run {
    config: TrainConfig,
    adam: AdamConfig,
    train: usize,
    valid: Option<usize>,
    identity: Vec<(&'static str, serde_json::Value)>,
}

impl Default for Run {
    fn default() -> Self {
        let config = TrainConfig { epochs: 1, ..Default::default() };
        Self { config, adam: AdamConfig::default(), train: 10, valid: None, identity: Vec::new() }
    }
}

impl Run {
    fn go_on(&self, folder: &Path) -> Result<History, Error> {
        let vars = VarMap::new();
        let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
        let mut adam = Adam::from_named_vars(trainable(&vars)?, self.adam)?;
        let file = ResumeFile::new(path(folder), &vars);
        let file =
            self.identity.iter().fold(file, |file, (name, value)| file.with_identity(*name, value.clone()));
        let (train, valid) = (examples(self.train), self.valid.map(examples));
        let valid = valid.as_ref().map(|valid| valid as _);
        Trainer::new(self.config).fit_resumable(&model, &mut adam, &train, valid, &file)
    }

    /// Returns the error of resuming the default run with these settings.
    fn differences(&self) -> Vec<(String, String, String)> {
        differences(&Run::default(), self)
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("state.safetensors")
}

fn differences(first: &Run, second: &Run) -> Vec<(String, String, String)> {
    let folder = tempfile::tempdir().unwrap();
    first.go_on(folder.path()).unwrap();
    match second.go_on(folder.path()) {
        Err(Error::OtherRun { differences, .. }) => {
            let fields = |it: Difference| (it.name, it.found, it.expected);
            differences.into_iter().map(fields).collect()
        }
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

fn train(config: TrainConfig) -> Run {
    Run { config: TrainConfig { epochs: 1, ..config }, ..Default::default() }
}

fn plateau(plateau: PlateauConfig) -> Run {
    train(TrainConfig { plateau: Some(plateau), ..Default::default() })
}

fn stopping(stopping: EarlyStoppingConfig) -> Run {
    train(TrainConfig { early_stopping: Some(stopping), ..Default::default() })
}

fn adam(adam: AdamConfig) -> Run {
    Run { adam, ..Default::default() }
}

#[test]
fn every_setting_that_differs_is_named_with_both_values() {
    let keras_version = KerasVersion::Keras2;
    let cases = [
        (train(TrainConfig { batch_size: 5, ..Default::default() }), "batch_size", "8", "5"),
        (train(TrainConfig { seed: 2, ..Default::default() }), "seed", "1", "2"),
        (train(TrainConfig { label_smoothing: 0.1, ..Default::default() }), "label_smoothing", "0.0", "0.1"),
        (plateau(PlateauConfig { factor: 0.25, ..Default::default() }), "plateau.factor", "0.5", "0.25"),
        (plateau(PlateauConfig { patience: 4, ..Default::default() }), "plateau.patience", "3", "4"),
        (
            plateau(PlateauConfig { min_delta: 0.5, ..Default::default() }),
            "plateau.min_delta",
            "0.0001",
            "0.5",
        ),
        (plateau(PlateauConfig { cooldown: 1, ..Default::default() }), "plateau.cooldown", "0", "1"),
        (plateau(PlateauConfig { min_lr: 0.5, ..Default::default() }), "plateau.min_lr", "0.0", "0.5"),
        (
            plateau(PlateauConfig { keras_version, ..Default::default() }),
            "plateau.keras_version",
            "\"Tf26\"",
            "\"Keras2\"",
        ),
        (
            stopping(EarlyStoppingConfig { patience: 1, ..Default::default() }),
            "early_stopping.patience",
            "10",
            "1",
        ),
        (
            stopping(EarlyStoppingConfig { min_delta: 0.5, ..Default::default() }),
            "early_stopping.min_delta",
            "0.01",
            "0.5",
        ),
        (
            stopping(EarlyStoppingConfig { keras_version, ..Default::default() }),
            "early_stopping.keras_version",
            "\"Tf26\"",
            "\"Keras2\"",
        ),
        (adam(AdamConfig { lr: 0.5, ..Default::default() }), "adam.lr", "0.01", "0.5"),
        (adam(AdamConfig { beta1: 0.5, ..Default::default() }), "adam.beta1", "0.9", "0.5"),
        (adam(AdamConfig { beta2: 0.5, ..Default::default() }), "adam.beta2", "0.999", "0.5"),
        (adam(AdamConfig { epsilon: 0.5, ..Default::default() }), "adam.epsilon", "1e-7", "0.5"),
        (Run { train: 11, ..Default::default() }, "train_examples", "10", "11"),
        (Run { valid: Some(4), ..Default::default() }, "valid_examples", "null", "4"),
    ];
    for (run, name, found, expected) in cases {
        let actual = run.differences();
        assert_eq!(actual, [(name.to_string(), found.to_string(), expected.to_string())]);
    }
}

#[test]
fn a_rule_that_is_left_out_is_a_difference() {
    let names: Vec<_> = train(TrainConfig { plateau: None, ..Default::default() }).differences();
    assert!(names.contains(&("plateau".into(), "absent".into(), "null".into())), "{names:?}");
    assert!(names.contains(&("plateau.patience".into(), "3".into(), "absent".into())), "{names:?}");
}

#[test]
fn weights_and_clipping_are_absent_where_there_were_none() {
    let class_weights = ClassWeights::Balanced;
    let found = train(TrainConfig { class_weights, ..Default::default() }).differences();
    assert_eq!(found, [("class_weights".into(), "absent".into(), "\"Balanced\"".into())]);
    let found = adam(AdamConfig { clip_norm: Some(0.5), ..Default::default() }).differences();
    assert_eq!(found, [("adam.clip_norm".into(), "absent".into(), "0.5".into())]);
}

#[test]
fn a_file_of_adam_has_the_names_and_the_header_that_it_always_had() -> Outcome {
    let folder = tempfile::tempdir()?;
    Run::default().go_on(folder.path())?;
    let bytes = std::fs::read(path(folder.path()))?;
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes)?;
    let notes = metadata.metadata().clone().unwrap();
    let header: serde_json::Value = serde_json::from_str(&notes["resume"])?;
    let written = serde_json::json!({
        "version": 2,
        "settings": {
            "batch_size": 8, "seed": 1, "label_smoothing": 0.0,
            "plateau": {
                "factor": 0.5, "patience": 3, "min_delta": 1e-4, "cooldown": 0, "min_lr": 0.0,
                "keras_version": "Tf26",
            },
            "early_stopping": { "min_delta": 0.01, "patience": 10, "keras_version": "Tf26" },
            "adam": { "lr": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7 },
            "train_examples": 10, "valid_examples": null,
        },
        "identity": {},
    });
    assert_eq!((header, notes.len()), (written, 1));
    let mut names: Vec<String> = metadata.tensors().into_keys().collect();
    names.sort();
    let moments = ["adam.lr", "adam.m.bias", "adam.m.weight", "adam.steps", "adam.v.bias", "adam.v.weight"];
    assert_eq!(names, [&moments[..], &["epochs", "vars.bias", "vars.weight"]].concat());
    Ok(())
}

#[test]
fn only_the_number_of_epochs_may_change() -> Outcome {
    let folder = tempfile::tempdir()?;
    for epochs in [1, 3, 2] {
        let run = Run { config: TrainConfig { epochs, ..Default::default() }, ..Default::default() };
        assert_eq!(run.go_on(folder.path())?.epochs.len(), if epochs == 1 { 1 } else { 3 });
    }
    Ok(())
}

#[test]
fn an_optimiser_that_went_through_the_run_may_go_on_with_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    let vars = VarMap::new();
    let model = candle_nn::linear(2, 2, seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    let file = ResumeFile::new(path(folder.path()), &vars);
    let plateau = Some(PlateauConfig { patience: 0, min_delta: 100.0, ..Default::default() });
    for epochs in [3, 5] {
        let config = TrainConfig { epochs, plateau, ..Default::default() };
        let history = Trainer::new(config).fit_resumable(&model, &mut adam, &examples(10), None, &file)?;
        assert_eq!(history.epochs.len(), epochs);
        assert!(adam.config().lr < 0.01, "the rule must have cut for this test to tell");
    }
    Ok(())
}

#[test]
fn the_callers_own_facts_are_compared_element_by_element() {
    let labels = |labels: &[&str]| Run {
        identity: vec![("labels", labels.into()), ("front_end", serde_json::json!({"n_mels": 128}))],
        ..Default::default()
    };
    let first = labels(&["blues", "jazz", "rock"]);
    assert_eq!(differences(&first, &first), []);
    let text = |texts: [&str; 3]| texts.map(str::to_string).into();
    let second = labels(&["blues", "pop", "rock", "samba"]);
    let expected: [(String, String, String); 2] =
        [text(["labels[1]", "\"jazz\"", "\"pop\""]), text(["labels[3]", "absent", "\"samba\""])];
    assert_eq!(differences(&first, &second), expected);
    let other =
        Run { identity: vec![("front_end", serde_json::json!({"n_mels": 64}))], ..Default::default() };
    let names: Vec<_> = differences(&first, &other).into_iter().map(|difference| difference.0).collect();
    assert_eq!(names, ["front_end.n_mels", "labels[0]", "labels[1]", "labels[2]"]);
}

#[test]
fn the_error_says_where_what_and_the_way_out_and_stays_short() {
    let folder = tempfile::tempdir().unwrap();
    let tracks = |name: &str| Run {
        identity: vec![("tracks", (0..100).map(|i| format!("{name}{i}")).collect())],
        ..Default::default()
    };
    tracks("a").go_on(folder.path()).unwrap();
    let error = tracks("b").go_on(folder.path()).unwrap_err().to_string();
    for part in [
        "state.safetensors: the state of another run: tracks[0] is \"a0\" in the file and \"b0\" in this run,",
        "95 more differ; restore the settings, or delete the file to start anew",
    ] {
        assert!(error.contains(part), "{error}");
    }
    assert!(error.len() < 600, "{error}");
}

#[test]
fn a_file_of_another_format_is_refused_with_a_clear_message() -> Outcome {
    let folder = tempfile::tempdir()?;
    let cases = [
        ("run", "10 training examples, batch size 8, seed 1", "an earlier version of mgc-train"),
        ("resume", r#"{"version":3}"#, "format version 3, this program reads version 2"),
        ("resume", r#"{"version":2}"#, "its header is damaged"),
        ("resume", "{", "its header is damaged"),
        ("other", "", "without the header of a resume file"),
    ];
    for (key, note, expected) in cases {
        let notes = HashMap::from([(key.to_string(), note.to_string())]);
        let tensors = [("epochs", Tensor::zeros((1, 6), DType::F64, &Device::Cpu)?)];
        std::fs::write(path(folder.path()), safetensors::serialize(tensors, Some(notes))?)?;
        let error = Run::default().go_on(folder.path()).unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::State { .. }), "{text}");
        assert!(text.contains(expected) && text.contains("delete the file to start anew"), "{text}");
    }
    Ok(())
}

#[test]
fn a_missing_setting_of_a_configuration_file_takes_its_default_and_an_unknown_one_is_refused() -> Outcome {
    let config: TrainConfig = serde_json::from_str(r#"{"epochs": 5, "plateau": {"patience": 4}}"#)?;
    let plateau = Some(PlateauConfig { patience: 4, ..Default::default() });
    assert_eq!(config, TrainConfig { epochs: 5, plateau, ..Default::default() });
    let error = serde_json::from_str::<TrainConfig>(r#"{"batchsize": 4}"#).unwrap_err();
    assert!(error.to_string().contains("expected one of `epochs`, `batch_size`"), "{error}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn settings_survive_the_file_bit_for_bit(
        smoothing in 0.0..1.0, factor in 0.001..1.0, lr in 0.0..1.0, epsilon in 1e-300..1.0, seed in any::<u64>(),
    ) {
        let mut run = plateau(PlateauConfig { factor, ..Default::default() });
        run.config = TrainConfig { label_smoothing: smoothing, seed, ..run.config };
        run.adam = AdamConfig { lr, epsilon, ..Default::default() };
        prop_assert_eq!(differences(&run, &run), []);
    }
}
