//! Times training steps and inference of a network, one at a time, for a benchmark beside other frameworks.
//!
//! ```text
//! echo "train 8" | cargo run --release -p mgc-nets --example step -- proposed 647 128
//! ```
//!
//! Expected: for each line `train N` or `infer N` on the standard input a line with the seconds it took and the process' peak
//! memory in MB. The first of each kind warms up. A line `onnx FILE` writes the network for another runtime.

use candle::{DType, Device, Result, Tensor, bail};
use candle_nn::{ModuleT, Optimizer, VarMap};
use mgc_nets::{BroadcastNet, Variant, broadcast_net, to_onnx};
use mgc_train::{Adam, AdamConfig, cross_entropy, seeded, trainable};
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::Instant;

const CLASSES: usize = 10;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [variant, frames, bands] = arguments.as_slice() else { bail!("usage: step VARIANT FRAMES BANDS") };
    let (variant, size) = (variant.parse::<Variant>()?, (number(frames)?, number(bands)?));
    mgc_ops::keep_freed_memory();
    let vars = VarMap::new();
    let net = broadcast_net(&variant.config(CLASSES), seeded(&vars, 1, DType::F32, &Device::Cpu))?;
    let mut adam = Adam::named(trainable(&vars)?, AdamConfig::default())?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let Some((kind, rest)) = line.split_once(' ') else {
            bail!("expected a command and a number, got `{line}`")
        };
        let (x, labels) = batch_of(rest.parse().unwrap_or(1), size)?;
        let start = Instant::now();
        match kind {
            "train" => adam.step(&cross_entropy(&net.forward_t(&x, true)?, &labels)?.backward()?)?,
            "infer" => infer(&net, &x)?,
            "onnx" => std::fs::write(rest, to_onnx(&net, &BTreeMap::new())?)?,
            _ => bail!("expected `train N`, `infer N` or `onnx FILE`, got `{line}`"),
        }
        let seconds = start.elapsed().as_secs_f64();
        writeln!(std::io::stdout(), "{seconds:.6} {:.0}", peak_megabytes())?;
    }
    Ok(())
}

fn number(text: &str) -> Result<usize> {
    text.parse().map_err(candle::Error::wrap)
}

/// Spectrograms at the level of real ones, in dB.
fn batch_of(n: usize, (frames, bands): (usize, usize)) -> Result<(Tensor, Tensor)> {
    let value = |i: usize| -12.9 + 15.0 * ((i * i % 1009) as f32 / 504.5 - 1.0);
    let values = (0..n * frames * bands).map(value).collect::<Vec<_>>();
    let labels = Tensor::from_vec((0..n).map(|i| (i % CLASSES) as u32).collect::<Vec<_>>(), n, &Device::Cpu)?;
    Ok((Tensor::from_vec(values, (n, 1, frames, bands), &Device::Cpu)?, labels))
}

fn infer(net: &BroadcastNet, x: &Tensor) -> Result<()> {
    net.forward_t(x, false)?.to_vec2::<f32>().map(|_| ())
}

/// The largest resident set so far; 0 where the system does not tell.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or(0.) / 1024.
}
