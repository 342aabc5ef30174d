//! Recipes beyond the paper: AdamW, a schedule, averaged weights, groups, crops and windows.

#![allow(clippy::unwrap_used, reason = "functions that tests share stop where a fixture is broken")]

use mgc::audio::MelConfig;
use mgc::datasets::{Dataset, Split, Synthetic, SyntheticConfig};
use mgc::experiment::{Experiment, Observer, RunFolder};
use mgc::nets::{NetConfig, Variant};
use mgc::train::{
    AugmentConfig, AverageConfig, CropConfig, Epoch, EqualiserConfig, MixupConfig, SamplerConfig, Selection,
    WarmupCosineConfig,
};
use mgc::{Bundle, Classifier, Recipe, Windows};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use tempfile::TempDir;

fn recipe() -> Recipe {
    let mut recipe = Recipe::quick();
    recipe.train.epochs = 3;
    recipe.train.plateau = None;
    recipe.train.schedule = Some(WarmupCosineConfig::default());
    recipe.train.average = Some(AverageConfig::default());
    recipe.train.sampling = SamplerConfig { copies: 2, group_power: Some(0.5) };
    recipe.train.selection = Selection::Last;
    recipe.weight_decay = Some(0.02);
    recipe.augment = AugmentConfig {
        crop: CropConfig { frames: Some(12) },
        equaliser: EqualiserConfig { db: 6.0, ..Default::default() },
        mixup: MixupConfig { alpha: 0.3 },
        ..Default::default()
    };
    recipe.windows = Some(Windows::half_overlapping(12));
    recipe
}

fn corpus(root: &TempDir) -> Synthetic {
    let tiny = SyntheticConfig { seconds: 1.0, train: 2, valid: 0, test: 1, ..Default::default() };
    Synthetic::write(root.path().join("corpus"), &tiny, |_, _| ()).unwrap()
}

fn experiment<'a>(corpus: &'a dyn Dataset, recipe: Recipe) -> Experiment<'a> {
    let network = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::FrequencyAware.config(10) };
    let front_end = MelConfig { hop_length: 512, n_mels: 32, ..MelConfig::quick() };
    Experiment::new(corpus, network).with_recipe(recipe).with_front_end(front_end)
}

/// Stops after so many epochs.
struct Until(usize);

impl Observer for Until {
    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        if epoch.index + 1 == self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn model(folder: &Path) -> Vec<u8> {
    fs::read(folder.join(RunFolder::MODEL)).unwrap()
}

#[test]
fn an_interrupted_run_ends_with_the_model_of_an_unbroken_one() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(&root);
    let (whole, broken) = (root.path().join("whole"), root.path().join("broken"));
    experiment(&corpus, recipe()).run(&whole, &mut ()).unwrap();
    experiment(&corpus, recipe()).run(&broken, &mut Until(1)).unwrap();
    experiment(&corpus, recipe()).run(&broken, &mut ()).unwrap();
    assert_eq!(model(&whole), model(&broken));
}

#[test]
fn a_classifier_hears_a_track_in_the_windows_of_the_training() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(&root);
    let outcome = experiment(&corpus, recipe()).run(root.path().join("run"), &mut ()).unwrap();
    let bundle = Bundle::load(root.path().join("run").join(RunFolder::MODEL)).unwrap();
    assert_eq!(bundle.windows, recipe().windows);
    let classifier = Classifier::new(bundle.clone()).unwrap();
    let whole = Classifier::new(bundle.with_windows(None)).unwrap();
    let tested = corpus.tracks().iter().filter(|track| track.split == Some(Split::Test));
    let mut differs = false;
    for (track, expected) in tested.zip(&outcome.evaluation.probabilities) {
        let mgc::datasets::Source::Audio(path) = &track.source else { unreachable!() };
        let of = |classifier: &Classifier| classifier.classify(path).unwrap().probabilities;
        let far = of(&classifier).iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(far < 1e-5, "{}: {far:e}", track.id); // two ways through the same network, in f32
        differs |= of(&whole).iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-4);
    }
    assert!(differs, "windows and whole tracks must differ, or this test says nothing");
}

#[test]
fn every_setting_makes_another_run() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(&root);
    let settings = |recipe| experiment(&corpus, recipe).settings().unwrap();
    let plain = Recipe::quick();
    let changes = [
        Recipe { weight_decay: Some(0.0), ..plain },
        Recipe { augment: recipe().augment, ..plain },
        Recipe { windows: recipe().windows, ..plain },
        recipe(),
    ];
    for change in changes {
        assert_ne!(settings(change), settings(plain));
    }
}

#[test]
fn windows_that_leave_frames_out_are_refused_before_any_epoch() {
    let root = TempDir::new().unwrap();
    let corpus = corpus(&root);
    for windows in [Windows { frames: 12, hop: 0 }, Windows { frames: 12, hop: 13 }] {
        let wrong = Recipe { windows: Some(windows), ..recipe() };
        let error = experiment(&corpus, wrong).run(root.path().join("run"), &mut ()).unwrap_err();
        assert!(error.to_string().contains("expected 1 <= hop <= frames"), "{error}");
        assert!(!root.path().join("run").join(RunFolder::LOG).exists());
    }
}
