//! Calibrated models: honest probabilities, and answers that are not sure.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use mgc::candle::{DType, Device, Tensor};
use mgc::train::{Calibration, Temperature};
use mgc::{Bundle, Classification, Classifier, Error, ModelError};

const MODEL: &[u8] = include_bytes!("fixtures/model.safetensors");
const OTHER: &[u8] = include_bytes!("fixtures/other.safetensors");
const SONG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/song.wav");

fn model() -> Bundle {
    Bundle::from_bytes(MODEL).unwrap()
}

fn calibration(temperature: f64, threshold: f64) -> Calibration {
    Calibration { temperature: Some(Temperature::new(temperature).unwrap()), threshold: Some(threshold) }
}

fn classifier(bytes: &[u8], calibration: Calibration) -> Classifier {
    Classifier::new(Bundle::from_bytes(bytes).unwrap().with_calibration(calibration)).unwrap()
}

fn answer(calibration: Calibration) -> Classification {
    classifier(MODEL, calibration).classify(SONG).unwrap()
}

fn header(bytes: &[u8]) -> serde_json::Value {
    let (_, metadata) = safetensors::SafeTensors::read_metadata(bytes).unwrap();
    serde_json::from_str(&metadata.metadata().as_ref().unwrap()["mgc"]).unwrap()
}

#[test]
fn a_model_file_without_calibration_has_the_bytes_it_had_before() {
    assert_eq!(model().calibration, Calibration::default());
    assert!(model().to_bytes().unwrap() == MODEL, "the bytes differ");
    assert!(
        model().with_calibration(Calibration::default()).to_bytes().unwrap() == MODEL,
        "the bytes differ"
    );
}

#[test]
fn a_calibration_is_saved_with_the_model_in_what_it_states() {
    for (calibration, expected) in [
        (calibration(1.5, 0.6), serde_json::json!({"temperature": 1.5, "threshold": 0.6})),
        (Calibration { threshold: Some(0.6), ..Default::default() }, serde_json::json!({"threshold": 0.6})),
    ] {
        let bytes = model().with_calibration(calibration).to_bytes().unwrap();
        assert_eq!((&header(&bytes)["version"], &header(&bytes)["calibration"]), (&3.into(), &expected));
        let read = Bundle::from_bytes(&bytes).unwrap();
        assert_eq!(read.calibration, calibration);
        assert_eq!(read.to_bytes().unwrap(), bytes);
    }
}

#[test]
fn a_calibration_that_cannot_be_is_refused() {
    for threshold in [-0.1, 1.1, f64::NAN] {
        let error = model().with_calibration(calibration(1.0, threshold)).to_bytes().unwrap_err();
        assert!(matches!(error, Error::Model(ModelError::Threshold { .. })), "{error}");
    }
    let bytes = model().with_calibration(calibration(1.5, 0.6)).to_bytes().unwrap();
    for (good, bad) in [(r#"erature\":1.5"#, r#"erature\":0.0"#), (r#"temperature"#, r#"temperatura"#)] {
        let text = String::from_utf8_lossy(&bytes[..4096]).into_owned();
        assert!(text.contains(good));
        let at = bytes.windows(good.len()).position(|window| window == good.as_bytes()).unwrap();
        let mut damaged = bytes.clone();
        damaged[at..at + bad.len()].copy_from_slice(bad.as_bytes());
        let error = Bundle::from_bytes(&damaged).unwrap_err();
        assert!(matches!(error, Error::Model(ModelError::Header { .. })), "{error}");
    }
}

#[test]
fn the_temperature_is_applied_to_the_probabilities_of_the_whole_recording() {
    let plain = answer(Calibration::default());
    let hot = Temperature::new(2.5).unwrap();
    let calibrated = answer(calibration(2.5, 0.0));
    assert_eq!(calibrated.probabilities, hot.apply(&plain.probabilities));
    assert_ne!(calibrated.probabilities, plain.probabilities);
    assert_eq!(calibrated.predicted(), plain.predicted());
    assert_eq!(calibrated.embedding, plain.embedding);
    assert_eq!(answer(calibration(1.0, 0.0)).probabilities, plain.probabilities);
}

#[test]
fn spectrograms_are_calibrated_row_by_row() {
    let spectrograms = Tensor::zeros((2, 1, 44, 32), DType::F32, &Device::Cpu).unwrap();
    let rows = |calibration| classifier(MODEL, calibration).probabilities(&spectrograms).unwrap();
    let hot = Temperature::new(0.5).unwrap();
    let expected: Vec<_> = rows(Calibration::default()).iter().map(|row| hot.apply(row)).collect();
    assert_eq!(rows(calibration(0.5, 0.0)), expected);
}

#[test]
fn an_answer_below_the_threshold_is_not_sure() {
    let plain = answer(Calibration::default());
    assert!(plain.threshold.is_none() && !plain.is_unsure());
    let best = plain.best().probability;
    let with = |threshold| answer(Calibration { threshold: Some(threshold), ..Default::default() });
    assert!(!with(best).is_unsure() && with(best + 1e-9).is_unsure());
    assert_eq!(with(0.5).threshold, Some(0.5));
    // the threshold is about calibrated probabilities
    assert!(answer(calibration(20.0, best)).is_unsure());
}

#[test]
fn members_of_an_ensemble_keep_their_temperatures_and_it_has_no_threshold() {
    let (one, two) = (calibration(2.0, 1.0), calibration(0.7, 1.0));
    let members = || vec![classifier(MODEL, one), classifier(OTHER, two)];
    let apart: Vec<_> = members().iter().map(|member| member.classify(SONG).unwrap()).collect();
    let together = Classifier::ensemble(members()).unwrap().classify(SONG).unwrap();
    for (class, probability) in together.probabilities.iter().enumerate() {
        let mean = (apart[0].probabilities[class] + apart[1].probabilities[class]) / 2.0;
        assert_eq!(*probability, mean);
    }
    assert!(apart.iter().all(Classification::is_unsure));
    assert!(together.threshold.is_none() && !together.is_unsure());
}

#[test]
fn an_onnx_file_notes_the_calibration_where_there_is_one() {
    let holds = |bytes: Vec<u8>| bytes.windows(11).any(|window| window == b"calibration");
    assert!(!holds(model().to_onnx().unwrap()));
    assert!(holds(model().with_calibration(calibration(1.5, 0.6)).to_onnx().unwrap()));
}
