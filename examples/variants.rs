//! The networks: size, cost, layers.
//!
//! ```text
//! cargo run --release --example variants
//! cargo run --release --example variants -- --describe proposed
//! ```
//!
//! Expected: a line for each of the nineteen networks; with `--describe` the layers of one, as the paper's figure draws them.
//! Immediate, but for `--time`, which runs every network: some seconds each at 647 x 128.

mod common;

use candle_nn::{ModuleT, VarMap};
use clap::Parser;
use common::cli::{Outcome, exit_code};
use common::say::say;
use common::text::thousands;
use mgc::candle::{DType, Device, Tensor};
use mgc::nets::{LayerTable, Variant, broadcast_net, layer_table};
use mgc::train::seeded;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Instant;

/// List the published networks with their sizes and costs, or show the layers of one.
///
/// `map` is the input of the head's pool (frames x bands x channels). `weights` counts the parameters of convolutions,
/// dense and recurrent layers, as the paper's "about 180k" does. MACs are multiply-adds for one clip. The accuracy is the
/// paper's on GTZAN, the best of several random splits; do not compare a mean with it.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example variants
  cargo run --release --example variants -- --describe proposed_figure
  cargo run --release --example variants -- --classes 13 --frames 216 --time
  cargo run --release --example variants -- --json | jq '.[] | select(.row).name'")]
struct Options {
    /// Show the layers of this network
    #[arg(long, value_name = "NAME")]
    describe: Option<String>,

    /// Number of classes
    #[arg(long, default_value_t = 10)]
    classes: usize,

    /// Frames of the spectrogram; 647 are 30 s
    #[arg(long, default_value_t = 647)]
    frames: usize,

    /// Mel bands of the spectrogram
    #[arg(long, default_value_t = 128)]
    bands: usize,

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
    exit_code(run(&Options::parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    let variants = match &options.describe {
        Some(name) => vec![name.parse()?],
        None => Variant::ALL.to_vec(),
    };
    if !options.json && options.describe.is_none() {
        say!(
            "{:18} {:>9} {:>9} {:>7} {:>9} {:>9} {:>14} {:>11}{}  row of Table III",
            "network",
            "total",
            "trainable",
            "norm",
            "conv",
            "weights",
            "MACs",
            "map",
            if options.time { "   time ms" } else { "" }
        );
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
        say!("{}", serde_json::to_string_pretty(&list)?);
    }
    Ok(())
}

fn line(variant: Variant, table: &LayerTable, seconds: Option<f64>) {
    say!(
        "{variant:18} {:>9} {:>9} {:>7} {:>9} {:>9} {:>14} {:>11}{}  {}",
        thousands(table.parameters()),
        thousands(table.trainable()),
        thousands(table.norm_parameters()),
        thousands(table.conv_parameters()),
        thousands(table.parameters() - table.norm_parameters()),
        thousands(table.macs() as usize),
        last_map(table)
            .map_or(String::new(), |[frames, bands, channels]| format!("{frames}x{bands}x{channels}")),
        seconds.map_or(String::new(), |seconds| format!("{:10.1}", 1e3 * seconds)),
        variant.info().row.unwrap_or("-")
    );
}

/// Frames, bands and channels of the map that the head's pool turns into a vector.
fn last_map(table: &LayerTable) -> Option<[usize; 3]> {
    let pool = table.layers.iter().position(|layer| layer.name == "head.pool")?;
    Some(table.layers[pool.checked_sub(1)?].output)
}

fn describe(variant: Variant, table: &LayerTable, seconds: Option<f64>) {
    let info = variant.info();
    say!("{variant}: {}", info.summary);
    say!("  Table III:   {}", info.row.unwrap_or("not a row of it"));
    say!("  defined by:  {}", info.source);
    say!("  our choice:  {}", info.choice);
    if let Some(accuracy) = info.paper_accuracy {
        say!("  the paper:   {accuracy} % on GTZAN, best of several random splits");
    }
    if let Some(seconds) = seconds {
        say!("  inference:   {:.1} ms for one clip", 1e3 * seconds);
    }
    say!("");
    say!("{table}");
}

fn as_json(options: &Options, variant: Variant, table: &LayerTable, seconds: Option<f64>) -> Value {
    let info = variant.info();
    let layer = |layer: &mgc::nets::Layer| {
        let [frames, bands, channels] = layer.output;
        json!({
            "name": layer.name, "kind": layer.kind.to_string(), "inputs": layer.inputs,
            "kernel": layer.window.map(|window| window.kernel), "stride": layer.window.map(|window| window.stride),
            "frames": frames, "bands": bands, "channels": channels,
            "parameters": layer.parameters, "trainable": layer.trainable, "macs": layer.macs,
        })
    };
    let mut value = json!({
        "name": variant.name(), "summary": info.summary, "row": info.row, "source": info.source,
        "choice": info.choice, "paper_accuracy": info.paper_accuracy, "classes": options.classes,
        "input": [options.frames, options.bands], "parameters": table.parameters(), "trainable": table.trainable(),
        "norm_parameters": table.norm_parameters(), "conv_parameters": table.conv_parameters(),
        "weights": table.parameters() - table.norm_parameters(), "macs": table.macs(), "map": last_map(table), "seconds": seconds,
    });
    if options.describe.is_some() {
        value["layers"] = table.layers.iter().map(layer).collect();
    }
    value
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
