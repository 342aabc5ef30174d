//! Keras checkpoints as bundles; the file is the one that `mgc-nets` tests its reader with.
#![cfg(feature = "keras")]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc::audio::MelConfig;
use mgc::{Bundle, Classifier, Error, published_labels};

const CHECKPOINT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../mgc-nets/tests/fixtures/bbnn_model.h5");

#[test]
fn an_imported_checkpoint_reads_audio_with_the_front_end_it_was_trained_on() {
    let bundle = Bundle::from_keras(CHECKPOINT, &["a", "b", "c"], None).unwrap();
    assert_eq!(bundle.front_end, Some(MelConfig::bbnn()));
    assert!(bundle.provenance["imported from"].contains("bbnn_model.h5"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    bundle.save(&path).unwrap();
    let answer = Classifier::load(&path).unwrap().classify_samples(&[0.1; 22_050], 22_050).unwrap();
    assert_eq!(answer.probabilities.len(), 3);
}

#[test]
fn labels_that_do_not_fit_the_checkpoint_are_refused() {
    let error = Bundle::from_keras(CHECKPOINT, &published_labels("gtzan").unwrap(), None).unwrap_err();
    assert!(
        matches!(error, Error::Model(_))
            && error.to_string().contains("10 labels for a network of 3 classes")
    );
}

#[test]
fn published_labels_are_sorted_as_pythons_folder_lists_were() {
    for dataset in ["gtzan", "extended-ballroom"] {
        assert!(published_labels(dataset).unwrap().is_sorted());
    }
    assert_eq!(published_labels("jukebox"), None);
}
