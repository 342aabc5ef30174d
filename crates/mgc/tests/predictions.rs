//! A classifier's predictions for the tracks of a dataset.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc::audio::{Clip, write_wav};
use mgc::datasets::{Dataset, Folder, Info, Result, Source, Track, with_label_map};
use mgc::{Bundle, Classifier, Error, ModelError};
use ndarray::Array2;
use std::fs;
use std::path::Path;

/// Labels: waltz, march, tango; one second of audio is 44 frames x 32 bands.
fn classifier() -> Classifier {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/model.safetensors");
    Classifier::load(path).unwrap()
}

fn folder(root: &Path, files: &[&str]) -> Folder {
    for (pitch, file) in files.iter().enumerate() {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let step = 0.02 * (pitch + 1) as f32;
        let tone: Vec<f32> = (0..22_050).map(|i| 0.3 * (step * i as f32).sin()).collect();
        write_wav(&path, &Clip::new(tone, 22_050)).unwrap();
    }
    Folder::open(root).unwrap()
}

/// Spectrograms of one value; the last has no label.
struct Rows {
    info: Info,
    genres: Vec<String>,
    tracks: Vec<Track>,
    shape: (usize, usize),
}

impl Rows {
    fn new(shape: (usize, usize)) -> Self {
        let track = |(row, genre): (usize, Option<usize>)| Track {
            id: row.to_string(),
            genre,
            group: None,
            split: None,
            source: Source::Row(row),
        };
        let tracks = [Some(0), Some(1), None].into_iter().enumerate().map(track).collect();
        let genres = ["march", "waltz"].map(str::to_owned).to_vec();
        Self { info: Folder::INFO, genres, tracks, shape }
    }
}

impl Dataset for Rows {
    fn info(&self) -> &Info {
        &self.info
    }

    fn genres(&self) -> &[String] {
        &self.genres
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        Ok(Array2::from_elem(self.shape, row as f32))
    }
}

#[test]
fn tracks_are_classified_in_the_order_asked_for_as_the_classifier_does() {
    let root = tempfile::tempdir().unwrap();
    let dataset = folder(root.path(), &["march/a.wav", "march/b.wav", "waltz/c.wav"]);
    let classifier = classifier();
    let mut done = Vec::new();
    let predictions = classifier.predict(&dataset, &[2, 0], |count| done.push(count)).unwrap();
    assert_eq!(done, [1, 2]);
    assert_eq!(predictions.labels, ["waltz", "march", "tango"]);
    for (prediction, (track, truth)) in predictions.tracks.iter().zip([(2, 0), (0, 1)]) {
        let Source::Audio(path) = &dataset.tracks()[track].source else { unreachable!() };
        let answer = classifier.classify(path).unwrap();
        assert_eq!((prediction.track, prediction.truth), (track, Some(truth)));
        assert_eq!(prediction.probabilities, answer.probabilities);
        assert_eq!(prediction.predicted(), answer.predicted());
    }
    assert_eq!(predictions.tracks.len(), 2);
}

#[test]
fn a_file_that_cannot_be_read_is_listed_and_the_others_go_on() {
    let root = tempfile::tempdir().unwrap();
    let dataset = folder(root.path(), &["march/a.wav", "march/b.wav", "waltz/c.wav"]);
    fs::write(root.path().join("march/b.wav"), "no music").unwrap();
    let predictions = classifier().predict(&dataset, &[0, 1, 2], |_| {}).unwrap();
    assert_eq!(predictions.tracks.iter().map(|track| track.track).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(predictions.skipped.len(), 1);
    let skipped = &predictions.skipped[0];
    assert_eq!(
        (skipped.id.as_str(), skipped.path.clone()),
        ("march/b.wav", Some(root.path().join("march/b.wav")))
    );
    assert!(!skipped.reason.is_empty());
}

#[test]
fn finished_spectrograms_are_classified_and_those_without_a_label_do_not_count() {
    let predictions = classifier().predict(&Rows::new((44, 32)), &[0, 1, 2], |_| {}).unwrap();
    let truth: Vec<_> = predictions.tracks.iter().map(|track| track.truth).collect();
    assert_eq!(truth, [Some(1), Some(0), None], "indices of the model's labels");
    let confusion = predictions.confusion().unwrap();
    assert_eq!((confusion.classes(), confusion.total()), (3, 2));
    for prediction in &predictions.tracks[..2] {
        assert_eq!(confusion.support(prediction.truth.unwrap()), 1);
        assert!(confusion.count(prediction.truth.unwrap(), prediction.predicted()) == 1);
    }
}

#[test]
fn a_genre_that_the_model_does_not_know_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let dataset = folder(root.path(), &["march/a.wav", "polka/b.wav"]);
    let error = classifier().predict(&dataset, &[0], |_| {}).unwrap_err();
    assert!(matches!(&error, Error::UnknownGenre { genre, .. } if genre == "polka"), "{error}");
    let message = "the dataset has a genre `polka` that the model does not know; dataset: march, polka; model: waltz, march, tango";
    assert_eq!(error.to_string(), message);
}

#[test]
fn spectrograms_of_another_size_are_an_error() {
    let error = classifier().predict(&Rows::new((40, 32)), &[0], |_| {}).unwrap_err();
    let size = ModelError::SpectrogramSize { actual: (40, 32), expected: (44, 32) };
    assert!(matches!(&error, Error::Model(reason) if reason.to_string() == size.to_string()), "{error}");
}

#[test]
fn a_genre_that_is_written_otherwise_is_suggested_and_can_be_mapped() {
    let root = tempfile::tempdir().unwrap();
    let dataset = folder(root.path(), &["March/a.wav", "waltz/b.wav"]);
    let error = classifier().predict(&dataset, &[0, 1], |_| {}).unwrap_err();
    assert!(
        error.to_string().contains("`March` that the model does not know, did you mean its `march`"),
        "{error}"
    );
    let mapped = with_label_map(Box::new(dataset), &[("March", "march")]).unwrap();
    let predictions = classifier().predict(mapped.as_ref(), &[0, 1], |_| {}).unwrap();
    assert_eq!(predictions.tracks.iter().map(|track| track.truth).collect::<Vec<_>>(), [Some(1), Some(0)]);
}

#[test]
fn labels_in_another_unicode_form_are_the_same() {
    let root = tempfile::tempdir().unwrap();
    let dataset = folder(root.path(), &["mu\u{301}sica/a.wav", "waltz/b.wav"]);
    let bundle = Bundle {
        labels: ["waltz", "m\u{fa}sica", "tango"].map(String::from).to_vec(),
        ..classifier().bundle().clone()
    };
    let predictions = Classifier::new(bundle).unwrap().predict(&dataset, &[0], |_| {}).unwrap();
    assert_eq!(predictions.tracks[0].truth, Some(1));
}

#[test]
fn a_table_has_a_row_for_each_track_with_its_label_and_all_probabilities() {
    let written = |dataset: &dyn Dataset, tracks: &[usize]| {
        let mut table = Vec::new();
        let predictions = classifier().predict(dataset, tracks, |_| ()).unwrap();
        predictions.write_csv(dataset.tracks(), &mut table).unwrap();
        (String::from_utf8(table).unwrap(), predictions)
    };
    let root = tempfile::tempdir().unwrap();
    let (table, predictions) = written(&folder(root.path(), &["march/a.wav", "waltz/b.wav"]), &[1, 0]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "file,label,predicted,p_waltz,p_march,p_tango");
    assert!(lines[1].starts_with("b.wav,waltz,") && lines[2].starts_with("a.wav,march,"), "{table}");
    let first: Vec<f64> = lines[1].split(',').skip(3).map(|cell| cell.parse().unwrap()).collect();
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 5e-8; // seven decimals
    assert!(first.iter().zip(&predictions.tracks[0].probabilities).all(close), "{table}");

    let (table, predictions) = written(&Rows::new((44, 32)), &[2]);
    assert!(table.starts_with("id,label,predicted,") && table.contains("\n2,,"), "{table}");
    let error = predictions.write_csv(&[], Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
