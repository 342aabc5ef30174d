//! From samples and files to ranked labels.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::VarMap;
use mgc::audio::{Clip, MelConfig, write_wav};
use mgc::candle::{DType, Device};
use mgc::nets::{NetConfig, Variant, broadcast_net};
use mgc::{Bundle, Chunks, Classification, Classifier, Error, ModelError, train::seeded};

const RATE: u32 = 22_050;
/// One chunk of [`front_end`] in samples.
const CHUNK: usize = 22_050;
/// Resampling moves a band's level by thousandths of a dB below 10 kHz.
const RESAMPLING_TOLERANCE: f64 = 1e-3;

fn front_end() -> MelConfig {
    MelConfig { chunk_samples: Some(CHUNK), n_mels: 32, ..MelConfig::default() }
}

fn classifier(front_end: Option<MelConfig>) -> Classifier {
    seeded_classifier(front_end, 1)
}

fn other_classifier() -> Classifier {
    seeded_classifier(Some(MelConfig { chunk_samples: Some(CHUNK * 2), ..front_end() }), 2)
}

fn seeded_classifier(front_end: Option<MelConfig>, seed: u64) -> Classifier {
    let network = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Proposed.config(3) };
    let vars = VarMap::new();
    broadcast_net(&network, seeded(&vars, seed, DType::F32, &Device::Cpu)).unwrap();
    let labels = ["waltz", "march", "tango"].map(String::from).to_vec();
    Classifier::new(Bundle::new(network, front_end, labels, &vars).unwrap()).unwrap()
}

/// A tone that rises, so that chunks differ.
fn tone(samples: usize, rate: u32) -> Vec<f32> {
    let phase = |i: usize| i as f32 / rate as f32 * (300.0 + 50.0 * i as f32 / rate as f32);
    (0..samples).map(|i| (std::f32::consts::TAU * phase(i)).sin() * 0.3).collect()
}

fn probability(classification: &Classification, label: &str) -> f64 {
    classification.ranking().find(|genre| genre.label == label).unwrap().probability
}

#[test]
fn every_label_is_ranked_and_probabilities_sum_to_one() {
    let answer = classifier(Some(front_end())).classify_samples(&tone(CHUNK, RATE), RATE).unwrap();
    let ranking: Vec<_> = answer.ranking().collect();
    assert_eq!(ranking.len(), 3);
    assert!(ranking.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
    assert!((answer.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!(answer.best(), ranking[0]);
    assert!(answer.top(2).eq(ranking[..2].iter().copied()));
    for genre in ranking {
        let class = answer.labels.iter().position(|label| label == genre.label).unwrap();
        assert_eq!(answer.probabilities[class], genre.probability);
    }
}

#[test]
fn a_remainder_under_half_a_chunk_is_dropped_and_a_short_clip_is_one_chunk() {
    let classifier = classifier(Some(front_end()));
    let count = |samples: usize| classifier.classify_samples(&tone(samples, RATE), RATE).unwrap().chunks;
    assert_eq!(
        [count(100), count(CHUNK), count(CHUNK * 5 / 4), count(CHUNK * 3 / 2), count(CHUNK * 3)],
        [1, 1, 1, 2, 3]
    );
}

#[test]
fn all_chunks_are_averaged_and_first_is_the_first() {
    let samples = tone(CHUNK * 2, RATE);
    let classifier = classifier(Some(front_end()));
    let one = |part: &[f32]| probability(&classifier.classify_samples(part, RATE).unwrap(), "march");
    let (first, second) = (one(&samples[..CHUNK]), one(&samples[CHUNK..]));
    assert_ne!(first, second);
    let all = one(&samples);
    assert!((all - (first + second) / 2.0).abs() < 1e-6, "f32 batches of one and of two");
    let answer = classifier.with_chunks(Chunks::First).classify_samples(&samples, RATE).unwrap();
    assert_eq!((answer.chunks, probability(&answer, "march")), (1, first));
}

#[test]
fn music_of_another_rate_is_resampled_to_the_models_own() {
    let classifier = classifier(Some(front_end()));
    let native = classifier.classify_samples(&tone(CHUNK, RATE), RATE).unwrap();
    let double = classifier.classify_samples(&tone(CHUNK * 2, RATE * 2), RATE * 2).unwrap();
    assert_eq!((double.chunks, double.sample_rate), (1, RATE * 2));
    for genre in native.ranking() {
        assert!((genre.probability - probability(&double, genre.label)).abs() < RESAMPLING_TOLERANCE);
    }
    let misread = classifier.classify_samples(&tone(CHUNK * 2, RATE * 2), RATE).unwrap();
    assert!((probability(&misread, "march") - probability(&native, "march")).abs() > RESAMPLING_TOLERANCE);
}

#[test]
fn a_file_gives_what_its_samples_give() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    let clip = Clip::new(tone(CHUNK, RATE), RATE);
    write_wav(&path, &clip).unwrap();
    let classifier = classifier(Some(front_end()));
    let decoded = mgc::audio::decode(&path).unwrap();
    let answer = classifier.classify(&path).unwrap();
    assert_eq!(answer, classifier.classify_samples(&decoded.samples, RATE).unwrap());
    assert_eq!(answer.duration, clip.duration());
}

#[test]
fn a_model_without_a_front_end_refuses_audio_before_reading_it() {
    let classifier = classifier(None);
    assert!(matches!(classifier.classify("no such file"), Err(Error::NoFrontEnd)));
    assert!(matches!(classifier.classify_samples(&tone(CHUNK, RATE), RATE), Err(Error::NoFrontEnd)));
    let spectrograms = mgc::candle::Tensor::zeros((2, 1, 16, 8), DType::F32, &Device::Cpu).unwrap();
    assert_eq!(classifier.probabilities(&spectrograms).unwrap().len(), 2);
}

#[test]
fn no_samples_and_impossible_rates_are_errors() {
    let classifier = classifier(Some(front_end()));
    assert!(matches!(classifier.classify_samples(&[], RATE), Err(Error::Audio(_))));
    assert!(matches!(classifier.classify_samples(&[0.0; 9], 0), Err(Error::Audio(_))));
    assert!(matches!(classifier.classify_samples(&[f32::NAN; 9], RATE), Err(Error::Audio(_))));
}

#[test]
fn a_classifier_can_be_shared_between_threads() {
    let classifier = classifier(Some(front_end()));
    let samples = tone(CHUNK, RATE);
    let run = || classifier.classify_samples(&samples, RATE).unwrap();
    let expected = run();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == expected));
    });
}

#[test]
fn spectrograms_of_another_size_than_the_front_ends_are_refused() {
    let classifier = classifier(Some(front_end()));
    let answer = |frames, bands| {
        let x = mgc::candle::Tensor::zeros((1, 1, frames, bands), DType::F32, &Device::Cpu).unwrap();
        classifier.probabilities(&x)
    };
    let frames = front_end().frames(CHUNK);
    assert!(answer(frames, 32).is_ok());
    for (frames, bands) in [(32, frames), (frames, 64), (frames + 1, 32)] {
        let message = answer(frames, bands).unwrap_err().to_string();
        assert!(
            message.contains(&format!("spectrograms of {frames} frames x {bands} bands were given")),
            "{message}"
        );
    }
}

#[test]
fn an_input_that_is_not_finite_is_an_error_not_an_answer() {
    let x = mgc::candle::Tensor::full(f32::NAN, (1, 1, 16, 8), &Device::Cpu).unwrap();
    assert!(matches!(classifier(None).probabilities(&x), Err(Error::Model(ModelError::AnswerNotFinite))));
}

#[test]
fn an_ensemble_of_one_answers_as_its_member_and_of_two_with_their_mean() {
    let folder = tempfile::tempdir().unwrap();
    let (song, samples) = (folder.path().join("song.wav"), tone(CHUNK * 2, RATE));
    write_wav(&song, &Clip::new(samples, RATE)).unwrap();
    let (a, b) = (classifier(Some(front_end())), other_classifier());
    let (first, second) = (a.classify(&song).unwrap(), b.classify(&song).unwrap());
    assert_eq!(
        Classifier::ensemble(vec![classifier(Some(front_end()))]).unwrap().classify(&song).unwrap(),
        first
    );
    let both = Classifier::ensemble(vec![a, b]).unwrap().classify(&song).unwrap();
    for label in ["waltz", "march", "tango"] {
        let mean = (probability(&first, label) + probability(&second, label)) / 2.0;
        assert_eq!(probability(&both, label), mean, "{label}");
    }
    assert_eq!(both.embedding, [first.embedding.clone(), second.embedding].concat());
    assert_eq!((both.chunks, both.duration), (first.chunks, first.duration));
}

#[test]
fn an_ensemble_of_other_labels_or_of_nothing_is_refused() {
    assert!(Classifier::ensemble(vec![]).unwrap_err().to_string().contains("needs a model"));
    let mut bundle = classifier(Some(front_end())).bundle().clone();
    bundle.labels.swap(0, 1);
    let members = vec![classifier(Some(front_end())), Classifier::new(bundle).unwrap()];
    let message = Classifier::ensemble(members).unwrap_err().to_string();
    assert!(message.contains("march, waltz, tango, where the first has waltz, march, tango"), "{message}");
}

#[test]
fn the_embedding_is_the_mean_of_the_chunks_features() {
    let (classifier, samples) = (classifier(Some(front_end())), tone(CHUNK * 2, RATE));
    let whole = classifier.classify_samples(&samples, RATE).unwrap().embedding;
    let part =
        |i: usize| classifier.classify_samples(&samples[i * CHUNK..][..CHUNK], RATE).unwrap().embedding;
    let (a, b) = (part(0), part(1));
    assert_eq!(whole.len(), 4);
    assert_ne!(a, b);
    /// One rounding to f32.
    const TOLERANCE: f32 = 1e-6;
    assert!(
        whole
            .iter()
            .zip(a.iter().zip(&b))
            .all(|(w, (a, b))| (w - (a + b) / 2.0).abs() <= TOLERANCE * w.abs())
    );
}

#[test]
fn a_reader_gives_what_its_file_gives_to_one_model_and_to_two_front_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    write_wav(&path, &Clip::new(tone(CHUNK * 2, RATE), RATE)).unwrap();
    let bytes = || std::io::Cursor::new(std::fs::read(&path).unwrap());
    let ensemble = vec![classifier(Some(front_end())), other_classifier()];
    for classifier in [classifier(Some(front_end())), Classifier::ensemble(ensemble).unwrap()] {
        let answer = classifier.classify_reader(bytes(), "upload").unwrap();
        assert_eq!(answer, classifier.classify(&path).unwrap());
    }
    let error = classifier(Some(front_end())).classify_reader(std::io::Cursor::new(b"text"), "upload");
    assert!(error.unwrap_err().to_string().contains("upload"));
}

#[test]
fn the_most_probable_label_is_the_first_of_equals() {
    let mut answer = classifier(Some(front_end())).classify_samples(&tone(CHUNK, RATE), RATE).unwrap();
    answer.probabilities = vec![0.2, 0.4, 0.4];
    assert_eq!((answer.predicted(), answer.best().label), (1, "march"));
    assert_eq!(answer.ranking().map(|genre| genre.label).collect::<Vec<_>>(), ["march", "tango", "waltz"]);
}

#[test]
fn members_of_one_front_end_share_the_spectrograms_and_keep_their_own_answers() {
    let samples = tone(CHUNK * 3, RATE);
    let (a, b) = (classifier(Some(front_end())), seeded_classifier(Some(front_end()), 2));
    let (first, second) =
        (a.classify_samples(&samples, RATE).unwrap(), b.classify_samples(&samples, RATE).unwrap());
    let both = Classifier::ensemble(vec![a, b]).unwrap().classify_samples(&samples, RATE).unwrap();
    for class in 0..3 {
        let mean = (first.probabilities[class] + second.probabilities[class]) / 2.0;
        assert_eq!(both.probabilities[class], mean);
    }
    assert_ne!(first.probabilities, second.probabilities);
}
