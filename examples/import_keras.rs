//! Turns a Keras checkpoint of one of the networks into a model file, without Python.
//!
//! ```text
//! cargo run --release --example import_keras -- --hdf5 1_fold_GTZAN_model.hdf5 --labels gtzan --out bbnn.safetensors
//! ```
//!
//! Expected: the network's parameters (190,826 for Liu's), its labels, and the model file. Takes no
//! noticeable time.

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code, parse};
use common::output::Output;
use common::outputs::claim;
use common::say::say;
use common::text::thousands;
use mgc::audio::MelConfig;
use mgc::nets::{NetConfig, Variant};
use mgc::{Bundle, ModelError, published_labels};
use mgc_files::printable_path;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Import a Keras checkpoint (.hdf5, .h5; Keras 2 or TensorFlow 2) of one of the networks that `variants`
/// lists.
///
/// The model file that results holds the weights, the labels and the front end (30 s at 22,050 Hz, 128
/// mel bands), so `classify` and `evaluate` need nothing else. A checkpoint does not name its classes:
/// they are the folder names of the dataset it was trained on, sorted.
///
/// The layers of the file tell which network it is. Some networks differ only in layers without weights
/// (bbnn_recoded, global_max, dropout, selu): a whole saved model tells these apart, but a file of weights
/// alone needs --variant.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example import_keras -- --hdf5 1_fold_GTZAN_model.hdf5 --labels gtzan --out bbnn.safetensors
  cargo run --release --example import_keras -- --hdf5 selu_weights.h5 --variant selu --labels gtzan --out selu.safetensors
  cargo run --release --example import_keras -- --hdf5 mine.hdf5 --labels fado,polka,samba --out mine.safetensors")]
struct Options {
    /// The checkpoint, as `model.save("model.h5")` or `save_weights` of Keras writes it
    #[arg(long, value_name = "FILE")]
    hdf5: PathBuf,

    /// The classes: gtzan, extended-ballroom, or all names in order, separated by commas
    #[arg(long)]
    labels: String,

    /// The network, if the file does not tell: one of those that the example `variants` lists
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,

    /// How audio becomes spectrograms: bbnn or heakl [default: bbnn for Liu's network, else heakl]
    #[arg(long, value_name = "PRESET")]
    front_end: Option<String>,

    /// The model file to write; `-` is standard output
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
}

fn main() -> ExitCode {
    exit_code(run(&parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    let [out] = claim([("--out", Some(&options.out), &["safetensors"])], [&options.hdf5])?;
    let labels = labels(&options.labels)?;
    let variant = options.variant.as_deref().map(str::parse).transpose()?;
    let bundle = Bundle::from_keras(&options.hdf5, &labels, variant);
    let mut bundle = bundle.map_err(|error| with_labels_advice(error, &options.hdf5))?;
    if let Some(preset) = &options.front_end {
        bundle = bundle.with_front_end(preset.parse::<MelConfig>()?);
    }
    if published_labels(&options.labels).is_some() {
        bundle = bundle.with_provenance("dataset", &options.labels);
    }
    let out = out.ok_or("--out is missing")?;
    out.write(&bundle.to_bytes()?)?;
    let parameters = bundle.tensors.values().map(|tensor| tensor.elem_count()).sum();
    let name = name(&bundle.network).unwrap_or_else(|| "a network of its own size".into());
    say!("{name} ({} parameters), {} labels: {}", thousands(parameters), labels.len(), labels.join(", "));
    bundle.provenance.iter().for_each(|(topic, text)| say!("{topic}: {text}"));
    say!("written: {out}");
    if let Output::File(model) = &out {
        say!("Try it:  cargo run --release --example classify -- --model {} FILE", printable_path(model));
    }
    Ok(())
}

fn with_labels_advice(error: mgc::Error, file: &Path) -> Box<dyn std::error::Error> {
    match error {
        mgc::Error::Model(ModelError::Labels { .. }) => format!(
            "{}: {error}; name each class once in --labels, in the order of the network",
            printable_path(file)
        )
        .into(),
        other => other.into(),
    }
}

/// The first variant with this configuration.
fn name(network: &NetConfig) -> Option<String> {
    let same = |variant: &Variant| variant.config(network.classes) == *network;
    Variant::ALL.into_iter().find(same).map(|variant| variant.to_string())
}

/// The labels of a published dataset, or those given.
fn labels(text: &str) -> Outcome<Vec<String>> {
    if let Some(known) = published_labels(text) {
        return Ok(known.into_iter().map(str::to_owned).collect());
    }
    let given: Vec<String> = text.split(',').map(|label| label.trim().to_owned()).collect();
    match given.len() > 1 && given.iter().all(|label| !label.is_empty()) {
        true => Ok(given),
        false => Err(format!(
            "--labels `{text}`: expected gtzan, extended-ballroom, or at least two names separated by commas"
        )
        .into()),
    }
}
