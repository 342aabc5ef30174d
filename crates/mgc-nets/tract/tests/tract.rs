//! Exported networks compute in tract, a runtime that shares no code with ours, what they compute here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

#[path = "../../tests/onnx/networks.rs"]
mod networks;

use candle::{Result, Tensor};
use mgc_nets::{Variant, to_onnx};
use networks::{compare, network, spectrograms};
use std::collections::BTreeMap;
use std::io::Cursor;
use tract_onnx::prelude::{Framework, InferenceModelExt, Tensor as TractTensor, tvec};

/// `logits` and `features`.
fn in_tract(model: &[u8], input: &Tensor) -> [Vec<f32>; 2] {
    let shape = input.dims();
    let values: Vec<f32> = input.flatten_all().unwrap().to_vec1().unwrap();
    let input = TractTensor::from_shape(shape, &values).unwrap();
    let model = tract_onnx::onnx().model_for_read(&mut Cursor::new(model)).unwrap();
    let model = model.with_input_fact(0, input.clone().into()).unwrap();
    let plan = model.into_optimized().unwrap().into_runnable().unwrap();
    let outputs = plan.run(tvec![input.into()]).unwrap();
    [0, 1].map(|i| outputs[i].as_slice::<f32>().unwrap().to_vec())
}

#[test]
fn every_variant_computes_the_same_in_tract() -> Result<()> {
    for variant in Variant::ALL {
        println!("{variant}");
        let net = network(variant, 7)?;
        let x = spectrograms(&net, 3, 100)?;
        compare(&net, &x, &in_tract(&to_onnx(&net, &BTreeMap::new())?, &x))?;
    }
    Ok(())
}
