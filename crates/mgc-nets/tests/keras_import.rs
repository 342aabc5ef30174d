//! Keras checkpoints: what is imported computes what Keras computes, and what is damaged is refused.
#![cfg(feature = "keras")]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

use candle::{DType, Device, Tensor};
use candle_nn::{ModuleT, VarBuilder, VarMap};
use mgc_nets::{
    Block, BroadcastBlock, Error, KerasCheckpoint, KerasProvenance, NetConfig, Norm, Variant, broadcast_net,
    import_keras, import_keras_as,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest difference to Keras: both compute in f32, on values of order one.
const TOLERANCE: f32 = 1e-5;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A file of these bytes; every test has names of its own.
fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The fixture of Liu's network with one byte sequence replaced wherever it stands.
fn with_replaced(name: &str, old: &[u8], new: &[u8]) -> PathBuf {
    replaced_in("bbnn_model.h5", name, old, new)
}

fn replaced_in(original: &str, name: &str, old: &[u8], new: &[u8]) -> PathBuf {
    assert_eq!(old.len(), new.len());
    let mut bytes = std::fs::read(fixture(original)).unwrap();
    let places = (0..bytes.len() - old.len()).filter(|&at| bytes[at..].starts_with(old)).collect::<Vec<_>>();
    assert!(!places.is_empty(), "nothing to replace");
    for at in places {
        bytes[at..at + new.len()].copy_from_slice(new);
    }
    write(name, &bytes)
}

fn message(path: &Path) -> String {
    let message = import_keras(path).unwrap_err().to_string();
    assert!(message.starts_with(&path.display().to_string()), "{message}");
    message
}

fn assert_keras_agrees(name: &str) {
    let checkpoint = import_keras(fixture(&format!("{name}.h5"))).unwrap();
    let expected = fixture(&format!("{name}.safetensors"));
    let expected = candle::safetensors::load(expected, &Device::Cpu).unwrap();
    let net = broadcast_net(&checkpoint.config, checkpoint.var_builder(DType::F32, &Device::Cpu)).unwrap();
    let features = net.features_t(&expected["input"], false).unwrap();
    let logits = net.forward_t(&expected["input"], false).unwrap();
    let probabilities = candle_nn::ops::softmax(&logits, 1).unwrap();
    for (name, actual) in [("features", features), ("logits", logits), ("probabilities", probabilities)] {
        let difference = actual.sub(&expected[name]).unwrap().abs().unwrap().max_all().unwrap();
        let difference = difference.to_scalar::<f32>().unwrap();
        assert!(difference <= TOLERANCE, "{name}: {difference}");
    }
}

#[test]
fn a_whole_model_computes_what_keras_computes() {
    assert_keras_agrees("bbnn_model");
}

#[test]
fn a_weights_only_file_computes_what_keras_computes() {
    assert_keras_agrees("bbnn_weights_only");
}

fn assert_probabilities_are_keras(name: &str, checkpoint: &KerasCheckpoint) {
    let expected = fixture(&format!("{name}.safetensors"));
    let expected = candle::safetensors::load(expected, &Device::Cpu).unwrap();
    let net = broadcast_net(&checkpoint.config, checkpoint.var_builder(DType::F32, &Device::Cpu)).unwrap();
    let logits = net.forward_t(&expected["input"], false).unwrap();
    let found = candle_nn::ops::softmax(&logits, 1).unwrap();
    let difference = found.sub(&expected["probabilities"]).unwrap().abs().unwrap().max_all().unwrap();
    let difference = difference.to_scalar::<f32>().unwrap();
    assert!(difference <= TOLERANCE, "{name}: {difference}");
}

#[test]
fn models_saved_by_tensorflow_2_are_told_by_their_layers_and_their_description() {
    for (name, variant) in [("selu", Variant::Selu), ("xception", Variant::Xception)] {
        let checkpoint = import_keras(fixture(&format!("{name}.h5"))).unwrap();
        assert_eq!(checkpoint.config, NetConfig { width: 4, growth: 4, blocks: 1, ..variant.config(3) });
        assert_probabilities_are_keras(name, &checkpoint);
    }
}

#[test]
fn a_description_of_a_network_that_computes_something_else_is_refused() {
    for (old, new, reason) in [
        (r#""selu""#, r#""tanh""#, "expected activation relu, found tanh"),
        (
            r#""GlobalAveragePooling2D""#,
            r#""GlobalMaxPooling2D"    "#,
            "expected activation relu, found selu",
        ),
        ("0.001", "0.002", "epsilon 0.001, found 0.002"),
    ] {
        let path = replaced_in("selu.h5", "something_else.h5", old.as_bytes(), new.as_bytes());
        assert!(matches!(import_keras(&path), Err(Error::KerasArchitecture { .. })), "{new}");
        assert!(message(&path).contains(reason), "{}", message(&path));
        let config = NetConfig { width: 4, growth: 4, blocks: 1, ..Variant::Selu.config(3) };
        assert!(import_keras_as(&path, &config).is_ok(), "who names the network answers for it");
    }
}

#[test]
fn weights_alone_that_fit_networks_of_different_answers_are_refused_with_their_names() {
    let path = replaced_in("selu.h5", "undescribed.h5", b"model_config", b"model_absent");
    assert!(matches!(import_keras(&path), Err(Error::KerasArchitecture { .. })));
    let message = message(&path);
    assert!(message.contains("blocks1, global_max, selu") && message.contains("weights alone"), "{message}");
}

#[test]
fn weights_alone_are_imported_as_the_network_they_are_said_to_be() {
    let group_norm = NetConfig { width: 16, growth: 16, blocks: 1, ..Variant::GroupNorm.config(3) };
    let block = BroadcastBlock { squeeze_ratio: Some(8), lstm_units: Some(4), ..BroadcastBlock::default() };
    let squeeze_lstm = NetConfig {
        width: 4,
        growth: 4,
        blocks: 1,
        block: Block::Broadcast(block),
        ..Variant::BbnnRecoded.config(3)
    };
    for (name, config) in [("group_norm", group_norm), ("squeeze_lstm", squeeze_lstm)] {
        let checkpoint = import_keras_as(fixture(&format!("{name}.h5")), &config).unwrap();
        assert_probabilities_are_keras(name, &checkpoint);
    }
    assert_eq!(
        import_keras(fixture("group_norm.h5")).unwrap().config.norm,
        Norm::Group,
        "told by its layers"
    );
}

#[test]
fn a_file_of_another_network_than_the_one_named_is_refused_with_both_layer_counts() {
    let error = import_keras_as(fixture("xception.h5"), &Variant::Bbnn.config(3)).unwrap_err();
    assert!(matches!(error, Error::KerasArchitecture { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("expected 20 convolutions, 21 normalisations, 1 dense layers"), "{message}");
    assert!(message.contains("2 convolutions, 4 normalisations, 1 dense layers, 1 separable"), "{message}");
}

#[test]
fn blocks_width_and_classes_are_read_from_the_file() {
    let sizes = |name| {
        let config = import_keras(fixture(name)).unwrap().config;
        (config.blocks, config.width, config.classes)
    };
    assert_eq!(sizes("bbnn_model.h5"), (1, 4, 3));
    assert_eq!(sizes("bbnn_weights_only.h5"), (2, 3, 2));
}

#[test]
fn the_file_says_where_it_comes_from() {
    let said = |name| {
        let KerasProvenance { file, keras_version, backend, iterations, .. } =
            import_keras(fixture(name)).unwrap().provenance;
        (file, keras_version.unwrap(), backend.unwrap(), iterations)
    };
    let expected = |file: &str, iterations| (file.into(), "2.0.6".into(), "tensorflow".into(), iterations);
    assert_eq!(said("bbnn_model.h5"), expected("bbnn_model.h5", Some(5800)));
    assert_eq!(said("bbnn_weights_only.h5"), expected("bbnn_weights_only.h5", None));
}

#[test]
fn names_and_shapes_are_those_of_the_network() {
    for name in ["bbnn_model.h5", "bbnn_weights_only.h5"] {
        let KerasCheckpoint { config, tensors, .. } = import_keras(fixture(name)).unwrap();
        let vars = VarMap::new();
        broadcast_net(&config, VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu)).unwrap();
        let vars = vars.data().lock().unwrap();
        let own = vars.iter().map(|(name, var)| (name.clone(), var.dims().to_vec()));
        let imported = tensors.into_iter().map(|(name, tensor)| (name, tensor.dims().to_vec()));
        assert_eq!(imported.collect::<BTreeMap<_, _>>(), own.collect::<BTreeMap<_, _>>());
    }
}

#[test]
fn what_is_no_keras_file_is_named_with_the_way_out() {
    assert!(matches!(import_keras(fixture("absent.h5")), Err(Error::Read { .. })));
    for path in [
        fixture("generate_keras.py"),
        fixture("no_keras.h5"),
        fixture(""),
        write("zipped.keras", b"PK\x03\x04 a newer Keras archive"),
        write("empty.h5", b""),
    ] {
        let error = import_keras(&path).unwrap_err();
        assert!(matches!(error, Error::KerasFormat { .. }), "{error}");
        assert!(message(&path).contains("model.save"), "{error}");
    }
}

#[test]
fn another_network_is_refused_with_its_layers_counted() {
    let path = fixture("other_network.h5");
    assert!(matches!(import_keras(&path), Err(Error::KerasArchitecture { .. })));
    assert!(message(&path).contains("1 convolutions, 0 normalisations, 0 dense layers"));
}

#[test]
fn a_layer_of_an_unknown_kind_is_refused_by_name() {
    let path = with_replaced("unknown_kind.h5", b"conv2d_97", b"conv3d_97");
    assert!(matches!(import_keras(&path), Err(Error::KerasArchitecture { .. })));
    assert!(message(&path).contains("`conv3d_97`"));
}

#[test]
fn a_missing_layer_is_refused_by_name() {
    // the list of layers pads its names with zeros; the index of the group does so only up to eight bytes
    let path =
        with_replaced("missing_layer.h5", b"conv2d_97\0\0\0\0\0\0\0\0\0", b"conv2d_77\0\0\0\0\0\0\0\0\0");
    assert!(matches!(import_keras(&path), Err(Error::KerasUnreadable { .. })));
    assert!(message(&path).contains("model_weights/conv2d_77"));
}

#[test]
fn a_layer_listed_twice_is_refused_by_name() {
    let path = with_replaced("twice.h5", b"conv2d_97\0\0\0\0\0\0\0\0\0", b"conv2d_98\0\0\0\0\0\0\0\0\0");
    assert!(matches!(import_keras(&path), Err(Error::KerasArchitecture { .. })));
    assert!(message(&path).contains("both `conv2d_98` and `conv2d_98`"));
}

#[test]
fn a_wrong_shape_is_refused_with_both_shapes() {
    let shape = |sizes: [u64; 4]| sizes.map(u64::to_le_bytes).concat();
    let path = with_replaced("wrong_shape.h5", &shape([3, 3, 4, 4]), &shape([9, 1, 4, 4]));
    assert!(matches!(import_keras(&path), Err(Error::KerasLayer { .. })));
    let message = message(&path);
    assert!(message.contains("layer `conv2d_98`"), "{message}");
    assert!(message.contains("kernel [3, 3, 4, 4]") && message.contains("[9, 1, 4, 4] of f32"), "{message}");
}

#[test]
fn a_giant_network_is_refused_before_memory_is_taken() {
    let shape = |sizes: [u64; 4]| sizes.map(u64::to_le_bytes).concat();
    for width in [4_096, 1 << 20, 1 << 40, u64::MAX] {
        let path = with_replaced("giant.h5", &shape([3, 3, 1, 4]), &shape([3, 3, 1, width]));
        let message = message(&path);
        let refused = ["parameters", "cannot read", "width is"].iter().any(|reason| message.contains(reason));
        assert!(refused, "{message}");
    }
}

#[test]
fn an_impossible_value_is_refused_by_layer() {
    let tensors = import_keras(fixture("bbnn_model.h5")).unwrap().tensors;
    let first = |name: &str| tensors[name].flatten_all().unwrap().to_vec1::<f32>().unwrap()[0];
    for (tensor, layer, value) in [
        ("head.fc.bias", "dense_4", f32::NAN),
        ("block1.b5.conv2.weight", "conv2d_100", f32::INFINITY),
        ("trans.bn.running_var", "batch_normalization_99", -0.5),
    ] {
        let old = first(tensor).to_le_bytes();
        let path = with_replaced("impossible.h5", &old, &value.to_le_bytes());
        let error = import_keras(&path).unwrap_err();
        let expected = match error {
            Error::KerasNotFinite { .. } => !value.is_finite(),
            Error::KerasLayer { .. } => value < 0.,
            _ => false,
        };
        assert!(expected, "{error}");
        let message = message(&path);
        assert!(message.contains(&format!("layer `{layer}`")), "{message}");
        assert!(message.contains(&value.to_string()), "{message}");
    }
}

#[test]
fn weights_saved_under_theano_are_refused() {
    let path = with_replaced("theano.h5", b"tensorflow", b"theano\0\0\0\0");
    let error = import_keras(&path).unwrap_err();
    assert!(matches!(error, Error::KerasArchitecture { .. }), "{error}");
}

#[test]
fn a_truncated_file_is_a_typed_error() {
    let whole = std::fs::read(fixture("bbnn_model.h5")).unwrap();
    for length in (0..100).map(|part| whole.len() * part / 100).chain([whole.len() - 1]) {
        let error = import_keras(write("truncated.h5", &whole[..length])).unwrap_err();
        let typed = matches!(error, Error::KerasFormat { .. } | Error::KerasUnreadable { .. });
        assert!(typed, "{length} bytes: {error}");
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    /// Flips, blanks or fills up to eight bytes; half of them in the head, where the indices lie.
    fn damage(&mut self, bytes: &mut [u8]) {
        for _ in 0..1 + self.below(8) {
            let reach = if self.below(2) == 0 { bytes.len() } else { bytes.len().min(4096) };
            let at = self.below(reach);
            bytes[at] = match self.below(4) {
                0 => 0,
                1 => 0xff,
                _ => bytes[at] ^ (1 << self.below(8)),
            };
        }
    }
}

#[test]
fn a_damaged_file_is_a_typed_error_or_a_sound_network() {
    let originals =
        ["bbnn_model.h5", "bbnn_weights_only.h5"].map(|name| std::fs::read(fixture(name)).unwrap());
    let (mut random, mut refused) = (Random(1), 0);
    for round in 0..400 {
        let mut bytes = originals[round % 2].clone();
        random.damage(&mut bytes);
        match import_keras(write("damaged.h5", &bytes)) {
            Ok(checkpoint) => assert_sound(&checkpoint),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                refused += 1;
            }
        }
    }
    assert!((50..350).contains(&refused), "{refused}");
}

fn assert_sound(checkpoint: &KerasCheckpoint) {
    let vb = checkpoint.var_builder(DType::F32, &Device::Cpu);
    broadcast_net(&checkpoint.config, vb).unwrap();
    let finite = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
    for tensor in checkpoint.tensors.values() {
        assert!(finite(tensor).unwrap().iter().all(|value| value.is_finite()));
    }
}

/// Half precision keeps 11 bits.
const HALF: f32 = 1.0 / 2048.0;

#[test]
fn tensors_of_other_widths_orders_and_packing_are_the_same_tensors() {
    let plain = import_keras(fixture("bbnn_weights_only.h5")).unwrap();
    let packed = import_keras(fixture("bbnn_packed.h5")).unwrap();
    assert_eq!(plain.config, packed.config);
    let values = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for (name, tensor) in &plain.tensors {
        let halved = values(&packed.tensors[name]) != values(tensor);
        let close = |(a, b): (f32, f32)| (a - b).abs() <= if halved { HALF * a.abs() } else { 0.0 };
        assert!(values(tensor).into_iter().zip(values(&packed.tensors[name])).all(close), "{name}");
        assert_eq!(packed.tensors[name].dtype(), DType::F32);
        // gammas are the weights of normalisations; all others keep their bits
        assert!(!halved || name.ends_with(".weight") && tensor.dims().len() == 1, "{name}");
    }
}

#[test]
fn a_weight_that_is_not_finite_is_told_with_its_layer_and_what_to_do() {
    let bias = first_bias();
    for value in [f32::NAN, f32::INFINITY] {
        let path = replaced_in(
            "bbnn_model.h5",
            &format!("diverged_{value}.h5"),
            &bias.to_le_bytes(),
            &value.to_le_bytes(),
        );
        let error = import_keras(&path).unwrap_err();
        assert!(matches!(&error, Error::KerasNotFinite { layer, .. } if layer == "conv2d_95"), "{error}");
        let text = error.to_string();
        assert!(text.contains("checkpoint of an earlier epoch") && !text.contains("damaged"), "{text}");
    }
}

/// The first bias of the first convolution, which occurs once in the file.
fn first_bias() -> f32 {
    let checkpoint = import_keras(fixture("bbnn_model.h5")).unwrap();
    let stem =
        checkpoint.tensors.iter().find(|(name, _)| name.starts_with("stem") && name.ends_with("conv.bias"));
    let (_, bias) =
        stem.unwrap_or_else(|| checkpoint.tensors.iter().find(|(name, _)| name.ends_with(".bias")).unwrap());
    bias.to_vec1::<f32>().unwrap()[0]
}

#[test]
fn files_of_other_kinds_are_named() {
    for (bytes, kind) in [
        (&b"PK\x03\x04..."[..], "a zip archive, perhaps a `.keras` file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer"),
        (b"<!DOCTYPE html>", "a web page"),
        (b"something else", "no HDF5 signature"),
    ] {
        assert!(message(&write("other_kind.h5", bytes)).contains(kind), "{kind}");
    }
}
