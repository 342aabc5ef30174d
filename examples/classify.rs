//! Names the genre of music files.
//!
//! ```text
//! cargo run --release --example classify -- --model bbnn.safetensors song.mp3
//! ```
//!
//! Expected: for each file its most probable genres. About half a second for each 30 s of music on
//! 2 cores (AVX-512 Xeon).

mod common;

use clap::Parser;
use common::cli::{Outcome, Protocol, exit_code, parse, with_advice};
use common::files::{csv_bytes, npy_bytes};
use common::inputs::{complain, music_files};
use common::output::Output;
use common::outputs::claim;
use common::progress::bar;
use common::say::{product, say, tell};
use common::text::ranking;
use mgc::audio::MelConfig;
use mgc::datasets::path_text;
use mgc::{Classification, Classifier};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Name the genre of music files, or of all music in folders.
///
/// Long files are cut into chunks of the length that the model was trained on, and the probabilities of all
/// chunks are averaged. A file that cannot be read is reported, the other files are still classified, and the
/// exit code is 1. An output called `-` goes to standard output, and everything else to standard error.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example classify -- --model bbnn.safetensors song.mp3
  cargo run --release --example classify -- --model bbnn.safetensors ~/Music --csv genres.csv
  cargo run --release --example classify -- --model fold1.safetensors --model fold2.safetensors song.mp3
  cargo run --release --example classify -- --model bbnn.safetensors --embeddings songs.npy ~/Music --csv songs.csv
  cargo run --release --example classify -- --model bbnn.safetensors --json *.flac | jq .genres[0].label")]
struct Options {
    /// Model file, as quickstart, train and import_keras write it; the probabilities of several (`--model A
    /// --model B`) are averaged
    #[arg(long, value_name = "FILE", required = true)]
    model: Vec<PathBuf>,

    /// Music files (wav, mp3, flac, ogg, m4a, aiff, au and others) and folders, which are searched at any
    /// depth
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Print a line of JSON for each file
    #[arg(long)]
    json: bool,

    /// Write a table too: file, predicted genre, a probability for each genre; of a model that states when it is not
    /// sure, also the column unsure (true or false), which several models together do not state
    #[arg(long, value_name = "OUT")]
    csv: Option<PathBuf>,

    /// Write the embeddings (the vector before the classifying layer, averaged over the chunks) as a NumPy
    /// file too, with a row for each file that could be read, in the order of --csv
    #[arg(long, value_name = "OUT.npy")]
    embeddings: Option<PathBuf>,

    /// Which chunks of a long file count; `first` is the protocol of the published figures
    #[arg(long, value_enum, default_value = "all")]
    chunks: Protocol,
}

fn main() -> ExitCode {
    exit_code(run(&parse()))
}

/// Returns whether all files could be classified.
fn run(options: &Options) -> Outcome<bool> {
    let (files, mut all_good) = music_files(&options.paths);
    let lines = options.json.then_some(Path::new("-"));
    let wishes = [
        ("--json", lines, &["json"][..]),
        ("--csv", options.csv.as_deref(), &["csv"]),
        ("--embeddings", options.embeddings.as_deref(), &["npy"]),
    ];
    let [_, csv, npy] = claim(wishes, options.model.iter().chain(&files))?;
    let classifier =
        Classifier::load_ensemble(&options.model).map_err(with_advice)?.with_chunks(options.chunks.into());
    let front_end = &classifier.bundle().front_end;
    let front_end = front_end.as_ref().ok_or_else(|| with_advice(mgc::Error::NoFrontEnd))?;
    let bar = bar("Classifying", files.len());
    let (mut rows, mut embeddings) = (Vec::new(), Vec::new());
    for file in &files {
        match classifier.classify(file).map_err(with_advice) {
            Ok(result) => {
                bar.suspend(|| show(file, &result, front_end, options.json));
                rows.push(row(file, &result));
                embeddings.push(result.embedding);
            }
            Err(error) => {
                bar.suspend(|| complain(file, &error.to_string()));
                all_good = false;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if let Some(csv) = csv {
        let genres = classifier.labels().iter().map(|label| format!("p_{label}"));
        let unsure = classifier.threshold().map(|_| "unsure".to_owned());
        let header = ["file", "predicted"].map(str::to_owned).into_iter().chain(unsure);
        let header: Vec<_> = header.chain(genres).collect();
        all_good &= written(&csv, &csv_bytes(&header, &rows)?);
    }
    if let Some(npy) = npy {
        let columns = embeddings.first().map_or(0, Vec::len);
        all_good &= written(&npy, &npy_bytes(columns, &embeddings.concat()));
    }
    Ok(all_good)
}

/// One output that cannot be written leaves the others as they are.
fn written(output: &Output, bytes: &[u8]) -> bool {
    output.write(bytes).inspect_err(|error| tell!("error: {error}")).is_ok()
}

fn show(file: &Path, result: &Classification, front_end: &MelConfig, as_json: bool) {
    if !as_json {
        return say!("{}", ranking(&path_text(file), result, front_end).trim_end());
    }
    let genre = |genre: mgc::Genre<'_>| json!({ "label": genre.label, "probability": genre.probability });
    let line = json!({
        "file": path_text(file),
        "seconds": result.duration.as_secs_f64(),
        "sample_rate": result.sample_rate,
        "chunks": result.chunks,
        "skipped_packets": result.skipped_packets,
        "peak": result.peak,
        "silent": result.is_silent(),
        "channels_cancel": result.channels_cancel(),
        "unsure": result.is_unsure(),
        "genres": result.ranking().map(genre).collect::<Vec<_>>(),
    });
    product(format!("{line}\n").as_bytes());
}

fn row(file: &Path, result: &Classification) -> Vec<String> {
    let cells = result.probabilities.iter().map(|probability| format!("{probability:.7}"));
    let predicted = result.best().label.to_owned();
    let unsure = result.threshold.map(|_| result.is_unsure().to_string());
    [path_text(file), predicted].into_iter().chain(unsure).chain(cells).collect()
}
