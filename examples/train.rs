//! Trains a network on a collection of music and leaves a model with its report.
//!
//! ```text
//! cargo run --release --example train -- --dataset gtzan --root ~/GTZAN --variant proposed
//! ```
//!
//! Expected: a line for each epoch, then accuracy, macro-F1 and confusion table of the test side, and a
//! folder with model, log, curves, confusion matrix and split. An epoch of 40 clips of 30 s took 51 s on 2
//! busy cores (AVX-512 Xeon), in 2.2 GB of memory; one of all of GTZAN (800) would take about 17 minutes.

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code, parse, with_advice};
use common::labels::{read_groups, relabelled};
use common::outputs::claim_run;
use common::recipe_options::RecipeOptions;
use common::say::say;
use common::terminal::{Terminal, show_outcome};
use mgc::Recipe;
use mgc::audio::MelConfig;
use mgc::datasets::{Dataset, Synthetic, open};
use mgc::experiment::{Experiment, RunFolder};
use mgc::nets::Variant;
use mgc::ops::keep_freed_memory;
use mgc_files::printable_path;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Train a network to tell genres apart.
///
/// Datasets: `gtzan`, `fma`, `homburg`, `extended-ballroom` (in their usual layouts; the example `datasets`
/// tells more), `folder` (your own music, a folder for each genre), `arrays` (finished spectrograms in
/// NumPy files), `synthetic` (invented music, written to --root when nothing is there). The dataset's own
/// split is used if it has one, otherwise 80:10:10 over whole tracks, the same on every machine. Files that
/// cannot be read are reported and left out.
///
/// The results in --out: model.safetensors (weights, labels and front end in one file), log.csv, curves and
/// confusion (svg, png), split.csv, skipped.csv and state.safetensors. An interrupted run continues when the
/// same command is given again; with more --epochs it trains further.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example train -- --dataset folder --root ~/Music/by-genre --variant proposed --recipe quick
  cargo run --release --example train -- --dataset gtzan --root ~/GTZAN --variant bbnn --seed 2 --out runs/bbnn-2
  cargo run --release --example train -- --dataset folder --root ~/Music/by-genre --variant proposed --chunk-hop 15 \
    --class-weights balanced --tensorboard
  cargo run --release --example train -- --dataset arrays --root mels.npz --variant proposed --front-end bbnn")]
struct Options {
    /// Kind of data: gtzan, fma, homburg, extended-ballroom, folder, arrays or synthetic
    #[arg(long)]
    dataset: String,

    /// Folder (or .npz file) with the data
    #[arg(long, value_name = "PATH")]
    root: PathBuf,

    /// CSV file of track id and group: tracks of one group (an artist, an album) stay on one side. A header
    /// may name the columns: id, track_id, file, ... and group, artist, album, ...
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// Rename a label of the dataset; labels of the same new name become one (`--label-map 'Hip Hop=hiphop'`)
    #[arg(long, value_name = "LABEL=NAME")]
    label_map: Vec<String>,

    /// Keep the spectrograms in this folder: the next run with the same front end decodes nothing
    #[arg(long, value_name = "DIR")]
    features: Option<PathBuf>,

    /// Network by name, with its dropout and label smoothing: bbnn, proposed, selu, lstm, ... (the example
    /// `variants` lists all)
    #[arg(long, value_name = "NAME")]
    variant: String,

    #[command(flatten)]
    recipe: RecipeOptions,

    /// How audio becomes spectrograms: bbnn, heakl or quick [default: bbnn; quick for synthetic]; for
    /// arrays: how they were made, so that the model can read audio
    #[arg(long, value_name = "PRESET")]
    front_end: Option<String>,

    /// Cut every track into chunks that begin so many seconds apart, and train on all of them; otherwise only the
    /// first chunk of each track is heard. A chunk is as long as the front end says: bbnn and heakl 30 s, quick
    /// 5 s; half of that makes them overlap. Training loss and accuracy then count chunks. Validation, the best
    /// epoch and the test count tracks, each by the mean of the probabilities over its chunks
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    chunk_hop: Option<f64>,

    /// Write the curves for TensorBoard too, into the folder tensorboard of --out; `tensorboard --logdir` of a
    /// folder above several runs compares them
    #[arg(long)]
    tensorboard: bool,

    /// Call answers "not sure" so that the others are right for this share of the validation tracks (0.9)
    #[arg(long, value_name = "SHARE")]
    sure_accuracy: Option<f64>,

    /// Folder for the results [default: target/mgc/train/DATASET-VARIANT]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Train anew: replace the run in that folder, this one or another
    #[arg(long)]
    overwrite: bool,
}

fn main() -> ExitCode {
    exit_code(run(&parse()).map(|()| true))
}

fn run(options: &Options) -> Outcome {
    keep_freed_memory();
    let (recipe, variant) = (options.recipe.recipe()?, options.variant.parse()?);
    if options.chunk_hop.is_some_and(|seconds| !(seconds > 0.0 && seconds.is_finite())) {
        return Err("--chunk-hop must be above 0".into());
    }
    let folder = options.folder();
    claim_run(&folder, options.features.as_deref(), [Some(&options.root), options.groups.as_ref()])?;
    let dataset = options.dataset()?;
    let experiment = options.experiment(dataset.as_ref(), variant, recipe)?;
    let outcome = experiment.run(&folder, &mut Terminal::new(&options.recipe.recipe)).map_err(with_advice)?;
    show_outcome(&outcome, &folder)?;
    try_it(&folder.join(RunFolder::MODEL), experiment.front_end().is_some());
    Ok(())
}

impl Options {
    fn dataset(&self) -> Outcome<Box<dyn Dataset>> {
        let dataset = relabelled(open(&self.dataset, &self.root)?, &self.label_map)?;
        Ok(match &self.groups {
            Some(list) => read_groups(list)?.wrap(dataset)?,
            None => dataset,
        })
    }

    fn experiment<'a>(
        &self,
        data: &'a dyn Dataset,
        variant: Variant,
        recipe: Recipe,
    ) -> Outcome<Experiment<'a>> {
        let mut experiment =
            Experiment::new(data, variant).with_recipe(recipe).with_overwrite(self.overwrite);
        if let Some(front_end) = self.front_end()? {
            experiment = experiment.with_front_end(front_end);
        }
        if let Some(store) = &self.features {
            experiment = experiment.with_store(store);
        }
        if let Some(seconds) = self.chunk_hop {
            experiment = experiment.with_chunks(seconds);
        }
        if self.tensorboard {
            experiment = experiment.with_tensorboard();
        }
        if let Some(share) = self.sure_accuracy {
            experiment = experiment.with_sure_accuracy(share);
        }
        Ok(experiment)
    }

    /// The invented tracks are short; other audio gets the library's default.
    fn front_end(&self) -> Outcome<Option<MelConfig>> {
        let default = (self.dataset == Synthetic::INFO.name).then_some("quick");
        Ok(self.front_end.as_deref().or(default).map(str::parse).transpose()?)
    }

    fn folder(&self) -> PathBuf {
        let default = || Path::new("target/mgc/train").join(format!("{}-{}", self.dataset, self.variant));
        self.out.clone().unwrap_or_else(default)
    }
}

fn try_it(model: &Path, reads_audio: bool) {
    let (example, data) =
        if reads_audio { ("classify", "FILE") } else { ("evaluate", "--dataset arrays --root NPZ") };
    say!("Try it:  cargo run --release --example {example} -- --model {} {data}", printable_path(model));
}
