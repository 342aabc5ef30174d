//! The networks: size, cost, layers.
//!
//! ```text
//! cargo run --release --example variants
//! cargo run --release --example variants -- --describe proposed
//! ```
//!
//! Expected: a line for each of the nineteen published networks and for ours; with `--describe` the layers of one, as the paper's
//! figure draws them. Immediate, but for `--time`, which runs every network: some seconds each at 647 x 128.

#[path = "../common/mod.rs"]
mod common;
mod text;

use candle_nn::{ModuleT, VarMap};
use clap::Parser;
use common::cli::{Outcome, exit_code, parse};
use common::say::product;
use mgc::candle::{DType, Device, Tensor};
use mgc::nets::{Variant, broadcast_net, layer_table};
use mgc::train::seeded;
use std::process::ExitCode;
use std::time::Instant;
use text::{as_json, describe, header, line};

/// List the networks with their sizes and costs, or show the layers of one.
///
/// `map` is the input of the head's pool (frames x bands x channels). `weights` counts the parameters of
/// convolutions, dense and recurrent layers, as the paper's "about 180k" does. MACs are multiply-adds for one
/// clip. The accuracy is the paper's on GTZAN, the best of several random splits; do not compare a mean with
/// it.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example variants
  cargo run --release --example variants -- --describe proposed_figure
  cargo run --release --example variants -- --classes 13 --frames 216 --time
  cargo run --release --example variants -- --json | jq '.[] | select(.row).name'")]
pub(crate) struct Options {
    /// Show the layers of this network
    #[arg(long, value_name = "NAME")]
    pub(crate) describe: Option<String>,

    /// Number of classes
    #[arg(long, default_value_t = 10)]
    pub(crate) classes: usize,

    /// Frames of the spectrogram; 647 are 30 s
    #[arg(long, default_value_t = 647)]
    pub(crate) frames: usize,

    /// Mel bands of the spectrogram
    #[arg(long, default_value_t = 128)]
    pub(crate) bands: usize,

    /// Measure the inference time of one clip too: the median of five passes, after one to warm up
    #[arg(long)]
    time: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Timed passes of each network.
const PASSES: usize = 5;

fn main() -> ExitCode {
    exit_code(run(&parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    let variants = match &options.describe {
        Some(name) => vec![name.parse()?],
        None => Variant::ALL.to_vec(),
    };
    if !options.json && options.describe.is_none() {
        header(options.time);
    }
    let mut list = vec![];
    for variant in variants {
        let config = variant.config(options.classes);
        config.validate()?;
        let table = layer_table(&config, (options.frames, options.bands))
            .map_err(|error| format!("{variant}: {error}"))?;
        let seconds = options.time.then(|| seconds(options, variant)).transpose()?;
        match (options.json, &options.describe) {
            (true, _) => list.push(as_json(options, variant, &table, seconds)),
            (false, None) => line(variant, &table, seconds),
            (false, Some(_)) => describe(variant, &table, seconds),
        }
    }
    if options.json {
        product(format!("{}\n", serde_json::to_string_pretty(&list)?).as_bytes());
    }
    Ok(())
}

/// The median time of an evaluation of one clip.
fn seconds(options: &Options, variant: Variant) -> Outcome<f64> {
    let net =
        broadcast_net(&variant.config(options.classes), seeded(&VarMap::new(), 1, DType::F32, &Device::Cpu))?;
    let clip = Tensor::zeros((1, 1, options.frames, options.bands), DType::F32, &Device::Cpu)?;
    net.forward_t(&clip, false)?;
    let mut times = vec![];
    for _ in 0..PASSES {
        let start = Instant::now();
        net.forward_t(&clip, false)?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[PASSES / 2])
}
