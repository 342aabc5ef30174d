//! Times training steps and inference of a network, one at a time, for a benchmark beside other frameworks.
//!
//! ```text
//! echo "train 8" | cargo run --release -p mgc-nets --example step -- proposed 647 128
//! ```
//!
//! Expected: for each line `train N` or `infer N` on the standard input a line with the seconds it took and
//! the process' peak memory in MB. The first of each kind warms up. A line `onnx FILE` writes the network for
//! another runtime.

mod serve;

use candle::{DType, Device, Result, Tensor, bail};
use candle_nn::{ModuleT, Optimizer, VarMap};
use mgc_nets::{BroadcastNet, Variant, broadcast_net, to_onnx};
use mgc_train::{Adam, AdamConfig, cross_entropy, seeded, trainable};
use serve::{CLASSES, number, serve};
use std::collections::BTreeMap;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [variant, frames, bands] = arguments.as_slice() else { bail!("usage: step VARIANT FRAMES BANDS") };
    let (variant, size) = (variant.parse::<Variant>()?, (number(frames)?, number(bands)?));
    mgc_ops::keep_freed_memory();
    let vars = VarMap::new();
    let net = broadcast_net(&variant.config(CLASSES), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    serve(size, |kind, rest, x, labels| match kind {
        "train" => adam.step(&cross_entropy(&net.forward_t(x, true)?, labels)?.backward()?),
        "infer" => infer(&net, x),
        "onnx" => Ok(std::fs::write(rest, to_onnx(&net, &BTreeMap::new())?)?),
        _ => bail!("expected `train N`, `infer N` or `onnx FILE`, got `{kind} {rest}`"),
    })
}

fn infer(net: &BroadcastNet, x: &Tensor) -> Result<()> {
    net.forward_t(x, false)?.to_vec2::<f32>().map(|_| ())
}
