//! Exported networks compute in another runtime what they compute here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

use candle::{DType, Device, Result, Tensor};
use candle_nn::{ModuleT, VarMap};
use mgc_nets::{BroadcastNet, Stem, Variant, broadcast_net, to_onnx};
use mgc_train::seeded;
use std::collections::BTreeMap;
use std::io::Cursor;
use tract_onnx::prelude::{Framework, InferenceModelExt, Tensor as TractTensor, tvec};

/// Both compute in f32, on values of order one.
const TOLERANCE: f32 = 1e-5;

/// A network whose running statistics have been moved by a training pass, so that none is 0 or 1.
fn network(variant: Variant, classes: usize) -> Result<BroadcastNet> {
    let net = broadcast_net(&variant.config(classes), seeded(&VarMap::new(), 1, DType::F32, &Device::Cpu))?;
    for pass in 0..20 {
        net.forward_t(&spectrograms(&net, 2, pass)?, true)?;
    }
    Ok(net)
}

fn spectrograms(net: &BroadcastNet, n: usize, pass: usize) -> Result<Tensor> {
    // so large that the 7x1 kernels of Inception-ResNet fit into its last map: tract 0.22 overflows where they do not
    let (frames, bands) = if net.config().stem == Stem::InceptionResnet { (95, 91) } else { (45, 17) };
    let shape = (n, 1, frames, bands);
    let value = |i: usize| ((i + pass) * (i + 7) % 1009) as f32 / 504.5 - 1.0;
    let len = shape.0 * shape.2 * shape.3;
    Tensor::from_vec((0..len).map(value).collect::<Vec<_>>(), shape, &Device::Cpu)
}

/// `logits` and `features` of a runtime that shares no code with ours.
fn elsewhere(model: &[u8], input: &Tensor) -> [Vec<f32>; 2] {
    let shape = input.dims();
    let values: Vec<f32> = input.flatten_all().unwrap().to_vec1().unwrap();
    let input = TractTensor::from_shape(shape, &values).unwrap();
    let model = tract_onnx::onnx().model_for_read(&mut Cursor::new(model)).unwrap();
    let model = model.with_input_fact(0, input.clone().into()).unwrap();
    let plan = model.into_optimized().unwrap().into_runnable().unwrap();
    let outputs = plan.run(tvec![input.into()]).unwrap();
    [0, 1].map(|i| outputs[i].as_slice::<f32>().unwrap().to_vec())
}

fn worst(ours: &Tensor, theirs: &[f32]) -> f32 {
    let ours: Vec<f32> = ours.flatten_all().unwrap().to_vec1().unwrap();
    assert_eq!(ours.len(), theirs.len());
    let distance = |(a, b): (&f32, &f32)| (a - b).abs() / b.abs().max(1.0);
    ours.iter().zip(theirs).map(distance).fold(0.0, f32::max)
}

#[test]
fn every_variant_computes_the_same_in_tract() -> Result<()> {
    for variant in Variant::ALL {
        let net = network(variant, 7)?;
        let x = spectrograms(&net, 3, 100)?;
        let [logits, features] = elsewhere(&to_onnx(&net, &BTreeMap::new())?, &x);
        let distance = worst(&net.forward_t(&x, false)?, &logits);
        assert!(distance <= TOLERANCE, "{variant}: logits off by {distance:e}");
        let distance = worst(&net.features_t(&x, false)?, &features);
        assert!(distance <= TOLERANCE, "{variant}: features off by {distance:e}");
    }
    Ok(())
}

#[test]
fn an_export_holds_the_notes_and_the_public_names_of_the_weights() -> Result<()> {
    let net = network(Variant::Blocks1, 3)?;
    let notes = BTreeMap::from([("labels".to_owned(), r#"["blues","jazz","rock"]"#.to_owned())]);
    let bytes = to_onnx(&net, &notes)?;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for text in ["labels", r#"["blues","jazz","rock"]"#, "block1.b5.conv2.weight", "spectrograms", "batch"] {
        assert!(holds(text), "{text}");
    }
    Ok(())
}
