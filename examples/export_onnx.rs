//! Writes a model as an ONNX file, for other runtimes and languages.
//!
//! ```text
//! cargo run --release --example export_onnx -- --model bbnn.safetensors --out bbnn.onnx
//! ```
//!
//! Expected: the file, and what its inputs and outputs are called. Takes no noticeable time.

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code, parse, with_advice};
use common::outputs::claim;
use common::say::say;
use mgc::Bundle;
use std::path::PathBuf;
use std::process::ExitCode;

/// Export a model to ONNX (operator set 17).
///
/// The file takes log-mel spectrograms (batch, 1, frames, bands) in dB and gives logits (a softmax away from
/// probabilities) and features. Labels and front end lie in its metadata as JSON: making the spectrograms is
/// left to whoever reads it.
#[derive(Parser)]
#[command(after_help = "\
Example:
  cargo run --release --example export_onnx -- --model bbnn.safetensors --out bbnn.onnx")]
struct Options {
    /// Model file, as quickstart, train and import_keras write it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,

    /// The ONNX file to write; `-` is standard output
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
}

fn main() -> ExitCode {
    exit_code(run(&parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    let [out] = claim([("--out", Some(&options.out), &["onnx"])], [&options.model])?;
    let bundle = Bundle::load(&options.model).map_err(with_advice)?;
    let bytes = bundle.to_onnx()?;
    let out = out.ok_or("--out is missing")?;
    out.write(&bytes)?;
    let (features, classes) = (bundle.network.features(), bundle.network.classes);
    say!("written: {out} ({:.1} MB)", bytes.len() as f64 / 1e6);
    say!("input    spectrograms  (batch, 1, frames, bands), dB, f32");
    say!("output   logits        (batch, {classes}): {}", bundle.labels.join(", "));
    say!("output   features      (batch, {features})");
    say!("metadata labels, front_end, network: JSON");
    Ok(())
}
