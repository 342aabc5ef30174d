//! What may spoil a result without being an error is told by name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::ModuleT;
use mgc::audio::MelConfig;
use mgc::candle::{self, Tensor};
use mgc::datasets::{Dataset, Folder, Info, Source, Split, Track};
use mgc::experiment::{CustomNetwork, Experiment, ExperimentError, Observer, RunFolder, Warning};
use mgc::{Error, Recipe};
use ndarray::Array2;
use std::path::Path;

/// Spectrograms of some size that rise from value to value.
struct Rows {
    genres: Vec<String>,
    tracks: Vec<Track>,
    shape: (usize, usize),
}

impl Rows {
    fn new(genres: &[&str], shape: (usize, usize)) -> Self {
        let track = |row: usize| Track {
            id: format!("row {row}"),
            genre: Some(row % genres.len()),
            group: None,
            split: None,
            source: Source::Row(row),
        };
        Self {
            genres: genres.iter().map(|genre| genre.to_string()).collect(),
            tracks: (0..50).map(track).collect(),
            shape,
        }
    }
}

impl Dataset for Rows {
    fn info(&self) -> &Info {
        &Folder::INFO
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn spectrogram(&self, row: usize) -> mgc::datasets::Result<Array2<f32>> {
        Ok(Array2::from_shape_fn(self.shape, |(frame, band)| ((row + frame + 2 * band) % 7) as f32))
    }
}

/// The mean of the spectrogram for every class, in validation times a factor.
struct Means(candle_nn::Linear, f64);

impl ModuleT for Means {
    fn forward_t(&self, inputs: &Tensor, train: bool) -> candle::Result<Tensor> {
        let means = inputs.mean((2, 3))?;
        let logits = candle_nn::Module::forward(&self.0, &means)?;
        if train { Ok(logits) } else { logits * self.1 }
    }
}

#[derive(Default)]
struct Warnings(Vec<Warning>);

impl Observer for Warnings {
    fn on_warning(&mut self, warning: &Warning) {
        self.0.push(warning.clone());
    }
}

/// An experiment of one epoch whose validation is multiplied by a factor.
fn experiment(dataset: &dyn Dataset, factor: f64) -> Experiment<'_> {
    let mut recipe = Recipe::quick();
    recipe.train.epochs = 1;
    let network = CustomNetwork::new("means", move |classes, vb| {
        Ok(Means(candle_nn::linear(1, classes, vb.pp("out"))?, factor))
    });
    Experiment::new(dataset, network).with_recipe(recipe)
}

fn warnings(dataset: &dyn Dataset) -> Vec<Warning> {
    let root = tempfile::tempdir().unwrap();
    let mut warnings = Warnings::default();
    experiment(dataset, 1.0).run(root.path().join("run"), &mut warnings).unwrap();
    warnings.0
}

#[test]
fn sound_data_gives_no_warning() {
    assert_eq!(warnings(&Rows::new(&["fado", "polka"], (60, 16))), []);
}

#[test]
fn labels_that_look_alike_are_named() {
    let found = warnings(&Rows::new(&["Hip-Hop", "Rock", "hip hop", "rock"], (60, 16)));
    let alike = [["Hip-Hop", "hip hop"], ["Rock", "rock"]].map(|pair| pair.map(String::from).to_vec());
    assert!(found.contains(&Warning::AlikeLabels(alike.to_vec())), "{found:?}");
    let text = found[0].to_string();
    assert!(text.contains("`Hip-Hop` and `hip hop`; `Rock` and `rock`"), "{text}");
}

#[test]
fn tracks_outside_the_split_are_counted() {
    let mut rows = Rows::new(&["fado", "polka"], (60, 16));
    for (track, side) in rows.tracks.iter_mut().zip([Split::Train, Split::Valid, Split::Test]) {
        track.split = Some(side);
    }
    let found = warnings(&rows);
    assert!(matches!(found[0], Warning::OutsideSplit { count: 47, tracks: 50, .. }), "{found:?}");
    let text = found[0].to_string();
    assert!(text.contains("47 of 50 labelled tracks lie on no side of the dataset's own split"), "{text}");
}

#[test]
fn arrays_that_look_transposed_are_told_with_their_shape() {
    for (shape, told) in [
        ((128, 1291), true),
        ((1291, 128), false),
        ((128, 128), false),
        ((64, 431), true),
        ((33, 128), false),
        ((128, 513), false), // the bins of a Fourier transform
        ((128, 108), true),  // the preset `quick`, swapped
    ] {
        let found = warnings(&Rows::new(&["fado", "polka"], shape));
        let transposed = Warning::Transposed { frames: shape.0, bands: shape.1 };
        assert_eq!(found.contains(&transposed), told, "{shape:?}: {found:?}");
    }
    let text = Warning::Transposed { frames: 128, bands: 1291 }.to_string();
    assert!(text.contains("128 frames x 1291 bands") && text.contains("transpose(0, 2, 1)"), "{text}");
}

fn refused(shape: (usize, usize), front_end: MelConfig) -> String {
    let root = tempfile::tempdir().unwrap();
    let rows = Rows::new(&["fado", "polka"], shape);
    match experiment(&rows, 1.0).with_front_end(front_end).run(root.path().join("run"), &mut ()) {
        Err(Error::Experiment(error)) if matches!(*error, ExperimentError::ArrayShape { .. }) => {
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn arrays_that_contradict_the_declared_front_end_are_refused_with_both_shapes() {
    let fixed = MelConfig::bbnn();
    let free = MelConfig { chunk_samples: None, ..MelConfig::bbnn() };
    for (front_end, shape) in [(fixed.clone(), (128, 647)), (free.clone(), (128, 1291))] {
        let message = refused(shape, front_end);
        let shapes =
            format!("{} frames x {} bands, the front end gives {} x {}", shape.0, shape.1, shape.1, shape.0);
        assert!(message.contains(&shapes) && message.contains("their axes are swapped"), "{message}");
    }
    assert!(refused((128, 1291), fixed).contains("their axes are swapped"), "and of another length");
    assert!(!refused((500, 96), free).contains("swapped"), "other bands, not other axes");
}

/// Everything that a run keeps of its best epoch.
fn best_of(folder: &Path) -> Vec<bool> {
    [RunFolder::BEST, RunFolder::WEIGHTS, RunFolder::STATE]
        .iter()
        .map(|name| folder.join(name).exists())
        .collect()
}

#[test]
fn a_run_of_which_no_epoch_can_be_validated_has_no_best_one_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    let rows = Rows::new(&["fado", "polka"], (60, 16));
    let error = experiment(&rows, f64::NAN).run(root.path(), &mut ()).unwrap_err();
    let Error::Experiment(reason) = &error else { panic!("{error}") };
    assert!(matches!(**reason, ExperimentError::NoSoundEpoch { epochs: 1, side: "valid" }), "{error}");
    assert!(error.to_string().contains("lower learning rate"), "{error}");
    assert_eq!(best_of(root.path()), [false, false, true], "nothing is called the best");
}
