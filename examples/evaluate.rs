//! Scores a model on a dataset, track by track.
//!
//! ```text
//! cargo run --release --example evaluate -- --model bbnn.safetensors --dataset gtzan --root ~/GTZAN
//! ```
//!
//! Expected: accuracy with its interval, macro-F1 and confusion table. About half a second for each
//! 30 s clip on 2 cores (AVX-512 Xeon).

mod common {
    pub(crate) mod advice;
    pub(crate) mod cli;
    pub(crate) mod csv_file;
    pub(crate) mod files;
    pub(crate) mod located;
    pub(crate) mod number;
    pub(crate) mod output;
    pub(crate) mod progress;
    pub(crate) mod protocol;
    pub(crate) mod rows;
    pub(crate) mod say;
    pub(crate) mod score;
}

use clap::{Parser, ValueEnum};
use common::advice::with_advice;
use common::cli::{Outcome, exit_code};
use common::csv_file::write_csv;
use common::number::thousands;
use common::output::check_folder_of;
use common::progress::bar;
use common::protocol::Protocol;
use common::rows::row_shape;
use common::say::say;
use common::score::summary;
use mgc::candle::{Device, Tensor};
use mgc::datasets::{Dataset, Source, Split, SplitConfig, Track, official, open, split};
use mgc::train::ConfusionMatrix;
use mgc::{Bundle, Classifier};
use std::path::PathBuf;
use std::process::ExitCode;

/// Score a model on a dataset.
///
/// Without --split it takes the test side that the dataset prescribes, or all tracks where it
/// prescribes none. With --split on such a dataset it takes that side of the split that `train` makes.
/// Labels of dataset and model are matched by name. Tracks without a label are classified too, but do
/// not count.
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

    /// Which tracks [default: test where the dataset prescribes a test side, else all]
    #[arg(long, value_enum)]
    split: Option<Choice>,

    /// Write a table: file (or id), label, predicted, a probability for each genre
    #[arg(long, value_name = "OUT")]
    predictions: Option<PathBuf>,

    /// Which windows of a long file count; `first` is the protocol of the published figures
    #[arg(long, value_enum, default_value = "first")]
    window: Protocol,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Choice {
    Train,
    Valid,
    Test,
    All,
}

/// What the model makes of a track.
struct Prediction<'a> {
    track: &'a Track,
    /// The track's label as an index into the model's.
    truth: Option<usize>,
    /// In the order of the model's labels.
    probabilities: Vec<f64>,
}

fn main() -> ExitCode {
    exit_code(run(&Options::parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    check_folder_of(options.predictions.as_deref())?;
    let classifier = Classifier::load(&options.model)?.with_chunks(options.window.into());
    let dataset = open(&options.dataset, &options.root)?;
    let classes = match_labels(dataset.genres(), classifier.labels())?;
    check_input(classifier.bundle(), dataset.as_ref())?;
    let (tracks, name) = choose(dataset.as_ref(), options.split)?;
    say!("Tracks: {} of {} ({name})", thousands(tracks.len()), options.dataset);
    warn_of_training_tracks(classifier.bundle(), &options.dataset, &name);
    let predictions = predict(&classifier, dataset.as_ref(), &tracks, &classes)?;
    if let Some(path) = &options.predictions {
        let rows: Vec<_> = predictions.iter().map(|p| p.row(classifier.labels())).collect();
        write_csv(path, &header(dataset.as_ref(), classifier.labels()), &rows)?;
        say!("written: {}", path.display());
    }
    report(&predictions, classifier.labels())
}

/// Of each genre of the dataset its place among the model's labels.
fn match_labels(genres: &[String], labels: &[String]) -> Outcome<Vec<usize>> {
    let place = |genre: &String| labels.iter().position(|label| label == genre);
    let matched = genres.iter().map(|genre| place(genre).ok_or(genre)).collect::<Result<_, _>>();
    matched.map_err(|genre| {
        let (genres, labels) = (genres.join(", "), labels.join(", "));
        format!("the model knows no `{genre}`; dataset: {genres}; model: {labels}").into()
    })
}

/// The tracks to score, and what they are.
fn choose(dataset: &dyn Dataset, choice: Option<Choice>) -> Outcome<(Vec<usize>, String)> {
    let published = official(dataset.tracks());
    let default = match &published {
        Some(sides) if !sides.test().is_empty() => Choice::Test,
        _ => Choice::All,
    };
    let side = match choice.unwrap_or(default) {
        Choice::All => return Ok(((0..dataset.tracks().len()).collect(), "all".into())),
        Choice::Train => Split::Train,
        Choice::Valid => Split::Valid,
        Choice::Test => Split::Test,
    };
    let (origin, sides) = match published {
        Some(sides) => ("the dataset's own", sides),
        None => ("as `train` divides", split(dataset.tracks(), &SplitConfig::default())?),
    };
    match sides.side(side) {
        [] => Err(format!("the dataset has no track on its {side} side; choose another --split").into()),
        tracks => Ok((tracks.to_vec(), format!("{side} side, {origin}"))),
    }
}

/// Figures on tracks that the model has learned from are no test.
fn warn_of_training_tracks(bundle: &Bundle, dataset: &str, choice: &str) {
    let same = bundle.provenance.get("dataset").is_some_and(|trained| trained == dataset);
    if same && !choice.starts_with("test") {
        eprintln!(
            "warning: this model was trained on tracks of `{dataset}`: if some of them are among these, \
             the figures below are no test of it"
        );
    }
}

/// Predictions of all tracks that could be read; the others are reported.
fn predict<'a>(
    classifier: &Classifier,
    dataset: &'a dyn Dataset,
    tracks: &[usize],
    classes: &[usize],
) -> Outcome<Vec<Prediction<'a>>> {
    let bar = bar("Classifying", tracks.len());
    let mut predictions = Vec::new();
    for track in tracks.iter().map(|&track| &dataset.tracks()[track]) {
        let truth = track.genre.map(|genre| classes[genre]);
        match probabilities(classifier, dataset, track) {
            Ok(probabilities) => predictions.push(Prediction { track, truth, probabilities }),
            Err(error) => bar.suspend(|| eprintln!("warning: {} is left out: {error}", track.id)),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    if predictions.is_empty() {
        return Err("no track could be classified".into());
    }
    Ok(predictions)
}

/// Of one track, in the order of the model's labels.
fn probabilities(classifier: &Classifier, dataset: &dyn Dataset, track: &Track) -> Outcome<Vec<f64>> {
    match &track.source {
        Source::Audio(path) => Ok(classifier.classify(path).map_err(with_advice)?.probabilities),
        Source::Row(row) => {
            let spectrogram = dataset.spectrogram(*row)?;
            let (frames, bands) = spectrogram.dim();
            let values = spectrogram.into_raw_vec_and_offset().0;
            let input = Tensor::from_vec(values, (1, 1, frames, bands), &Device::Cpu)?;
            Ok(classifier.probabilities(&input)?.concat())
        }
        _ => Err("neither audio nor a spectrogram".into()),
    }
}

/// Finished spectrograms must have the size that the model was trained on.
fn check_input(bundle: &Bundle, dataset: &dyn Dataset) -> Outcome {
    let Some((frames, bands)) = row_shape(dataset)? else {
        return Ok(());
    };
    match bundle.input_size().filter(|expected| *expected != (frames, bands)) {
        Some(expected) => Err(format!(
            "the arrays are {frames} x {bands} (frames x bands), the model was trained on {} x {}: \
             make them with the model's front end",
            expected.0, expected.1
        )
        .into()),
        None => Ok(()),
    }
}

impl Prediction<'_> {
    fn predicted(&self) -> usize {
        let better = |best: usize, class: usize| {
            if self.probabilities[class] > self.probabilities[best] { class } else { best }
        };
        (0..self.probabilities.len()).reduce(better).unwrap_or(0)
    }

    fn row(&self, labels: &[String]) -> Vec<String> {
        let name = match &self.track.source {
            Source::Audio(path) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            _ => self.track.id.clone(),
        };
        let label = self.truth.map_or(String::new(), |truth| labels[truth].clone());
        let probabilities = self.probabilities.iter().map(|probability| format!("{probability:.7}"));
        [name, label, labels[self.predicted()].clone()].into_iter().chain(probabilities).collect()
    }
}

fn header(dataset: &dyn Dataset, labels: &[String]) -> Vec<String> {
    let audio = dataset.tracks().iter().any(|track| matches!(track.source, Source::Audio(_)));
    let first = if audio { "file" } else { "id" };
    let names = [first, "label", "predicted"].map(str::to_owned).into_iter();
    names.chain(labels.iter().map(|label| format!("p_{label}"))).collect()
}

fn report(predictions: &[Prediction<'_>], labels: &[String]) -> Outcome {
    let labelled: Vec<_> =
        predictions.iter().filter_map(|p| Some((p.truth? as u32, p.predicted() as u32))).collect();
    if labelled.is_empty() {
        say!("{} tracks classified; none has a label, so there is no accuracy", predictions.len());
        return Ok(());
    }
    let (truth, predicted): (Vec<_>, Vec<_>) = labelled.into_iter().unzip();
    let confusion = ConfusionMatrix::new(labels.len(), &truth, &predicted)?;
    say!("\nAccuracy {}\n\n{}", summary(&confusion), confusion.table(labels));
    Ok(())
}
