//! Times training steps and inference of a plain convolutional network of 243,454 parameters, for a benchmark
//! beside other frameworks.
//!
//! ```text
//! echo "train 64" | cargo run --release -p mgc-nets --example cnn_step -- 128 130
//! ```
//!
//! Expected: for each line `train N` or `infer N` on the standard input a line with the seconds it took and
//! the process' peak memory in MB. The first of each kind warms up.

mod serve;

use candle::{DType, Device, Result, bail};
use candle_nn::{ModuleT, Optimizer, VarMap};
use mgc_nets::{CnnConfig, plain_cnn};
use mgc_train::{Adam, AdamConfig, cross_entropy, seeded, trainable};
use serve::{CLASSES, number, serve};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [frames, bands] = arguments.as_slice() else { bail!("usage: cnn_step FRAMES BANDS") };
    let size = (number(frames)?, number(bands)?);
    mgc_ops::keep_freed_memory();
    let vars = VarMap::new();
    let net = plain_cnn(&config(size), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::from_named_vars(trainable(&vars)?, AdamConfig::default())?;
    serve(size, |kind, rest, x, labels| match kind {
        "train" => adam.step(&cross_entropy(&net.forward_t(x, true)?, labels)?.backward()?),
        "infer" => net.forward_t(x, false)?.to_vec2::<f32>().map(|_| ()),
        _ => bail!("expected `train N` or `infer N`, got `{kind} {rest}`"),
    })
}

/// The published network but for the dropout after its last stage, which the other frameworks' sides lack
/// too.
fn config(size: (usize, usize)) -> CnnConfig {
    let mut config = CnnConfig { input: size, ..CnnConfig::layers14(CLASSES) };
    config.stages.iter_mut().rev().take(1).for_each(|stage| stage.dropout = 0.);
    config
}
