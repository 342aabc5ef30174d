//! A run is continued with the data and settings it had, and with no others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is the finding itself")]

use mgc::audio::{Clip, MelConfig, write_wav};
use mgc::datasets::{Dataset, Folder, GroupList, Split, SplitConfig, SplitIndices};
use mgc::experiment::{Experiment, ExperimentError, Outcome, RunFolder, SplitChoice};
use mgc::nets::{NetConfig, Variant};
use mgc::train::{EarlyStoppingConfig, PlateauConfig};
use mgc::{Error, Recipe};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const GENRES: [&str; 3] = ["fado", "polka", "waltz"];

/// Three genres of five tracks, each a second of a tone of its own.
fn music(root: &Path) -> PathBuf {
    let folder = root.join("music");
    for (genre, name) in GENRES.iter().enumerate() {
        fs::create_dir_all(folder.join(name)).unwrap();
        (0..5).for_each(|track| put_tone(&folder.join(format!("{name}/{track}.wav")), genre * 5 + track));
    }
    folder
}

fn put_tone(path: &Path, number: usize) {
    let wave =
        |index| (index as f32 * (200.0 + 30.0 * number as f32) * std::f32::consts::TAU / 22_050.0).sin();
    write_wav(path, &Clip::new((0..22_050).map(wave).collect(), 22_050)).unwrap();
}

fn front_end() -> MelConfig {
    MelConfig { hop_length: 2048, n_mels: 16, chunk_samples: Some(22_050), ..MelConfig::default() }
}

fn network() -> NetConfig {
    NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Proposed.config(3) }
}

fn recipe() -> Recipe {
    let mut recipe = Recipe::quick();
    recipe.train.epochs = 1;
    recipe
}

/// A random split, so that it does not hang on the names of the files.
fn sides(dataset: &dyn Dataset) -> SplitIndices {
    let side = |of: usize| (0..dataset.tracks().len()).filter(move |index| [0, 0, 0, 1, 2][index % 5] == of);
    let [train, valid, test] = [0, 1, 2].map(|of| side(of).collect::<Vec<_>>());
    SplitIndices::new(dataset.tracks(), &train, &valid, &test).unwrap()
}

fn experiment(dataset: &dyn Dataset) -> Experiment<'_> {
    Experiment::new(dataset, network())
        .with_recipe(recipe())
        .with_front_end(front_end())
        .with_split(SplitChoice::Given(sides(dataset)))
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    all.sort();
    all
}

fn refusal(result: mgc::Result<Outcome>) -> String {
    match result {
        Err(Error::Experiment(error)) if matches!(*error, ExperimentError::OtherRun { .. }) => {
            error.to_string()
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Trains, changes the files, and returns the refusal; checks that the run's files stay as they were.
fn after(change: impl FnOnce(&Path)) -> String {
    let root = TempDir::new().unwrap();
    let (music, run) = (music(root.path()), root.path().join("run"));
    experiment(&Folder::open(&music).unwrap()).run(&run, &mut ()).unwrap();
    let before = files(&run);
    change(&music);
    let error = refusal(experiment(&Folder::open(&music).unwrap()).run(&run, &mut ()));
    assert!(files(&run) == before, "the refused run wrote: {error}");
    error
}

fn holds(error: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(error.contains(part), "`{part}` is not in: {error}"));
}

#[test]
fn a_renamed_file_is_told_under_both_names() {
    let error = after(|music| fs::rename(music.join("fado/2.wav"), music.join("fado/new.wav")).unwrap());
    holds(&error, &["track.fado/2.wav is \"fado, train\" in the file and absent in this run"]);
    holds(&error, &["track.fado/new.wav is absent in the file"]);
}

#[test]
fn a_file_moved_to_another_genre_is_told_under_both_names() {
    let error = after(|music| fs::rename(music.join("fado/2.wav"), music.join("polka/2b.wav")).unwrap());
    holds(&error, &["track.fado/2.wav is \"fado, train\" in the file and absent in this run"]);
}

#[test]
fn a_renamed_genre_is_told() {
    let error = after(|music| fs::rename(music.join("waltz"), music.join("zouk")).unwrap());
    holds(&error, &["dataset.genres[2] is \"waltz\" in the file and \"zouk\" in this run"]);
}

#[test]
fn an_added_and_a_deleted_file_are_told() {
    let error = after(|music| put_tone(&music.join("polka/9.wav"), 40));
    holds(&error, &["dataset.tracks is 15 in the file and 16 in this run"]);
    let error = after(|music| fs::remove_file(music.join("waltz/4.wav")).unwrap());
    holds(&error, &["track.waltz/4.wav is \"waltz, test\" in the file and absent in this run"]);
}

#[test]
fn another_recording_of_the_same_length_under_the_same_name_is_told() {
    holds(&after(|music| put_tone(&music.join("polka/3.wav"), 77)), &["spectrograms is "]);
}

#[test]
fn two_recordings_that_changed_places_are_told() {
    let error = after(|music| {
        let names = ["polka/0.wav", "fado/0.wav"].map(|name| music.join(name));
        let bytes = names.clone().map(|name| fs::read(name).unwrap());
        fs::write(&names[0], &bytes[1]).unwrap();
        fs::write(&names[1], &bytes[0]).unwrap();
    });
    holds(&error, &["spectrograms is "]);
}

#[test]
fn a_file_that_broke_since_is_told() {
    holds(&after(|music| fs::write(music.join("fado/0.wav"), "no sound").unwrap()), &["spectrograms is "]);
}

/// Trains once, then tries others on the same folder; each must be refused with the text beside it.
fn refused_on<'a>(dataset: &'a dyn Dataset, root: &Path, others: Vec<(&str, Experiment<'a>)>) {
    let run = root.join("run");
    experiment(dataset).run(&run, &mut ()).unwrap();
    let before = files(&run);
    for (name, other) in others {
        let error = refusal(other.run(&run, &mut ()));
        assert!(error.contains(name), "`{name}` is not in: {error}");
        assert!(files(&run) == before, "the refused run wrote: {error}");
    }
}

#[test]
fn a_track_on_another_side_and_another_kind_of_split_are_told() {
    let root = TempDir::new().unwrap();
    let dataset = Folder::open(music(root.path())).unwrap();
    let all = sides(&dataset);
    let moved = SplitIndices::new(
        dataset.tracks(),
        &all.train()[1..],
        &[all.valid(), &all.train()[..1]].concat(),
        all.test(),
    );
    let other = |split| experiment(&dataset).with_split(split);
    let others = vec![
        (
            "track.fado/0.wav is \"fado, train\" in the file and \"fado, valid\" in this run",
            other(SplitChoice::Given(moved.unwrap())),
        ),
        ("split.origin", other(SplitChoice::Random(SplitConfig::default()))),
    ];
    refused_on(&dataset, root.path(), others);
}

#[test]
fn every_setting_of_the_recipe_is_told() {
    let root = TempDir::new().unwrap();
    let dataset = Folder::open(music(root.path())).unwrap();
    let change = |change: fn(&mut Recipe)| {
        let mut recipe = recipe();
        change(&mut recipe);
        experiment(&dataset).with_recipe(recipe)
    };
    let others = vec![
        ("recipe.train.batch_size is 8 in the file and 4", change(|r| r.train.batch_size = 4)),
        ("recipe.train.seed", change(|r| r.train.seed = 9)),
        ("recipe.train.label_smoothing", change(|r| r.train.label_smoothing = 0.1)),
        ("recipe.train.plateau", change(|r| r.train.plateau = None)),
        (
            "recipe.train.plateau.patience",
            change(|r| r.train.plateau = Some(PlateauConfig { patience: 7, ..Default::default() })),
        ),
        (
            "recipe.train.early_stopping",
            change(|r| r.train.early_stopping = Some(EarlyStoppingConfig::default())),
        ),
        ("recipe.adam.lr", change(|r| r.adam.lr = 0.004)),
        ("recipe.adam.beta1", change(|r| r.adam.beta1 = 0.8)),
        ("recipe.adam.beta2", change(|r| r.adam.beta2 = 0.9)),
        ("recipe.adam.epsilon", change(|r| r.adam.epsilon = 1e-3)),
    ];
    refused_on(&dataset, root.path(), others);
}

#[test]
fn another_front_end_or_network_is_told() {
    let root = TempDir::new().unwrap();
    let dataset = Folder::open(music(root.path())).unwrap();
    let heard = |front_end| experiment(&dataset).with_front_end(front_end);
    let net = |network: NetConfig| {
        Experiment::new(&dataset, network)
            .with_recipe(recipe())
            .with_front_end(front_end())
            .with_split(SplitChoice::Given(sides(&dataset)))
    };
    let others = vec![
        ("front_end.n_mels is 16 in the file and 20", heard(MelConfig { n_mels: 20, ..front_end() })),
        ("front_end.f_min", heard(MelConfig { f_min: 30.0, ..front_end() })),
        ("front_end.hop_length", heard(MelConfig { hop_length: 1024, ..front_end() })),
        ("front_end.sample_rate", heard(MelConfig { sample_rate: 11_025, f_max: 5_000.0, ..front_end() })),
        ("network.width", net(NetConfig { width: 8, ..network() })),
        ("network.dropout", net(NetConfig { dropout: 0.3, ..network() })),
    ];
    refused_on(&dataset, root.path(), others);
}

#[test]
fn the_same_tracks_in_another_place_continue_the_run() {
    let root = TempDir::new().unwrap();
    let (first, run) = (music(root.path()), root.path().join("run"));
    experiment(&Folder::open(&first).unwrap()).run(&run, &mut ()).unwrap();
    let second = root.path().join("elsewhere");
    fs::rename(&first, &second).unwrap();
    let before = fs::read(run.join(RunFolder::MODEL)).unwrap();
    experiment(&Folder::open(&second).unwrap()).run(&run, &mut ()).unwrap();
    assert!(fs::read(run.join(RunFolder::MODEL)).unwrap() == before);
}

#[test]
fn the_same_names_in_another_unicode_form_continue_the_run() {
    let root = TempDir::new().unwrap();
    let (music, run) = (music(root.path()), root.path().join("run"));
    let (old, new) = (music.join("fado/1 caf\u{e9}.wav"), music.join("fado/1 cafe\u{301}.wav"));
    fs::rename(music.join("fado/1.wav"), &old).unwrap();
    experiment(&Folder::open(&music).unwrap()).run(&run, &mut ()).unwrap();
    fs::rename(old, new).unwrap();
    let again = Folder::open(&music).unwrap();
    assert_eq!(again.tracks()[1].id, "fado/1 cafe\u{301}.wav");
    experiment(&again).run(&run, &mut ()).unwrap();
}

#[test]
fn groups_that_change_no_side_continue_the_run() {
    let root = TempDir::new().unwrap();
    let (music, run) = (music(root.path()), root.path().join("run"));
    experiment(&Folder::open(&music).unwrap()).run(&run, &mut ()).unwrap();
    let list = root.path().join("groups.csv");
    fs::write(&list, "id,group\nfado/0.wav,Ana\n").unwrap();
    let grouped = GroupList::read(&list).unwrap().wrap(Box::new(Folder::open(&music).unwrap())).unwrap();
    experiment(grouped.as_ref()).run(&run, &mut ()).unwrap();
    assert_eq!(sides(grouped.as_ref()).side(Split::Test).len(), 3);
}

#[test]
fn a_run_that_ended_before_its_first_epoch_does_not_keep_its_folder() {
    let root = TempDir::new().unwrap();
    let dataset = Folder::open(music(root.path())).unwrap();
    let run = root.path().join("run");
    let mut wild = recipe();
    (wild.adam.lr, wild.train.batch_size) = (1e30, 1);
    let error = experiment(&dataset).with_recipe(wild).run(&run, &mut ()).unwrap_err();
    assert!(error.to_string().contains("diverged"), "{error}");
    assert!(run.join("run.json").exists() && !run.join(RunFolder::STATE).exists());
    let outcome = experiment(&dataset).run(&run, &mut ()).unwrap();
    assert_eq!(outcome.history.epochs.len(), 1);
}

#[test]
fn a_run_that_has_trained_keeps_its_folder_though_its_weights_are_elsewhere() {
    let root = TempDir::new().unwrap();
    let dataset = Folder::open(music(root.path())).unwrap();
    let run = root.path().join("run");
    experiment(&dataset).run(&run, &mut ()).unwrap();
    for file in [RunFolder::STATE, RunFolder::BEST, RunFolder::MODEL] {
        fs::remove_file(run.join(file)).unwrap();
    }
    let log = fs::read(run.join(RunFolder::LOG)).unwrap();
    let mut other = recipe();
    other.train.seed += 1;
    let error = experiment(&dataset).with_recipe(other).run(&run, &mut ()).unwrap_err();
    assert!(error.to_string().contains("seed"), "{error}");
    assert_eq!(fs::read(run.join(RunFolder::LOG)).unwrap(), log);
}

#[test]
fn a_finished_run_that_has_lost_its_state_is_not_trained_over() {
    let root = TempDir::new().unwrap();
    let dataset = Folder::open(music(root.path())).unwrap();
    for missing in [RunFolder::STATE, RunFolder::BEST] {
        let run = root.path().join(missing);
        experiment(&dataset).run(&run, &mut ()).unwrap();
        fs::remove_file(run.join(missing)).unwrap();
        let model = fs::read(run.join(RunFolder::MODEL)).unwrap();
        let error = experiment(&dataset).run(&run, &mut ()).unwrap_err();
        assert!(error.to_string().contains(&format!("a finished run without its {missing}")), "{error}");
        assert_eq!(fs::read(run.join(RunFolder::MODEL)).unwrap(), model);
        experiment(&dataset).with_overwrite(true).run(&run, &mut ()).unwrap();
    }
}

#[test]
fn settings_of_another_program_make_no_run_of_a_folder() {
    for settings in [r#"{"dataset": "gtzan", "lr": 0.1}"#, "{"] {
        let root = TempDir::new().unwrap();
        let dataset = Folder::open(music(root.path())).unwrap();
        let run = root.path().join("run");
        fs::create_dir(&run).unwrap();
        fs::write(run.join("run.json"), settings).unwrap();
        for overwrite in [false, true] {
            let error = experiment(&dataset).with_overwrite(overwrite).run(&run, &mut ()).unwrap_err();
            assert!(error.to_string().contains("missing or not that of a run"), "{error}");
            assert_eq!(fs::read_to_string(run.join("run.json")).unwrap(), settings);
        }
    }
}
