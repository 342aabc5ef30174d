//! Trains a network on a collection of music and leaves a model with its report.
//!
//! ```text
//! cargo run --release --example train -- --dataset gtzan --root ~/GTZAN --variant proposed
//! ```
//!
//! Expected: a line for each epoch, then accuracy, macro-F1 and confusion table of the test side, and a folder
//! with model, log, curves, confusion matrix and split. An epoch of 40 clips of 30 s
//! took 51 s on 2 busy cores (AVX-512 Xeon), in 2.2 GB of memory; one of all of GTZAN (800) would at that rate
//! take about 17 minutes.

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code};
use common::say::say;
use common::terminal::{Terminal, show_outcome};
use mgc::Recipe;
use mgc::audio::MelConfig;
use mgc::datasets::{Arrays, Dataset, Synthetic, open, with_groups};
use mgc::experiment::{Experiment, RunFolder};
use mgc::nets::Variant;
use mgc::ops::keep_freed_memory;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Train a network to tell genres apart.
///
/// Datasets: `gtzan`, `fma`, `homburg`, `extended-ballroom` (in their usual layouts; the example `datasets`
/// tells more), `folder` (your own music, a folder for each genre), `arrays` (finished spectrograms in
/// NumPy files), `synthetic` (invented music, written to --root when nothing is there). The dataset's own split is used if it has one, otherwise 80:10:10 over whole
/// tracks, and the same on every machine. Files that cannot be read are reported and left out.
///
/// The folder --out gets model.safetensors (weights, labels and front end in one file), log.csv,
/// curves and confusion (svg, png), split.csv, skipped.csv and state.safetensors. A run that was
/// interrupted goes on when the same command is given again; with more --epochs it goes further.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example train -- --dataset folder --root ~/Music/by-genre --variant proposed --recipe quick
  cargo run --release --example train -- --dataset gtzan --root ~/GTZAN --variant bbnn --seed 2 --out runs/bbnn-2
  cargo run --release --example train -- --dataset arrays --root mels.npz --variant proposed --front-end bbnn")]
struct Options {
    /// Kind of data: gtzan, fma, homburg, extended-ballroom, folder, arrays or synthetic
    #[arg(long)]
    dataset: String,

    /// Folder (or .npz file) with the data
    #[arg(long, value_name = "PATH")]
    root: PathBuf,

    /// CSV file of track id and group: tracks of one group (an artist, an album) stay on one side
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// Keep the spectrograms in this folder: the next run with the same front end decodes nothing
    #[arg(long, value_name = "DIR")]
    features: Option<PathBuf>,

    /// Network by name, with its dropout and label smoothing: bbnn, proposed, selu, lstm, ... (the example `variants`
    /// lists all)
    #[arg(long, value_name = "NAME")]
    variant: String,

    /// Settings: paper (up to 100 epochs, early stop) or quick (6 epochs at 0.003)
    #[arg(long, default_value = "paper")]
    recipe: String,

    /// Most epochs [default: the recipe's]
    #[arg(long)]
    epochs: Option<usize>,

    /// Examples in a step [default: the recipe's, 8]
    #[arg(long)]
    batch_size: Option<usize>,

    /// Learning rate at the start [default: the recipe's: 0.01, quick 0.003]
    #[arg(long, allow_negative_numbers = true)]
    lr: Option<f64>,

    /// Seed of the initial weights and of the order of the examples (not of the split)
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// How audio becomes spectrograms: bbnn, heakl or quick [default: bbnn; quick for synthetic]; for
    /// arrays: how they were made, so that the model can read audio
    #[arg(long, value_name = "PRESET")]
    front_end: Option<String>,

    /// Folder for the results [default: target/mgc/train/DATASET-VARIANT]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Delete another run's files in that folder
    #[arg(long)]
    overwrite: bool,
}

fn main() -> ExitCode {
    exit_code(run(&Options::parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    keep_freed_memory();
    let dataset = options.dataset()?;
    let experiment = options.experiment(dataset.as_ref())?;
    let folder = options.folder();
    if options.overwrite {
        RunFolder::new(&folder).clear()?;
    }
    let outcome = experiment.run(&folder, &mut Terminal::new(&options.recipe))?;
    show_outcome(&outcome, &folder)?;
    try_it(&folder.join(RunFolder::MODEL), experiment.front_end().is_some());
    Ok(())
}

impl Options {
    fn dataset(&self) -> Outcome<Box<dyn Dataset>> {
        let dataset = open(&self.dataset, &self.root)?;
        Ok(match &self.groups {
            Some(list) => with_groups(dataset, list)?,
            None => dataset,
        })
    }

    fn experiment<'a>(&self, dataset: &'a dyn Dataset) -> Outcome<Experiment<'a>> {
        let variant: Variant = self.variant.parse()?;
        let mut experiment = Experiment::new(dataset, variant).with_recipe(self.recipe()?);
        if let Some(front_end) = self.front_end()? {
            experiment = experiment.with_front_end(front_end);
        }
        if let Some(store) = &self.features {
            experiment = experiment.with_store(store);
        }
        Ok(experiment)
    }

    fn recipe(&self) -> Outcome<Recipe> {
        let mut recipe: Recipe = self.recipe.parse()?;
        recipe.train.seed = self.seed;
        recipe.train.epochs = self.epochs.unwrap_or(recipe.train.epochs);
        recipe.train.batch_size = self.batch_size.unwrap_or(recipe.train.batch_size);
        recipe.adam.lr = self.lr.unwrap_or(recipe.adam.lr);
        check("--epochs", recipe.train.epochs > 0)?;
        check("--batch-size", recipe.train.batch_size > 0)?;
        check("--lr", recipe.adam.lr > 0.0 && recipe.adam.lr.is_finite())?;
        Ok(recipe)
    }

    fn front_end(&self) -> Outcome<Option<MelConfig>> {
        let default = match self.dataset.as_str() {
            name if name == Arrays::INFO.name => None,
            name if name == Synthetic::INFO.name => Some("quick"),
            _ => Some("bbnn"),
        };
        Ok(self.front_end.as_deref().or(default).map(str::parse).transpose()?)
    }

    fn folder(&self) -> PathBuf {
        let default = || Path::new("target/mgc/train").join(format!("{}-{}", self.dataset, self.variant));
        self.out.clone().unwrap_or_else(default)
    }
}

fn check(option: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(format!("{option} must be above 0").into()) }
}

fn try_it(model: &Path, reads_audio: bool) {
    let model = model.display();
    match reads_audio {
        true => say!("Try it:  cargo run --release --example classify -- --model {model} FILE"),
        false => say!(
            "Try it:  cargo run --release --example evaluate -- --model {model} --dataset arrays --root NPZ"
        ),
    }
}
