//! Model files: what is written is what is read, and nothing else is taken for a model.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle_nn::VarMap;
use mgc::candle::{DType, Device, Result as CandleResult, Tensor};
use mgc::nets::{NetConfig, Variant, broadcast_net};
use mgc::{Bundle, Classifier, Error, ModelError, audio::MelConfig, train::seeded};
use std::path::PathBuf;

fn small() -> NetConfig {
    NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Proposed.config(3) }
}

fn labels() -> Vec<String> {
    ["waltz", "march", "tango"].map(String::from).to_vec()
}

fn bundle() -> CandleResult<Bundle> {
    let vars = VarMap::new();
    broadcast_net(&small(), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let bundle = Bundle::new(small(), Some(MelConfig::quick()), labels(), &vars).unwrap();
    Ok(bundle.with_provenance("trained on", "nothing"))
}

/// A path in a folder that lives as long as the first part.
fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    (folder, path)
}

fn saved(bundle: &Bundle) -> (tempfile::TempDir, PathBuf) {
    let (folder, path) = file();
    bundle.save(&path).unwrap();
    (folder, path)
}

fn reason(result: Result<impl Sized, Error>) -> String {
    match result {
        Err(error @ (Error::Bundle { .. } | Error::Model(_))) => error.to_string(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("accepted"),
    }
}

#[test]
fn a_saved_bundle_is_read_back_whole() -> CandleResult<()> {
    let bundle = bundle()?;
    let (_folder, path) = saved(&bundle);
    let read = Bundle::load(&path).unwrap();
    assert_eq!(read.network, bundle.network);
    assert_eq!(read.front_end, bundle.front_end);
    assert_eq!(read.labels, bundle.labels);
    assert_eq!(read.provenance, bundle.provenance);
    assert_eq!(read.tensors.len(), bundle.tensors.len());
    for (name, tensor) in &bundle.tensors {
        let values = |t: &Tensor| t.flatten_all()?.to_vec1::<f32>();
        assert_eq!(values(&read.tensors[name])?, values(tensor)?, "{name}");
    }
    Ok(())
}

#[test]
fn saving_the_same_bundle_twice_gives_the_same_bytes_and_leaves_no_other_file() -> CandleResult<()> {
    let bundle = bundle()?;
    let ((first, a), (_second, b)) = (saved(&bundle), saved(&bundle));
    assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap(), "the bytes differ");
    assert_eq!(std::fs::read_dir(first.path()).unwrap().count(), 1);
    Ok(())
}

#[test]
fn a_missing_file_is_named() {
    let error = Classifier::load("no/such/model.safetensors").unwrap_err();
    assert!(matches!(error, Error::Io { .. }) && error.to_string().contains("no/such/model.safetensors"));
}

#[test]
fn files_that_are_no_model_say_what_they_are() -> CandleResult<()> {
    let (_folder, path) = file();
    for bytes in [&b""[..], b"just some text, no tensors", &[255; 64]] {
        std::fs::write(&path, bytes).unwrap();
        assert!(reason(Classifier::load(&path)).contains("not a safetensors file"));
    }
    let tensors =
        std::collections::HashMap::from([("x".to_string(), Tensor::zeros(2, DType::F32, &Device::Cpu)?)]);
    mgc::candle::safetensors::save(&tensors, &path)?;
    assert!(reason(Classifier::load(&path)).contains("without the header of a model bundle"));
    Ok(())
}

#[test]
fn a_file_cut_anywhere_is_an_error() -> CandleResult<()> {
    let (_folder, path) = saved(&bundle()?);
    let bytes = std::fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        reason(Classifier::load(&path));
    }
    Ok(())
}

/// Replaces text in the header by text of the same length.
fn patched(from: &str, to: &str) -> CandleResult<String> {
    assert_eq!(from.len(), to.len());
    let (_folder, path) = saved(&bundle()?);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(from.len()).position(|part| part == from.as_bytes()).unwrap();
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    std::fs::write(&path, bytes).unwrap();
    Ok(reason(Classifier::load(&path)))
}

#[test]
fn another_format_version_is_refused() -> CandleResult<()> {
    assert!(patched(r#"\"version\":3"#, r#"\"version\":7"#)?.contains("format version 7"));
    Ok(())
}

#[test]
fn settings_this_program_does_not_know_are_refused() -> CandleResult<()> {
    assert!(patched(r#"\"width\""#, r#"\"girth\""#)?.contains("unknown field `girth`"));
    assert!(patched(r#"\"hop_length\""#, r#"\"hip_length\""#)?.contains("unknown field `hip_length`"));
    Ok(())
}

#[test]
fn parts_that_do_not_belong_together_are_refused() -> CandleResult<()> {
    let good = bundle()?;
    let short = Bundle { labels: labels()[..2].to_vec(), ..good.clone() };
    assert!(reason(Classifier::new(short)).contains("2 labels for a network of 3 classes"));
    let twice = Bundle { labels: ["a", "b", "a"].map(String::from).to_vec(), ..good.clone() };
    assert!(reason(Classifier::new(twice)).contains("`a` occurs twice"));
    let mut missing = good.clone();
    missing.tensors.remove("stem.conv.weight");
    assert!(reason(Classifier::new(missing)).contains("stem.conv.weight"));
    let mut stray = good.clone();
    stray.tensors.insert("stem.conv.wait".into(), Tensor::zeros(1, DType::F32, &Device::Cpu)?);
    assert!(reason(Classifier::new(stray)).contains("`stem.conv.wait` belongs to no layer"));
    let mut reshaped = good;
    reshaped.tensors.insert("head.fc.bias".into(), Tensor::zeros(9, DType::F32, &Device::Cpu)?);
    assert!(reason(Classifier::new(reshaped)).contains("head.fc.bias"));
    Ok(())
}

#[test]
fn weights_nobody_can_compute_with_are_refused_where_they_appear() -> CandleResult<()> {
    let row = |values: [f64; 3]| Tensor::new(&values, &Device::Cpu);
    for (name, values, reason_why) in [
        ("head.fc.bias", row([0., f64::NAN, 0.])?, "not finite"),
        ("head.fc.bias", row([0., 1e300, 0.])?, "not finite"), // infinite in single precision
        ("head.bn.running_var", Tensor::new(&[1f32, 1., -1., 1.], &Device::Cpu)?, "negative variance"),
    ] {
        let mut bad = bundle()?;
        bad.tensors.insert(name.into(), values);
        let (_folder, path) = file();
        assert!(reason(bad.save(&path)).contains(reason_why));
        assert!(!path.exists());
        assert!(reason(Classifier::new(bad)).contains(reason_why));
    }
    Ok(())
}

#[test]
fn shapes_are_checked_before_any_tensor_is_made() -> CandleResult<()> {
    let size = (1u64 << 40).to_string();
    assert!(
        patched(r#""shape":[4,1,3,3]"#, r#""shape":[1,4,3,3]"#)?
            .contains("`stem.conv.weight` is [1, 4, 3, 3]")
    );
    let (_folder, path) = saved(&bundle()?);
    let bytes = std::fs::read(&path).unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let text = std::str::from_utf8(&bytes[8..header]).unwrap().trim_end().trim_end_matches('}').to_owned();
    let zero = format!(r#"}},"x":{{"dtype":"F32","shape":[0,{size},{size}],"data_offsets":[0,0]}}}}"#);
    let text = text + &zero;
    let patched: Vec<u8> =
        [&(text.len() as u64).to_le_bytes()[..], text.as_bytes(), &bytes[header..]].concat();
    std::fs::write(&path, patched).unwrap();
    reason(Classifier::load(&path)); // an error, whatever it says; candle would overflow
    Ok(())
}

#[test]
fn a_front_end_of_absurd_length_is_refused() -> CandleResult<()> {
    let absurd = MelConfig { chunk_samples: Some(1 << 60), ..MelConfig::quick() };
    let bad = Bundle { front_end: Some(absurd), ..bundle()? };
    assert!(reason(Classifier::new(bad)).contains("chunk_samples"));
    Ok(())
}

#[test]
fn a_header_that_claims_a_giant_network_takes_no_memory() -> CandleResult<()> {
    let giant =
        Bundle { network: NetConfig { width: 4_000, growth: 4_000, blocks: 60, ..small() }, ..bundle()? };
    let reason = reason(Classifier::new(giant));
    assert!(reason.contains("the tensor `"), "{reason}");
    Ok(())
}

#[test]
fn a_bundle_states_the_input_it_was_trained_on_and_refuses_another() -> CandleResult<()> {
    let by_front_end = bundle()?;
    let size = MelConfig::quick();
    assert_eq!(by_front_end.input, size.chunk_samples.map(|samples| (size.frames(samples), size.n_mels)));
    let arrays = Bundle { front_end: None, ..bundle()? }.with_input(20, 9);
    let (_folder, path) = saved(&arrays);
    let loaded = Bundle::load(&path).unwrap();
    assert_eq!(loaded.input, Some((20, 9)));
    let classifier = Classifier::new(loaded).unwrap();
    let zeros = |frames, bands| Tensor::zeros((1, 1, frames, bands), DType::F32, &Device::Cpu);
    assert!(classifier.probabilities(&zeros(20, 9)?).is_ok());
    let message = classifier.probabilities(&zeros(21, 9)?).unwrap_err().to_string();
    assert!(
        message.contains("of 21 frames x 9 bands were given, the model was trained on 20 x 9"),
        "{message}"
    );
    Ok(())
}

#[test]
fn an_input_that_the_front_end_does_not_give_or_the_network_cannot_take_is_refused() -> CandleResult<()> {
    let message = |bundle: Bundle| Classifier::new(bundle).unwrap_err().to_string();
    assert!(message(bundle()?.with_input(20, 9)).contains("the input is 20 x 9, the front end gives"));
    let small = Bundle { front_end: None, ..bundle()? }.with_input(7, 9);
    assert!(message(small).contains("needs at least 8 x 2"));
    let silent = Classifier::new(Bundle { input: None, ..bundle()? }).unwrap();
    let short = Tensor::zeros((1, 1, 20, MelConfig::quick().n_mels), DType::F32, &Device::Cpu)?;
    assert!(silent.probabilities(&short).is_err(), "the front end tells the frames");
    Ok(())
}

#[test]
fn a_model_needs_no_path() -> CandleResult<()> {
    let bytes = bundle()?.to_bytes().unwrap();
    assert_eq!(Bundle::from_bytes(&bytes).unwrap().to_bytes().unwrap(), bytes);
    assert_eq!(Classifier::from_bytes(&bytes).unwrap().labels(), labels());
    let (_folder, path) = saved(&bundle()?);
    assert_eq!(std::fs::read(path).unwrap(), bytes);
    Ok(())
}

#[test]
fn the_reason_of_a_refusal_can_be_matched_on() -> CandleResult<()> {
    assert!(matches!(Bundle::from_bytes(b"text"), Err(Error::Model(ModelError::NotSafetensors { .. }))));
    let bare = safetensors::serialize(std::iter::empty::<(String, Tensor)>(), None).unwrap();
    assert!(matches!(Bundle::from_bytes(&bare), Err(Error::Model(ModelError::NoHeader))));
    let short = Bundle { labels: vec!["a".into()], ..bundle()? };
    let error = Classifier::new(short).unwrap_err();
    assert!(matches!(error, Error::Model(ModelError::Labels { labels: 1, classes: 3 })));
    let mut missing = bundle()?;
    missing.tensors.remove("head.fc.bias");
    let Err(Error::Model(ModelError::MissingTensor { tensor })) = missing.to_bytes() else { panic!() };
    assert_eq!(tensor, "head.fc.bias");
    let (_folder, path) = file();
    let Err(Error::Bundle { path: named, source }) = missing.save(&path) else { panic!() };
    assert_eq!(named, path);
    assert!(matches!(*source, ModelError::MissingTensor { .. }));
    Ok(())
}

#[test]
fn a_bundle_keeps_its_weights_while_the_network_trains_on() -> CandleResult<()> {
    let vars = VarMap::new();
    broadcast_net(&small(), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let bundle = Bundle::new(small(), None, labels(), &vars).unwrap();
    let before = bundle.tensors["head.fc.bias"].to_vec1::<f32>()?;
    vars.data().lock().unwrap()["head.fc.bias"].set(&Tensor::ones(3, DType::F32, &Device::Cpu)?)?;
    assert_eq!(bundle.tensors["head.fc.bias"].to_vec1::<f32>()?, before);
    Ok(())
}

#[test]
fn a_file_of_keras_is_called_one_and_another_zip_is_not() {
    let hdf5 = b"\x89HDF\r\n\x1a\n and more".as_slice();
    let zip = b"PK\x03\x04 config.json PK\x03\x04 model.weights.h5".as_slice();
    for (bytes, way_out) in [(hdf5, "import_keras"), (zip, "model.save(\"model.h5\")")] {
        let error = reason(Bundle::from_bytes(bytes));
        assert!(error.contains("not a model file") && error.contains(way_out), "{error}");
    }
    let error = reason(Bundle::from_bytes(b"PK\x03\x04 archive/data.pkl of another program"));
    assert!(error.contains("not a safetensors file"), "{error}");
}
