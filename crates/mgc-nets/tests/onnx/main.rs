//! Exported networks compute elsewhere what they compute here.
//!
//! Elsewhere is an evaluator of ONNX files written for this test from the operators' specification: f64,
//! plain loops. It shares no code with the library. The test in `../tract` does the same with a runtime of
//! other people; it takes minutes to compile.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod array;
mod lstm;
mod model;
mod networks;
mod operators;
mod protobuf;
mod sliding;

use array::Array;
use candle::{Result, Tensor};
use mgc_nets::{Variant, to_onnx};
use model::Model;
use networks::{compare, network, spectrograms};
use std::collections::BTreeMap;

fn elsewhere(model: &[u8], input: &Tensor) -> [Vec<f32>; 2] {
    let values: Vec<f32> = input.flatten_all().unwrap().to_vec1().unwrap();
    let input = Array::new(input.dims().to_vec(), values.into_iter().map(f64::from).collect());
    let outputs = operators::run(&Model::parse(model), "spectrograms", input);
    ["logits", "features"].map(|name| outputs[name].data.iter().map(|value| *value as f32).collect())
}

#[test]
fn every_variant_computes_the_same_elsewhere() -> Result<()> {
    for variant in Variant::ALL {
        println!("{variant}");
        let net = network(variant, 7)?;
        let x = spectrograms(&net, 3, 100)?;
        compare(&net, &x, &elsewhere(&to_onnx(&net, &BTreeMap::new())?, &x))?;
    }
    Ok(())
}

#[test]
fn an_export_says_what_it_takes_and_gives() -> Result<()> {
    let net = network(Variant::Blocks1, 3)?;
    let model = Model::parse(&to_onnx(&net, &BTreeMap::new())?);
    assert_eq!(model.operator_set, 17);
    let size = |size: usize| size.to_string();
    let (batch, frames, bands) = ("batch".to_owned(), "frames".to_owned(), "bands".to_owned());
    let spectrograms = vec![batch.clone(), size(1), frames, bands];
    assert_eq!(model.inputs, [("spectrograms".to_owned(), spectrograms)]);
    let logits = ("logits".to_owned(), vec![batch.clone(), size(3)]);
    assert_eq!(model.outputs, [logits, ("features".to_owned(), vec![batch, size(net.config().features())])]);
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
