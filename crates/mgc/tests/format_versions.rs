//! Model files of every format version that is read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use mgc::audio::MelConfig;
use mgc::candle::Tensor;
use mgc::{Bundle, Classifier, Error, ModelError};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// 979 weights, imported from `mgc-nets/tests/fixtures/bbnn_model.h5` by the last program that wrote version
/// 2.
const VERSION_2: &[u8] = include_bytes!("fixtures/version2.safetensors");

/// A header of version 2, with label smoothing and without a fixed input.
const HEADER_2: &str = r#"{
    "version": 2,
    "network": {
        "classes": 3, "stem": "broadcast", "width": 4,
        "block": {"broadcast": {
            "kernels3": [[3, 3]], "kernels5": [[5, 5]], "squeeze_ratio": null, "lstm_units": null
        }},
        "blocks": 1, "growth": 4, "transition": "pre_activation", "norm": "batch", "activation": "relu",
        "head_pool": "average", "dropout": 0.25, "label_smoothing": 0.1, "kernel_init": "glorot_uniform"
    },
    "front_end": {
        "sample_rate": 16000, "fft": 400, "hop": 160, "bands": 40, "f_min": 20.0, "f_max": 8000.0,
        "scale": "htk", "padding": "reflect", "clip_samples": null,
        "decibels": {"reference": "max", "amin": 1e-10, "top_db": null}
    },
    "input": null,
    "labels": ["waltz", "march", "tango"],
    "provenance": {"trained on": "nothing"}
}"#;

/// A file with this header and the tensors of [`VERSION_2`].
fn file(header: &str) -> Vec<u8> {
    let tensors: BTreeMap<String, Tensor> =
        Bundle::from_bytes(VERSION_2).unwrap().tensors.into_iter().collect();
    safetensors::serialize(tensors, Some(HashMap::from([("mgc".into(), header.into())]))).unwrap()
}

/// The JSON in the header of a file.
fn header(bytes: &[u8]) -> serde_json::Value {
    let (_, metadata) = safetensors::SafeTensors::read_metadata(bytes).unwrap();
    serde_json::from_str(&metadata.metadata().as_ref().unwrap()["mgc"]).unwrap()
}

fn reason(header: &str) -> ModelError {
    match Bundle::from_bytes(&file(header)) {
        Err(Error::Model(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_header_of_version_2_is_read_with_its_settings_under_todays_names() {
    let bundle = Bundle::from_bytes(&file(HEADER_2)).unwrap();
    let front_end = bundle.front_end.clone().unwrap();
    assert_eq!((front_end.n_fft, front_end.hop_length, front_end.n_mels), (400, 160, 40));
    assert_eq!((front_end.chunk_samples, front_end.sample_rate), (None, 16_000));
    assert_eq!((bundle.network.classes, bundle.network.dropout, bundle.input), (3, 0.25, None));
    assert_eq!(bundle.provenance["trained on"], "nothing");
}

#[test]
fn a_file_of_version_2_answers_as_the_program_did_that_wrote_it() {
    /// That program printed seven decimals; vector units of another width round differently.
    const TOLERANCE: f64 = 1e-6;
    let classifier = Classifier::from_bytes(VERSION_2).unwrap();
    assert_eq!(classifier.bundle().front_end, Some(MelConfig::bbnn()));
    let song = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/song.wav");
    let answer = classifier.classify(song).unwrap();
    for (now, then) in answer.probabilities.iter().zip([0.0049669, 0.3832821, 0.6117510]) {
        assert!((now - then).abs() <= TOLERANCE, "{now}, was {then}");
    }
}

#[test]
fn what_is_written_is_version_3_in_the_fields_names() {
    let bytes = Bundle::from_bytes(&file(HEADER_2)).unwrap().to_bytes().unwrap();
    let header = header(&bytes);
    assert_eq!(header["version"], 3);
    assert!(header["network"].get("label_smoothing").is_none());
    let names: BTreeSet<_> = header["front_end"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        BTreeSet::from([
            "chunk_samples",
            "decibels",
            "f_max",
            "f_min",
            "hop_length",
            "n_fft",
            "n_mels",
            "padding",
            "sample_rate",
            "scale"
        ])
    );
    assert_eq!(Bundle::from_bytes(&bytes).unwrap().to_bytes().unwrap(), bytes);
}

#[test]
fn version_3_refuses_the_names_of_version_2() {
    let header = HEADER_2.replace("\"version\": 2", "\"version\": 3");
    let network_of_3 = header.replace("\"label_smoothing\": 0.1, ", "");
    assert_ne!(network_of_3, header);
    for (header, name) in [(header, "label_smoothing"), (network_of_3, "fft")] {
        let message = reason(&header).to_string();
        assert!(message.contains(&format!("unknown field `{name}`")), "{message}");
    }
}

#[test]
fn other_versions_and_headers_that_are_no_object_are_refused() {
    for version in [0, 1, 4] {
        let reason = reason(&HEADER_2.replace("\"version\": 2", &format!("\"version\": {version}")));
        assert!(matches!(reason, ModelError::Version { actual, oldest: 2, newest: 3 } if actual == version));
    }
    for header in
        ["[2]", "2", "null", "{\"version\": 2}", "{\"version\": 2, \"front_end\": [1], \"network\": 7}"]
    {
        assert!(matches!(reason(header), ModelError::Header { .. }), "{header}");
    }
    let strange = HEADER_2.replace("\"hop\"", "\"hip\"");
    assert!(reason(&strange).to_string().contains("unknown field `hip`"));
}
