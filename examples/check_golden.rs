//! Replays a golden file of the Keras oracle and tells how far the network's numbers are from Keras'.
//!
//! ```text
//! cargo run --release --example check_golden -- --file bbnn.safetensors
//! ```
//!
//! Expected: every group within the tolerance, exit code 0. Takes half a second.

#[path = "../tests/support/golden.rs"]
mod golden;

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code, in_file, parse};
use common::inputs::no_url;
use common::say::say;
use golden::{TOLERANCE_F32, TOLERANCE_F64, Tensors, replay, variant};
use mgc::candle::{self, DType, Device, Tensor, safetensors::load_buffer};
use mgc::nets::Variant;
use safetensors::SafeTensors;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Compare a network with Keras, tensor by tensor.
///
/// The golden file holds the initial weights, an input and its labels, and what Keras made of them in
/// double precision: the outputs (eval, train), the gradients (grad), the running statistics after one
/// pass (step1), and everything after one and three steps of Adam (adam1, adam3). The program repeats
/// that in f64 (all tensors, within 1e-9) and f32 (eval, train, grad, step1, within 1e-5) and prints the
/// worst distance of each group, relative to the larger of 1 and the expected value. The exit code is 1
/// when one lies outside.
#[derive(Parser)]
struct Options {
    /// Golden file, e.g. golden/bbnn.safetensors
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

/// What is given to the network rather than expected of it.
const GIVEN: [&str; 4] = ["init", "input", "label", "dropout_mask"];
/// Adam divides by the gradients' size, so single precision says nothing about these.
const ONLY_F64: [&str; 2] = ["adam1", "adam3"];

/// The worst tensor of a group.
#[derive(Default)]
struct Group {
    tensors: usize,
    distance: f64,
    worst: String,
}

fn main() -> ExitCode {
    exit_code(run(&parse()))
}

/// Returns whether everything lies within the tolerances.
fn run(options: &Options) -> Outcome<bool> {
    no_url(&options.file)?;
    let (network, (variant, classes), file) = in_file(&options.file, read(&options.file))?;
    say!("{network}: {} tensors of Keras", file.keys().filter(|name| !GIVEN.contains(&group(name))).count());
    say!("{:4} {:6} {:>7} {:>9}  {:6}  worst tensor", "type", "group", "tensors", "distance", "within");
    let mut good = true;
    for (dtype, tolerance, left_out) in
        [(DType::F64, TOLERANCE_F64, &[][..]), (DType::F32, TOLERANCE_F32, &ONLY_F64[..])]
    {
        let ours = replay(variant, classes, &file, dtype)?;
        for (name, group) in compare(&ours, &file, left_out)? {
            let within = group.distance <= tolerance;
            let verdict = if within { "yes" } else { "NO" };
            let Group { tensors, distance, worst } = group;
            say!("{:4} {name:6} {tensors:7} {distance:9.1e}  {verdict:6}  {worst}", dtype.as_str());
            good &= within;
        }
    }
    Ok(good)
}

/// The oracle's name of the network, our variant and its classes, and all tensors.
fn read(path: &Path) -> Outcome<(String, (Variant, usize), Tensors)> {
    let bytes = fs::read(path)?;
    let (_, header) = SafeTensors::read_metadata(&bytes)?;
    let notes = header.metadata().clone().unwrap_or_default();
    let note =
        |key: &str| notes.get(key).ok_or_else(|| format!("its header lacks `{key}`: not a golden file"));
    let network = note("network")?.clone();
    let variant = variant(&network).ok_or_else(|| format!("no variant is called `{network}`"))?;
    let classes = note("classes")?.parse()?;
    Ok((network, (variant, classes), load_buffer(&bytes, &Device::Cpu)?.into_iter().collect()))
}

/// The worst distance of every group of expected tensors; one that was not computed is infinitely far.
fn compare(ours: &Tensors, file: &Tensors, left_out: &[&str]) -> Outcome<BTreeMap<String, Group>> {
    let mut groups = BTreeMap::<_, Group>::new();
    for (name, expected) in file {
        let group = group(name);
        if GIVEN.contains(&group) || left_out.contains(&group) {
            continue;
        }
        let distance = ours.get(name).map_or(Ok(f64::INFINITY), |tensor| distance(tensor, expected))?;
        let group = groups.entry(group.to_owned()).or_default();
        group.tensors += 1;
        if group.worst.is_empty() || distance > group.distance || distance.is_nan() {
            *group = Group { tensors: group.tensors, distance, worst: name.clone() };
        }
    }
    Ok(groups)
}

fn group(name: &str) -> &str {
    name.split_once('.').map_or(name, |(group, _)| group)
}

/// The largest difference, relative to the larger of 1 and the expected value; infinite for another shape.
fn distance(actual: &Tensor, expected: &Tensor) -> candle::Result<f64> {
    if actual.shape() != expected.shape() {
        return Ok(f64::INFINITY);
    }
    let values = |t: &Tensor| t.flatten_all()?.to_dtype(DType::F64)?.to_vec1::<f64>();
    let pairs = values(actual)?.into_iter().zip(values(expected)?);
    let distances = pairs.map(|(a, b)| (a - b).abs() / b.abs().max(1.0));
    Ok(distances.fold(0.0, |worst, d| if d > worst || d.is_nan() { d } else { worst }))
}
