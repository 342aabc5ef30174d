//! Experiments from tracks to a saved model: files, events, resuming, refusals.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is the finding itself")]

use candle_nn::{Module, ModuleT};
use mgc::audio::{Clip, MelConfig, write_wav};
use mgc::candle::{self, Tensor};
use mgc::datasets::{Dataset, FoldConfig, Source, Split, Synthetic, SyntheticConfig};
use mgc::experiment::{
    CustomNetwork, Data, Experiment, ExperimentError, Observer, Outcome, RunFolder, RunStatus, SplitChoice,
    Start, Warning,
};
use mgc::nets::{NetConfig, Variant};
use mgc::train::{Calibration, Epoch, Step};
use mgc::{Bundle, Error, Recipe};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

/// 40 tracks of a second: 2 for training, 1 for validation, 1 for the test of each of ten styles.
fn corpus(root: &Path) -> Synthetic {
    let config = SyntheticConfig { seconds: 1.0, train: 2, valid: 1, test: 1, ..Default::default() };
    Synthetic::write(root.join("corpus"), &config, |_, _| ()).unwrap()
}

fn front_end() -> MelConfig {
    MelConfig { hop_length: 2048, n_mels: 16, chunk_samples: Some(32_768), ..MelConfig::default() }
}

fn network() -> NetConfig {
    NetConfig { width: 4, growth: 4, blocks: 1, dropout: 0.2, ..Variant::Proposed.config(10) }
}

fn recipe(epochs: usize) -> Recipe {
    let mut recipe = Recipe::quick();
    recipe.train.epochs = epochs;
    recipe
}

fn experiment(dataset: &dyn Dataset, epochs: usize) -> Experiment<'_> {
    Experiment::new(dataset, network()).with_recipe(recipe(epochs)).with_front_end(front_end())
}

fn run(experiment: &Experiment<'_>, folder: &Path) -> Outcome {
    experiment.run(folder, &mut ()).unwrap()
}

fn model(folder: &Path) -> Vec<u8> {
    fs::read(folder.join(RunFolder::MODEL)).unwrap()
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut all: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect();
    all.sort();
    all
}

fn refusal(result: mgc::Result<Outcome>) -> ExperimentError {
    match result {
        Err(Error::Experiment(error)) => *error,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Writes down what it is told, and ends the training after some epochs.
#[derive(Default)]
struct Diary {
    features: Vec<(usize, usize)>,
    events: Vec<&'static str>,
    steps: usize,
    epochs: usize,
    start: Option<Start>,
    warnings: Vec<Warning>,
    stop_after: Option<usize>,
}

impl Observer for Diary {
    fn on_warning(&mut self, warning: &Warning) {
        self.warnings.push(warning.clone());
    }

    fn on_features(&mut self, done: usize, total: usize) {
        self.features.push((done, total));
    }

    fn on_data(&mut self, data: &Data<'_>) {
        assert_eq!(data.shape(), (17, 16));
        self.events.push("data");
    }

    fn on_start(&mut self, start: &Start) {
        self.start = Some(start.clone());
        self.events.push("start");
    }

    fn on_step(&mut self, _: &Step) {
        self.steps += 1;
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        self.epochs += 1;
        self.events.push("epoch");
        match self.stop_after == Some(epoch.index + 1) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}

#[test]
fn a_run_leaves_a_model_that_knows_its_labels_and_tables_of_its_tracks() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let folder = root.path().join("run");
    let outcome = run(&experiment(&corpus, 2), &folder);
    assert_eq!((outcome.side, outcome.evaluation.predictions.len()), (Split::Test, 10));
    assert_eq!(outcome.history.epochs.len(), 2);
    let bundle = Bundle::load(folder.join(RunFolder::MODEL)).unwrap();
    assert_eq!(bundle.labels, corpus.genres());
    assert_eq!(bundle.input_size(), Some((17, 16)));
    assert_eq!(bundle.provenance["trained on"], "20 tracks of synthetic");
    let split = fs::read_to_string(folder.join(RunFolder::SPLIT)).unwrap();
    assert_eq!(split.lines().count(), 41);
    assert_eq!(split.lines().filter(|line| line.contains(",valid,")).count(), 10);
    assert_eq!(fs::read_to_string(folder.join(RunFolder::SKIPPED)).unwrap(), "id,path,reason\n");
    assert_eq!(fs::read_to_string(folder.join(RunFolder::LOG)).unwrap().lines().count(), 3);
}

#[test]
fn an_observer_hears_of_features_data_start_steps_and_epochs_in_order() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let mut diary = Diary::default();
    experiment(&corpus, 2).run(root.path().join("run"), &mut diary).unwrap();
    assert_eq!(diary.features.iter().map(|(done, _)| *done).max(), Some(40));
    assert!(diary.features.iter().all(|(_, total)| *total == 40));
    assert_eq!(diary.events, ["data", "start", "epoch", "epoch"]);
    assert_eq!(diary.steps, 2 * 3);
    let start = diary.start.unwrap();
    assert_eq!((start.steps, start.done), (3, 0));
    assert!(matches!(&diary.warnings[..], [Warning::FewTracks { least: 10, genres }] if genres.len() == 10));
}

#[test]
fn a_run_that_was_stopped_and_resumed_ends_with_the_bytes_of_an_unbroken_one() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let (whole, broken) = (root.path().join("whole"), root.path().join("broken"));
    run(&experiment(&corpus, 3), &whole);
    let mut diary = Diary { stop_after: Some(1), ..Diary::default() };
    experiment(&corpus, 3).run(&broken, &mut diary).unwrap();
    assert_eq!(diary.epochs, 1);
    let mut diary = Diary::default();
    experiment(&corpus, 3).run(&broken, &mut diary).unwrap();
    assert_eq!((diary.start.unwrap().done, diary.epochs), (1, 2));
    assert_eq!(model(&whole), model(&broken));
    let log = |folder: &Path| fs::read(folder.join(RunFolder::LOG)).unwrap();
    assert_eq!(log(&whole), log(&broken));
}

#[test]
fn a_finished_run_may_get_more_epochs() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let (whole, grown) = (root.path().join("whole"), root.path().join("grown"));
    run(&experiment(&corpus, 3), &whole);
    run(&experiment(&corpus, 1), &grown);
    assert_eq!(experiment(&corpus, 3).status(&grown).unwrap(), RunStatus::Finished);
    assert_eq!(run(&experiment(&corpus, 3), &grown).history.epochs.len(), 3);
    assert_eq!(model(&whole), model(&grown));
}

#[test]
fn training_from_a_store_gives_the_bytes_of_training_from_memory() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let (memory, stored) = (root.path().join("memory"), root.path().join("stored"));
    run(&experiment(&corpus, 1), &memory);
    run(&experiment(&corpus, 1).with_store(root.path().join("features")), &stored);
    assert_eq!(model(&memory), model(&stored));
}

#[test]
fn another_setting_is_refused_by_name_before_anything_is_written() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let folder = root.path().join("run");
    run(&experiment(&corpus, 1), &folder);
    let before = files(&folder);
    let mut other = recipe(1);
    other.train.seed = 7;
    let error = refusal(experiment(&corpus, 1).with_recipe(other).run(&folder, &mut ()));
    assert!(error.to_string().contains("recipe.train.seed is 1 in the file and 7 in this run"), "{error}");
    let folds = SplitChoice::Fold { folds: FoldConfig { folds: 4, ..Default::default() }, index: 1 };
    let error = refusal(experiment(&corpus, 1).with_split(folds).run(&folder, &mut ()));
    assert!(error.to_string().contains("split.ids_labels_sides"), "{error}");
    assert_eq!(files(&folder), before);
}

#[test]
fn another_recording_under_an_old_name_is_refused_before_anything_is_written() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let folder = root.path().join("run");
    run(&experiment(&corpus, 1), &folder);
    let before = files(&folder);
    let Source::Audio(path) = &corpus.tracks()[5].source else { panic!("not audio") };
    let samples: Vec<f32> = (0..22_050).map(|i| (i as f32 * 0.05).sin()).collect();
    write_wav(path, &Clip::new(samples, 22_050)).unwrap();
    let error = refusal(experiment(&corpus, 2).run(&folder, &mut ()));
    assert!(error.to_string().contains("spectrograms is "), "{error}");
    assert_eq!(files(&folder), before);
}

#[test]
fn a_broken_file_is_skipped_warned_about_and_listed() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let Source::Audio(path) = &corpus.tracks()[0].source else { panic!("not audio") };
    fs::write(path, b"no sound").unwrap();
    let mut diary = Diary::default();
    let folder = root.path().join("run");
    experiment(&corpus, 1).run(&folder, &mut diary).unwrap();
    let id = &corpus.tracks()[0].id;
    assert!(matches!(&diary.warnings[0], Warning::Skipped(skipped) if skipped[0].id == *id));
    let table = fs::read_to_string(folder.join(RunFolder::SKIPPED)).unwrap();
    assert!(table.lines().nth(1).unwrap().starts_with(id), "{table}");
}

#[test]
fn a_folder_can_be_cleared_for_another_run_and_keeps_foreign_files() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let folder = root.path().join("run");
    run(&experiment(&corpus, 1), &folder);
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    RunFolder::new(&folder).clear().unwrap();
    assert_eq!(files(&folder), [("notes.txt".to_owned(), b"mine".to_vec())]);
    assert_eq!(experiment(&corpus, 1).status(&folder).unwrap(), RunStatus::Empty);
}

#[test]
fn files_with_the_names_of_a_run_are_kept_where_nothing_says_that_they_are_one() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    for settings in [None, Some(r#"{"my": "settings"}"#)] {
        let folder = root.path().join(format!("foreign {}", settings.is_some()));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join(RunFolder::LOG), "my own diary").unwrap();
        settings.iter().for_each(|text| fs::write(folder.join("run.json"), text).unwrap());
        let before = files(&folder);
        for overwrite in [false, true] {
            let error = refusal(experiment(&corpus, 1).with_overwrite(overwrite).run(&folder, &mut ()));
            assert!(matches!(error, ExperimentError::NotARun { .. }), "{error}");
        }
        RunFolder::new(&folder).clear().unwrap_err();
        assert_eq!(files(&folder), before);
    }
}

#[test]
fn a_run_is_replaced_on_request_but_not_before_the_data_could_be_read() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let folder = root.path().join("run");
    run(&experiment(&corpus, 1), &folder);
    let before = files(&folder);
    fs::rename(root.path().join("corpus"), root.path().join("moved")).unwrap();
    let error = refusal(experiment(&corpus, 2).with_overwrite(true).run(&folder, &mut ()));
    assert!(matches!(error, ExperimentError::NothingUsable { .. }), "{error}");
    assert_eq!(files(&folder), before);
    fs::rename(root.path().join("moved"), root.path().join("corpus")).unwrap();
    let seed = recipe(1).train.seed + 1;
    let mut other = recipe(1);
    other.train.seed = seed;
    refusal(experiment(&corpus, 1).with_recipe(other).run(&folder, &mut ()));
    run(&experiment(&corpus, 1).with_recipe(other).with_overwrite(true), &folder);
    assert_ne!(model(&folder), before.iter().find(|(name, _)| name == RunFolder::MODEL).unwrap().1);
}

/// The settings of a run, as far as they tell that it is one.
const OLD_RUN: &str = r#"{"format": 1, "split": {"ids_labels_sides": "5f"}, "seed": 1}"#;

#[test]
fn a_folder_that_cannot_be_written_is_refused_before_a_track_is_read() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    fs::create_dir_all(root.path().join("run").join(RunFolder::BEST)).unwrap();
    fs::write(root.path().join("song.wav"), "samples").unwrap();
    for folder in ["run", "song.wav", "song.wav/run"] {
        let mut diary = Diary::default();
        let mut experiment = experiment(&corpus, 1);
        if folder == "run" {
            fs::write(root.path().join("run/run.json"), OLD_RUN).unwrap();
            experiment = experiment.with_overwrite(true);
        }
        let error = refusal(experiment.run(root.path().join(folder), &mut diary));
        assert!(matches!(error, ExperimentError::Io { .. } | ExperimentError::NotAFolder(_)), "{error}");
        assert!(diary.features.is_empty(), "{folder}");
    }
}

#[test]
fn a_run_of_an_older_version_is_refused_for_its_format_alone() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    fs::write(root.path().join("run.json"), OLD_RUN).unwrap();
    fs::write(root.path().join(RunFolder::STATE), "two epochs").unwrap();
    let error = refusal(experiment(&corpus, 1).run(root.path(), &mut ())).to_string();
    assert!(error.contains("(format is 1 in the file and 2 in this run)"), "{error}");
}

#[test]
fn a_model_whose_run_is_not_known_is_not_overwritten() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    fs::write(root.path().join(RunFolder::MODEL), "precious").unwrap();
    let error = refusal(experiment(&corpus, 1).run(root.path(), &mut ()));
    assert!(matches!(error, ExperimentError::NotARun { .. }));
    assert_eq!(model(root.path()), b"precious");
}

/// The mean of each band, then a dense layer.
struct BandMeans(candle_nn::Linear);

impl ModuleT for BandMeans {
    fn forward_t(&self, inputs: &Tensor, _train: bool) -> candle::Result<Tensor> {
        self.0.forward(&inputs.mean(2)?.flatten_from(1)?)
    }
}

#[test]
fn a_network_of_ones_own_is_trained_resumed_and_saved_as_weights() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let network = CustomNetwork::new("band means", |classes, vb| {
        Ok(BandMeans(candle_nn::linear(16, classes, vb.pp("out"))?))
    });
    let experiment = |epochs| {
        Experiment::new(&corpus, network.clone()).with_recipe(recipe(epochs)).with_front_end(front_end())
    };
    let (whole, broken) = (root.path().join("whole"), root.path().join("broken"));
    let outcome = run(&experiment(3), &whole);
    assert!(outcome.bundle.is_none());
    run(&experiment(1), &broken);
    run(&experiment(3), &broken);
    let weights = |folder: &Path| fs::read(folder.join(RunFolder::WEIGHTS)).unwrap();
    assert_eq!(weights(&whole), weights(&broken));
    let tensors = candle::safetensors::load(whole.join(RunFolder::WEIGHTS), &candle::Device::Cpu).unwrap();
    assert_eq!(tensors["out.weight"].dims(), [10, 16]);
}

#[test]
fn a_fold_that_does_not_exist_is_refused() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    let folds = SplitChoice::Fold { folds: FoldConfig::default(), index: 10 };
    let error = refusal(experiment(&corpus, 1).with_split(folds).run(root.path().join("run"), &mut ()));
    assert!(matches!(error, ExperimentError::NoSuchFold { index: 10, folds: 10 }));
    assert!(!root.path().join("run").exists());
}

#[test]
fn a_corpus_without_one_usable_file_says_what_is_wrong_with_the_first() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    for track in corpus.tracks() {
        let Source::Audio(path) = &track.source else { panic!("not audio") };
        fs::write(path, b"no sound").unwrap();
    }
    let error = refusal(experiment(&corpus, 1).run(root.path().join("run"), &mut ()));
    assert!(matches!(error, ExperimentError::NothingUsable { skipped: 40, .. }), "{error}");
}

#[test]
fn with_enough_validation_tracks_a_model_states_how_sure_its_answers_are() {
    let root = tempfile::tempdir().unwrap();
    let config = SyntheticConfig { seconds: 1.0, train: 1, valid: 3, test: 1, ..Default::default() };
    let corpus = Synthetic::write(root.path().join("corpus"), &config, |_, _| ()).unwrap();
    let run_with = |experiment: Experiment<'_>| run(&experiment, &root.path().join("run")).bundle.unwrap();
    let plain = run_with(experiment(&corpus, 1));
    assert!(plain.calibration.temperature.is_some() && plain.calibration.threshold.is_none());
    // The run is finished: only the model file is written again.
    let demanding = run_with(experiment(&corpus, 1).with_sure_accuracy(0.01));
    assert_eq!(demanding.calibration.temperature, plain.calibration.temperature);
    assert!(demanding.calibration.threshold.is_some());
    let saved = Bundle::load(root.path().join("run/model.safetensors")).unwrap();
    assert_eq!(saved.calibration, demanding.calibration);
    let few = run(&experiment(&self::corpus(&root.path().join("few")), 1), &root.path().join("other"));
    assert_eq!(few.bundle.unwrap().calibration, Calibration::default());
}

#[test]
fn a_run_on_chunks_trains_on_all_of_them_and_scores_tracks_by_mean_and_by_vote() {
    let root = TempDir::new().unwrap();
    let config = SyntheticConfig { seconds: 3.0, train: 2, valid: 1, test: 1, ..Default::default() };
    let corpus = Synthetic::write(root.path().join("corpus"), &config, |_, _| ()).unwrap();
    // chunks of 1.49 s that begin 0.75 s apart: three of each track
    let chunked = || experiment(&corpus, 1).with_chunks(0.75);
    let mut diary = Diary::default();
    let outcome = chunked().run(root.path().join("run"), &mut diary).unwrap();
    assert_eq!(diary.steps, (3 * 20usize).div_ceil(8));
    // ten validation tracks of three chunks: shares of ten, not of thirty
    let tenths = 10.0 * outcome.history.epochs[0].valid.unwrap().accuracy;
    assert!((tenths - tenths.round()).abs() < 1e-9, "{tenths}");
    assert!(matches!(&diary.warnings[..], [Warning::FewTracks { genres, .. }] if genres[0].1 == 2));
    let (chunks, by_track) = (&outcome.evaluation, outcome.by_track.as_ref().unwrap());
    assert_eq!((chunks.predictions.len(), by_track.tracks.len()), (30, 10));
    for (track, rows) in chunks.probabilities.chunks(3).enumerate() {
        let mean = |class: usize| rows.iter().map(|row| row[class]).sum::<f64>() / 3.0;
        let best = (0..10).max_by(|a, b| mean(*a).total_cmp(&mean(*b))).unwrap();
        assert_eq!(by_track.by_mean[track] as usize, best);
        let votes = &chunks.predictions[3 * track..3 * track + 3];
        let most = |class: u32| votes.iter().filter(|vote| **vote == class).count();
        assert!((0..10).all(|class| most(class) <= most(by_track.by_vote[track])));
    }
    let bundle = outcome.bundle.unwrap();
    assert_eq!(bundle.provenance["trained on"], "20 tracks of synthetic");
    assert_eq!(bundle.calibration, Calibration::default(), "30 chunks of 10 tracks are no 30 tracks");
    let split = fs::read_to_string(root.path().join("run").join(RunFolder::SPLIT)).unwrap();
    assert_eq!(split.lines().count(), 41, "a row for each track");

    let stored = root.path().join("stored");
    run(&chunked().with_store(root.path().join("features")), &stored);
    assert_eq!(model(&root.path().join("run")), model(&stored));
    let error = refusal(experiment(&corpus, 1).with_chunks(1.0).run(&stored, &mut ()));
    assert!(
        error.to_string().contains("chunk_hop_seconds is 0.75 in the file and 1.0 in this run"),
        "{error}"
    );
    assert!(run(&experiment(&corpus, 1), &root.path().join("first")).by_track.is_none());
}

#[test]
fn a_hop_that_is_no_length_is_an_error() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(root.path());
    for hop in [0.0, -1.0, f64::NAN] {
        let error =
            experiment(&corpus, 1).with_chunks(hop).run(root.path().join("run"), &mut ()).unwrap_err();
        assert!(error.to_string().contains("hop"), "{error}");
    }
}
