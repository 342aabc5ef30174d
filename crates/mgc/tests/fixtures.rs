//! Writes the models that the documentation uses.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use mgc::Bundle;
use mgc::audio::MelConfig;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

/// `version2.safetensors` holds the weights of `mgc-nets/tests/fixtures/bbnn_model.h5`; an earlier release
/// imported it. These two hold the same weights with front ends of one second and of half a second.
#[test]
#[ignore = "writes tests/fixtures; run it after a change of the format"]
fn write_the_models_of_the_documentation() {
    let imported = Bundle::load(format!("{FOLDER}/version2.safetensors")).unwrap();
    for (name, samples) in [("model", 22_050), ("other", 11_025)] {
        let front_end = MelConfig {
            n_fft: 1024,
            hop_length: 512,
            n_mels: 32,
            chunk_samples: Some(samples),
            ..MelConfig::default()
        };
        let bundle = imported.clone().with_front_end(front_end).with_provenance("trained on", "nothing");
        bundle.save(format!("{FOLDER}/{name}.safetensors")).unwrap();
    }
}
