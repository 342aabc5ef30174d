//! Scores a model on a dataset, track by track.
//!
//! ```text
//! cargo run --release --example evaluate -- --model bbnn.safetensors --dataset gtzan --root ~/GTZAN
//! ```
//!
//! Expected: accuracy with its interval, macro-F1 and confusion table. Half a second for a clip of
//! 30 s on 2 cores (AVX-512 Xeon).

mod common;

use clap::Parser;
use common::cli::{Outcome, Protocol, exit_code, parse, with_advice};
use common::inputs::{files_of, open_present};
use common::labels::relabelled;
use common::outputs::claim;
use common::progress::bar;
use common::say::{say, tell};
use common::text::{printable, thousands};
use mgc::datasets::{Dataset, Skipped, Split, UnknownName};
use mgc::experiment::{SplitChoice, Warning};
use mgc::report::summary;
use mgc::{Classifier, Predictions};
use std::path::PathBuf;
use std::process::ExitCode;

/// Score a model on a dataset.
///
/// Without --split it scores the dataset's own test side, or all tracks of a dataset that has none. With
/// --split it scores that side of the dataset's own split or, where there is none, of the split that `train`
/// makes. Labels of dataset and model are matched by name. Tracks without a label are classified too, but do
/// not count. A track that cannot be read is reported and left out, and the exit code is 1.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example evaluate -- --model bbnn.safetensors --dataset gtzan --root ~/GTZAN --predictions out.csv
  cargo run --release --example evaluate -- --model mine.safetensors --dataset folder --root ~/Music/by-genre --split test
  cargo run --release --example evaluate -- --model m.safetensors --dataset arrays --root unlabelled.npz --predictions out.csv")]
struct Options {
    /// Model file, as quickstart, train and import_keras write it
    #[arg(long, value_name = "FILE")]
    model: PathBuf,

    /// Kind of data: gtzan, fma, homburg, extended-ballroom, folder, arrays or synthetic
    #[arg(long)]
    dataset: String,

    /// Folder (or .npz file) with the data
    #[arg(long, value_name = "PATH")]
    root: PathBuf,

    /// Which tracks [default: test where the dataset has a test side of its own, else all]
    #[arg(long, value_name = "train|valid|test|all", value_parser = side)]
    split: Option<Choice>,

    /// Rename a label of the dataset to that of the model (`--label-map hip-hop=hiphop`)
    #[arg(long, value_name = "LABEL=NAME")]
    label_map: Vec<String>,

    /// Write a table: file (or id), label, predicted, a probability for each genre
    #[arg(long, value_name = "OUT")]
    predictions: Option<PathBuf>,

    /// Which chunks of a long file count; `first` is the protocol of the published figures
    #[arg(long, value_enum, default_value = "first")]
    chunks: Protocol,
}

/// A side, or none: all tracks.
type Choice = Option<Split>;

fn side(name: &str) -> Result<Choice, UnknownName> {
    if name.eq_ignore_ascii_case("all") { Ok(None) } else { name.parse().map(Some) }
}

fn main() -> ExitCode {
    exit_code(run(&parse()))
}

/// Returns whether all tracks could be classified.
fn run(options: &Options) -> Outcome<bool> {
    let dataset = relabelled(open_present(&options.dataset, &options.root)?, &options.label_map)?;
    let table = options.predictions.as_deref();
    let inputs = files_of(dataset.as_ref(), &options.root, table).chain([options.model.clone()]);
    let [table] = claim([("--predictions", table, &["csv"])], inputs)?;
    let classifier =
        Classifier::load(&options.model).map_err(with_advice)?.with_chunks(options.chunks.into());
    let (tracks, name) = choose(dataset.as_ref(), options.split)?;
    say!("Tracks: {} of {} ({name})", thousands(tracks.len()), options.dataset);
    let trained_on = classifier.bundle().provenance.get("dataset");
    if trained_on == Some(&options.dataset) && !name.starts_with("test") {
        tell!(
            "warning: the model was trained on tracks of this dataset: where they are among these, the score is too good"
        );
    }
    let bar = bar("Classifying", tracks.len());
    let predictions = classifier.predict(dataset.as_ref(), &tracks, |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let predictions = predictions.map_err(with_advice)?;
    let left_out = |track: &Skipped| tell!("warning: {} is left out: {}", printable(&track.id), track.reason);
    predictions.skipped.iter().for_each(left_out);
    if !predictions.silent.is_empty() {
        let ids = predictions.silent.iter().map(|&track| dataset.tracks()[track].id.clone()).collect();
        tell!("warning: {}", Warning::Silent(ids));
    }
    if predictions.tracks.is_empty() {
        return Err("no track could be classified".into());
    }
    print_scores(&predictions)?;
    if let Some(output) = table {
        let mut bytes = Vec::new();
        predictions.write_csv(dataset.tracks(), &mut bytes)?;
        output.write(&bytes)?;
        say!("written: {output}");
    }
    Ok(predictions.skipped.is_empty())
}

/// The tracks to score, and what they are.
fn choose(dataset: &dyn Dataset, choice: Option<Choice>) -> Outcome<(Vec<usize>, String)> {
    let tested = dataset.tracks().iter().any(|track| track.split == Some(Split::Test));
    let Some(side) = choice.unwrap_or(tested.then_some(Split::Test)) else {
        return Ok(((0..dataset.tracks().len()).collect(), "all".into()));
    };
    let (sides, origin) = SplitChoice::Standard.divide(dataset.tracks())?;
    let (count, tracks) = (sides.left_out(dataset.tracks()), dataset.counts().iter().sum());
    if count > 0 {
        tell!("warning: {}", Warning::OutsideSplit { count, tracks, origin: origin.clone() });
    }
    match sides.side(side) {
        [] => Err(format!("the dataset has no track on its {side} side; choose another --split").into()),
        tracks => Ok((tracks.to_vec(), format!("{side} side, {origin}"))),
    }
}

fn print_scores(predictions: &Predictions) -> Outcome {
    let confusion = predictions.confusion()?;
    match (predictions.tracks.len(), confusion.total()) {
        (tracks, 0) => say!("{tracks} tracks classified; none has a label, so there is no accuracy"),
        _ => say!("\nAccuracy {}\n\n{}", summary(&confusion), confusion.table(&predictions.labels)),
    }
    Ok(())
}
