//! Trains a grid of experiments that a TOML file describes, and reports it.
//!
//! ```text
//! cargo run --release --example grid -- experiments.toml --out results
//! ```
//!
//! Expected: a line for each experiment, a table, and a folder with report.html, table.csv, cells.csv and a
//! folder for each run. The same command goes on where it was interrupted.

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code, parse};
use common::grids::GridOptions;
use mgc::grid::Grid;
use mgc::report::grid::ReportContext;
use std::path::PathBuf;
use std::process::ExitCode;

/// Train networks x recipes x datasets x splits x seeds from one file, and compare them.
///
/// Each experiment is a run in a folder of its own, named by what it is and by a hash of everything that
/// determines its result. What is finished is not trained again; what was interrupted goes on; what fails is
/// reported with its reason and stops nothing else.
#[derive(Parser)]
#[command(after_help = "\
A file:
  variants = [\"bbnn\", \"proposed\"]      # the example `variants` lists all
  recipes = [\"paper\", \"short\"]
  protocols = [\"published\", \"grouped\"] # also kfold, official
  runs = 10                            # folds, or random splits
  seeds = [1]

  [[dataset]]
  kind = \"gtzan\"                       # also fma, homburg, extended-ballroom, folder, arrays, synthetic
  root = \"music/GTZAN\"                 # relative to the file
  chunk_hop = 15.0                     # train on all chunks, these seconds apart; without it, on the first
  tracks_per_genre = 50                # at most, for quick tries; without it, all

  [recipe.short]
  base = \"paper\"
  epochs = 20                          # also batch_size, lr, label_smoothing, plateau, early_stopping
  class_weights = \"balanced\"           # every genre counts alike; without it, every example
  clip_norm = 1.0                      # gradients longer than this are scaled down; without it, none

Examples:
  cargo run --release --example grid -- experiments.toml --dry-run
  cargo run --release --example grid -- experiments.toml --out results --shard 1/4")]
struct Options {
    /// TOML file that describes the grid
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Folder for the results [default: target/mgc/grid/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    grid: GridOptions,
}

fn main() -> ExitCode {
    exit_code(run(&parse()))
}

fn run(options: &Options) -> Outcome<bool> {
    let grid = Grid::read(&options.file)?;
    let name = options.file.file_stem().unwrap_or_default();
    let out = options.out.clone().unwrap_or_else(|| PathBuf::from("target/mgc/grid").join(name));
    options.grid.run(&grid, Some(&options.file), &out, &ReportContext::default())
}
