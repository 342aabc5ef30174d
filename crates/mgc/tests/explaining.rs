//! Which parts of a spectrogram an answer comes from: models whose decisive part is known.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use mgc::audio::{Clip, write_wav};
use mgc::candle::{DType, Device, Tensor};
use mgc::explain::{
    Chunk, DeletionConfig, ExplainError, Fill, OcclusionConfig, PassageConfig, Timeline, activation,
    decisive_passage, deletion, occlusion,
};
use mgc::nets::{NetConfig, Variant, broadcast_net};
use mgc::train::{Calibration, Temperature, seeded};
use mgc::{Bundle, Classifier, Error, Result, Windows};
use ndarray::{Array2, s};
use std::time::Duration;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
/// Maps are f32, and sums are taken in another order.
const TOLERANCE: f64 = 1e-4;

/// A model of two classes whose logit difference is the sum of the spectrogram times these weights.
fn linear(weights: &Array2<f32>) -> impl Fn(&Tensor) -> Result<Vec<Vec<f64>>> + use<> {
    let weights: Vec<f64> = weights.iter().map(|&weight| f64::from(weight)).collect();
    move |batch| {
        let rows: Vec<Vec<f32>> = batch.flatten_from(1)?.to_vec2()?;
        let answer = |row: &Vec<f32>| {
            let logit: f64 = row.iter().zip(&weights).map(|(&value, weight)| f64::from(value) * weight).sum();
            vec![1.0 / (1.0 + (-logit).exp()), 1.0 / (1.0 + logit.exp())]
        };
        Ok(rows.iter().map(answer).collect())
    }
}

/// Values that no two neighbours share.
fn music(frames: usize, bands: usize) -> Array2<f32> {
    Array2::from_shape_fn((frames, bands), |(frame, band)| ((frame * 7 + band * 3) % 11) as f32 / 10.0 - 0.4)
}

fn chunk(spectrogram: Array2<f32>, music: usize) -> Chunk {
    Chunk { spectrogram, music, start: Duration::from_secs(60), frame_seconds: 0.25 }
}

/// A network of random weights without a fixed size of input.
fn network(config: NetConfig, seed: u64) -> Classifier {
    let vars = candle_nn::VarMap::new();
    broadcast_net(&config, seeded(&vars, seed, DType::F32, &Device::Cpu)).unwrap();
    let labels = ["waltz", "march", "tango"].map(String::from).to_vec();
    Classifier::new(Bundle::new(config, None, labels, &vars).unwrap()).unwrap()
}

fn small(variant: Variant) -> NetConfig {
    NetConfig { width: 4, growth: 4, blocks: 1, ..variant.config(3) }
}

fn reason(error: Error) -> ExplainError {
    match error {
        Error::Explain(reason) => *reason,
        other => panic!("{other:?}"),
    }
}

fn tensor(values: &Array2<f32>) -> Tensor {
    let values_of = values.iter().copied().collect();
    Tensor::from_vec(values_of, (1, 1, values.nrows(), values.ncols()), &Device::Cpu).unwrap()
}

#[test]
fn the_map_of_a_linear_model_is_its_weights_times_what_each_patch_loses() {
    for (size, patches) in [((12, 8), (3, 2)), ((13, 7), (4, 3)), ((5, 3), (16, 8)), ((1, 1), (1, 1))] {
        let spectrogram = music(size.0, size.1);
        let weights = spectrogram.mapv(|value| 0.3 - value * value);
        let means: Vec<f64> =
            (0..size.1).map(|b| spectrogram.column(b).iter().map(|&v| f64::from(v)).sum::<f64>()).collect();
        let config = OcclusionConfig { patches, fill: Fill::BandMean };
        let maps = occlusion(&spectrogram, &config, linear(&weights)).unwrap();
        let counts = (patches.0.min(size.0), patches.1.min(size.1));
        for row in 0..counts.0 {
            for column in 0..counts.1 {
                let frames = row * size.0 / counts.0..(row + 1) * size.0 / counts.0;
                let bands = column * size.1 / counts.1..(column + 1) * size.1 / counts.1;
                let mut expected = 0.0;
                for (frame, band) in frames.clone().flat_map(|f| bands.clone().map(move |b| (f, b))) {
                    let lost = f64::from(spectrogram[[frame, band]]) - means[band] / size.0 as f64;
                    expected += f64::from(weights[[frame, band]]) * lost;
                }
                for (frame, band) in frames.clone().flat_map(|f| bands.clone().map(move |b| (f, b))) {
                    let found = [0, 1].map(|class: usize| f64::from(maps[class][[frame, band]]));
                    assert!((found[0] - expected).abs() < TOLERANCE, "{frame} {band}: {found:?} {expected}");
                    assert!((found[1] + expected).abs() < TOLERANCE, "the other class mirrors it");
                }
            }
        }
        assert_eq!(config.answers(size), 1 + counts.0 * counts.1);
    }
}

#[test]
fn evidence_for_a_certain_answer_is_still_told_apart() {
    let (spectrogram, mut weights) = (music(16, 8), Array2::zeros((16, 8)));
    weights.slice_mut(s![.., 0..2]).fill(100.0);
    let spectrogram = spectrogram + 1.0; // the first probability is 1 - 1e-500 and more, with any patch replaced
    let config = OcclusionConfig { patches: (4, 4), fill: Fill::Floor };
    let maps = occlusion(&spectrogram, &config, linear(&(weights / 10.0))).unwrap();
    assert!(maps[0].slice(s![.., 0..2]).iter().all(|&fall| fall > 1.0), "{:?}", maps[0]);
    assert!(maps[0].slice(s![.., 2..]).iter().all(|&fall| fall == 0.0));
}

#[test]
fn a_patch_that_equals_its_replacement_says_nothing() {
    let mut spectrogram = Array2::from_elem((64, 32), -60.0);
    spectrogram.slice_mut(s![16..24, 8..12]).fill(-20.0);
    let classifier = network(small(Variant::Proposed), 1);
    let config = OcclusionConfig { patches: (8, 8), fill: Fill::Floor };
    let maps = occlusion(&spectrogram, &config, |batch| classifier.probabilities(batch)).unwrap();
    for map in maps {
        let of_the_tone = map[[16, 8]];
        assert_ne!(of_the_tone, 0.0);
        for ((frame, band), &value) in map.indexed_iter() {
            let is_tone = (16..24).contains(&frame) && (8..12).contains(&band);
            assert_eq!(value, if is_tone { of_the_tone } else { 0.0 }, "{frame} {band}");
        }
    }
}

#[test]
fn the_decisive_passage_is_the_one_that_the_model_listens_to() {
    let spectrogram = Array2::from_shape_fn((120, 8), |(frame, _)| (frame % 2) as f32);
    let mut weights = Array2::zeros((120, 8));
    weights.slice_mut(s![40..60, 3]).assign(&spectrogram.slice(s![40..60, 3]));
    let config = PassageConfig { seconds: 5.0, step: 1.0, fill: Fill::BandMean };
    let found = decisive_passage(&chunk(spectrogram, 120), 0, &config, linear(&weights)).unwrap();
    assert_eq!((found.frames, found.start.as_secs(), found.duration.as_secs()), (40..60, 70, 5));
    assert!(found.before > 0.9999 && (found.after - 1.0 / (1.0 + (-5_f64).exp())).abs() < TOLERANCE);
}

#[test]
fn a_passage_lies_within_the_music_and_is_no_longer_than_it() {
    let weights = Array2::from_elem((120, 4), 1.0);
    for (frames, expected) in [(120, 20), (33, 20), (20, 20), (7, 7), (1, 1)] {
        let mut spectrogram = Array2::zeros((120, 4));
        spectrogram.slice_mut(s![frames - 1, ..]).fill(5.0);
        let chunk = chunk(spectrogram, frames);
        let found = decisive_passage(&chunk, 0, &PassageConfig::default(), linear(&weights)).unwrap();
        assert_eq!(found.frames, frames - expected..frames, "the last frame of {frames} is the loud one");
    }
}

#[test]
fn a_map_that_tells_the_truth_lowers_the_probability_more_than_chance_and_a_false_one_does_not() {
    let spectrogram = Array2::from_shape_fn((64, 32), |(frame, _)| (frame % 2) as f32);
    let mut weights = Array2::zeros((64, 32));
    let heard = s![8..16, 4..8];
    weights.slice_mut(heard).assign(&spectrogram.slice(heard).mapv(|value| 0.5 * value));
    let truth = occlusion(&spectrogram, &OcclusionConfig::default(), linear(&weights)).unwrap().remove(0);
    let config = DeletionConfig { draws: 200, ..DeletionConfig::default() };
    let check = |map: &Array2<f32>| deletion(&spectrogram, map, 0, &config, linear(&weights)).unwrap();
    let (good, bad) = (check(&truth), check(&truth.mapv(|value| -value)));
    assert!((good.before - 1.0 / (1.0 + (-8_f64).exp())).abs() < TOLERANCE);
    assert!(
        (good.decisive - 1.0 / (1.0 + (-4_f64).exp())).abs() < TOLERANCE,
        "the mean is half of it: {good:?}"
    );
    assert!(good.random > 0.995 && bad.decisive == bad.before, "{good:?} {bad:?}");
    assert_eq!(good.random, bad.random, "the seed chooses");
}

#[test]
fn deleting_all_is_deleting_all_by_chance_and_deleting_nothing_changes_nothing() {
    let (spectrogram, weights) = (music(20, 10), music(20, 10));
    let check = |share: f64, seed: u64| {
        let config = DeletionConfig { share, seed, draws: 3, ..DeletionConfig::default() };
        deletion(&spectrogram, &weights, 1, &config, linear(&weights)).unwrap()
    };
    let (all, nothing) = (check(1.0, 1), check(0.0, 1));
    assert!((all.decisive - all.random).abs() < 1e-12 && all.decisive != all.before);
    assert!((nothing.decisive - nothing.before).abs() + (nothing.random - nothing.before).abs() < 1e-12);
    assert_eq!(check(0.3, 5), check(0.3, 5));
    assert_ne!(check(0.3, 5).random, check(0.3, 6).random);
}

#[test]
fn the_places_of_an_activation_map_sum_to_the_log_odds_and_the_entropy_of_the_others() {
    for variant in [Variant::Proposed, Variant::Bbnn, Variant::Lstm] {
        let (plain, spectrogram) = (network(small(variant), 3), music(64, 32) * 20.0);
        let calibration = Calibration { temperature: Some(Temperature::new(2.5).unwrap()), threshold: None };
        let classifier = Classifier::new(plain.bundle().clone().with_calibration(calibration)).unwrap();
        let maps = activation(&classifier, &spectrogram).unwrap();
        let row = classifier.probabilities(&tensor(&spectrogram)).unwrap().remove(0);
        for (class, map) in maps.iter().enumerate() {
            let shares: Vec<f64> = (0..3).filter(|other| *other != class).map(|o| row[o]).collect();
            let rest: f64 = shares.iter().sum();
            let entropy: f64 = shares.iter().map(|share| -share / rest * (share / rest).ln()).sum();
            let places = 8.0 * 16.0; // time is pooled by 4 and by 2, bands by 2
            let sum = map.iter().map(|&value| f64::from(value)).sum::<f64>() * places / (64.0 * 32.0);
            let expected = (row[class] / rest).ln() + entropy;
            assert!((sum - expected).abs() < TOLERANCE, "{variant}: {sum} {expected}");
        }
    }
}

#[test]
fn an_activation_map_says_where_a_change_of_the_music_changes_the_answer() {
    let classifier = network(small(Variant::Proposed), 5);
    let quiet = Array2::from_elem((160, 32), -60.0);
    let mut loud = quiet.clone();
    loud.slice_mut(s![120..128, ..]).fill(-10.0);
    let maps = [&quiet, &loud].map(|music| activation(&classifier, music).unwrap().remove(0));
    // weights of the classes change with the answer, so compare with a place far away
    let far = |map: &Array2<f32>, frame: usize| (map[[frame, 16]] - map[[40, 16]]).abs();
    assert!(
        far(&maps[1], 124) > 10.0 * far(&maps[0], 124).max(far(&maps[1], 48)),
        "{:?}",
        maps[1].column(16)
    );
}

#[test]
fn a_network_that_ends_with_a_maximum_has_no_activation_map() {
    let classifier = network(small(Variant::GlobalMax), 1);
    let error = activation(&classifier, &music(64, 32)).unwrap_err();
    assert!(matches!(reason(error), ExplainError::NoActivationMap));
}

#[test]
fn a_model_that_hears_windows_has_no_activation_map_of_the_whole() {
    let bundle = network(small(Variant::Proposed), 1).bundle().clone();
    let classifier = Classifier::new(bundle.with_windows(Some(Windows::half_overlapping(32)))).unwrap();
    let error = activation(&classifier, &music(64, 32)).unwrap_err();
    assert!(matches!(reason(error), ExplainError::Windows));
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let (spectrogram, model) = (music(8, 4), linear(&music(8, 4)));
    let none = OcclusionConfig { patches: (0, 4), ..OcclusionConfig::default() };
    let told = |error: Error| reason(error).to_string();
    let error = told(occlusion(&spectrogram, &none, &model).unwrap_err());
    assert_eq!(error, "patches is 0 x 4, expected at least 1 x 1");
    let config = OcclusionConfig::default();
    let empty = Array2::zeros((0, 4));
    assert_eq!(told(occlusion(&empty, &config, &model).unwrap_err()), "the spectrogram is empty");
    let error = told(occlusion(&spectrogram, &config, |_| Ok(vec![vec![1.0]])).unwrap_err());
    assert!(error.starts_with("the model gave 1 rows of probabilities for 8"), "{error}");
    let (map, config) = (spectrogram.slice(s![..4, ..]).to_owned(), DeletionConfig::default());
    let error = told(deletion(&spectrogram, &map, 0, &config, &model).unwrap_err());
    assert_eq!(error, "a map of 4 x 4 for a spectrogram of 8 x 4");
    let error = told(deletion(&spectrogram, &spectrogram, 2, &config, &model).unwrap_err());
    assert_eq!(error, "class 2 of a model of 2 classes");
    let config = DeletionConfig { share: 1.5, ..config };
    let error = told(deletion(&spectrogram, &spectrogram, 0, &config, &model).unwrap_err());
    assert_eq!(error, "share is 1.5, expected 0 to 1");
    for (seconds, step) in [(0.0, 1.0), (f64::NAN, 1.0), (5.0, -1.0), (5.0, f64::INFINITY)] {
        let config = PassageConfig { seconds, step, ..PassageConfig::default() };
        let error = told(decisive_passage(&chunk(music(8, 4), 8), 0, &config, &model).unwrap_err());
        assert!(error.ends_with("expected above 0 s"), "{error}");
    }
    let silent = decisive_passage(&chunk(music(8, 4), 0), 0, &PassageConfig::default(), &model);
    assert_eq!(told(silent.unwrap_err()), "the spectrogram is empty");
}

#[test]
fn a_timeline_has_the_answer_to_each_chunk_and_their_mean_is_that_to_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rising.wav");
    let rising = |n: u32| (0.02 * f64::from(n) * (1.0 + f64::from(n) / 30_000.0)).sin() as f32 / 2.0;
    let samples: Vec<f32> = (0..66_150).map(rising).collect(); // 3 s
    write_wav(&path, &Clip::new(samples, 22_050)).unwrap();
    let classifier = Classifier::load(format!("{FIXTURES}/model.safetensors")).unwrap(); // chunks of 1 s
    let mut decoded = Duration::ZERO;
    let timeline = Timeline::read(&classifier, &path, None, |done| decoded = done).unwrap();
    assert_eq!(timeline.mean(), classifier.classify(&path).unwrap().probabilities);
    assert_eq!(decoded, Duration::from_secs(3));
    let half = Duration::from_millis(500);
    let overlapping = Timeline::read(&classifier, &path, Some(half), |_| {}).unwrap();
    assert_eq!(overlapping.moments.len(), 5);
    for (index, moment) in overlapping.moments.iter().enumerate() {
        assert_eq!((moment.start, moment.end), (half * index as u32, half * (index as u32 + 2)));
        let chunk = Chunk::read(&classifier, &path, moment.start).unwrap();
        let alone = classifier.probabilities(&tensor(&chunk.spectrogram)).unwrap().remove(0);
        for (alone, among) in alone.iter().zip(&moment.probabilities) {
            assert!((alone - among).abs() < 1e-6, "f32 batches of one and of five");
        }
    }
    let peak = timeline.peak(1).unwrap().probabilities[1];
    assert!(timeline.moments.iter().all(|moment| moment.probabilities[1] <= peak));
}

#[test]
fn a_temperature_is_that_of_the_whole_recording_and_of_each_chunk() {
    let song = format!("{FIXTURES}/song.wav");
    let half = |temperature: f64| {
        let calibration =
            Calibration { temperature: Some(Temperature::new(temperature).unwrap()), threshold: None };
        let model = Bundle::load(format!("{FIXTURES}/other.safetensors")).unwrap(); // chunks of half a second
        Classifier::new(model.with_calibration(calibration)).unwrap()
    };
    for classifier in [half(3.0), Classifier::ensemble(vec![half(0.3), half(2.0)]).unwrap()] {
        let timeline = Timeline::read(&classifier, &song, None, |_| {}).unwrap();
        assert!(timeline.moments.len() > 1);
        assert_eq!(timeline.mean(), classifier.classify(&song).unwrap().probabilities);
        let chunk = Chunk::read(&classifier, &song, Duration::ZERO).unwrap();
        let alone = classifier.probabilities(&tensor(&chunk.spectrogram)).unwrap().remove(0);
        for (alone, among) in alone.iter().zip(&timeline.moments[0].probabilities) {
            assert!((alone - among).abs() < 1e-6, "f32 batches of one and of two");
        }
    }
}

#[test]
fn a_short_recording_is_one_moment_that_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.wav");
    write_wav(&path, &Clip::new(vec![0.1; 2_205], 22_050)).unwrap();
    let classifier = Classifier::load(format!("{FIXTURES}/model.safetensors")).unwrap();
    let timeline = Timeline::read(&classifier, &path, None, |_| {}).unwrap();
    assert_eq!(timeline.moments.len(), 1);
    assert_eq!(timeline.moments[0].end, Duration::from_millis(100));
    let chunk = Chunk::read(&classifier, &path, Duration::ZERO).unwrap();
    assert_eq!((chunk.spectrogram.nrows(), chunk.music), (44, 5)); // frames of 512 samples
}

#[test]
fn models_without_one_front_end_are_refused() {
    let song = format!("{FIXTURES}/song.wav");
    let files = ["model", "other"].map(|name| format!("{FIXTURES}/{name}.safetensors"));
    let both = Classifier::load_ensemble(&files).unwrap();
    for error in [
        Timeline::read(&both, &song, None, |_| {}).unwrap_err(),
        Chunk::read(&both, &song, Duration::ZERO).unwrap_err(),
    ] {
        assert!(matches!(reason(error), ExplainError::FrontEnds));
    }
    let twice = Classifier::load_ensemble(&[&files[0], &files[0]]).unwrap();
    let once = Classifier::load(&files[0]).unwrap();
    let chunk = Chunk::read(&twice, &song, Duration::ZERO).unwrap();
    let maps = [&once, &twice].map(|model| activation(model, &chunk.spectrogram).unwrap());
    for (one, two) in maps[0].iter().flatten().zip(maps[1].iter().flatten()) {
        assert!(f64::from((one - two).abs()) < TOLERANCE, "the mean of two equal maps");
    }
    let arrays = network(small(Variant::Proposed), 1);
    assert!(matches!(Chunk::read(&arrays, &song, Duration::ZERO), Err(Error::NoFrontEnd)));
}
