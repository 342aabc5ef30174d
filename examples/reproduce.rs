//! Trains what stands behind a table or figure of the paper, on a dataset of yours, and reports it.
//!
//! ```text
//! cargo run --release --example reproduce -- --table 3 --dataset synthetic --root target/mgc/corpus --quick
//! ```
//!
//! Expected: a line for each trained network, a table, and a folder with report.html, table.csv, cells.csv and
//! a folder for each run. The same command goes on where it was interrupted.

mod common;

use clap::Parser;
use common::cli::{Outcome, exit_code, parse};
use common::grids::GridOptions;
use mgc::datasets::{Protocol, Synthetic};
use mgc::grid::{GridDataset, PaperItem};
use mgc::report::grid::{PaperFigure, ReportContext};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Regenerate a table or figure of Heakl et al. (2022) on a dataset of yours.
///
/// The paper's figures are the best of several random splits. They are shown here under that name, beside
/// the mean over all splits with its interval, and beside folds in which every track is tested once and tracks of
/// one group (artist, duplicates) never lie on two sides. Files and settings that do not change are not computed
/// again; an interrupted run goes on when the same command is given again.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example reproduce -- --table 2 --dataset gtzan --root ~/GTZAN
  cargo run --release --example reproduce -- --table 3 --dataset synthetic --root target/mgc/corpus --quick
  cargo run --release --example reproduce -- --figure 3 --dataset homburg --root ~/homburg --dry-run")]
struct Options {
    /// Table of the paper: 2 (four datasets) or 3 (fourteen changes to the baseline)
    #[arg(long, value_name = "2|3", required_unless_present = "figure", conflicts_with = "figure")]
    table: Option<u8>,

    /// Figure of the paper: 2 (confusion matrices) or 3 (learning curves)
    #[arg(long, value_name = "2|3")]
    figure: Option<u8>,

    /// Kind of data: gtzan, fma, homburg, extended-ballroom, folder, arrays or synthetic
    #[arg(long, value_name = "NAME")]
    dataset: String,

    /// Folder (or .npz file) with the data; synthetic music is written there when nothing is there
    #[arg(long, value_name = "PATH")]
    root: PathBuf,

    /// CSV file of track id and group (artist, album): tracks of one group stay on one side
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// How audio becomes spectrograms: bbnn, heakl or quick [default: bbnn; quick for synthetic]
    #[arg(long, value_name = "PRESET")]
    front_end: Option<String>,

    /// Two epochs instead of up to a hundred, three runs instead of ten, at most 12 tracks of each genre: shows
    /// the way, not the networks
    #[arg(long)]
    quick: bool,

    /// Folds, and random splits [default: 10; quick 3]
    #[arg(long, value_name = "N")]
    runs: Option<usize>,

    /// How tracks are divided: published, kfold, grouped, official; may be repeated [default: published, and
    /// grouped where tracks have groups, else kfold]
    #[arg(long, value_name = "NAME")]
    protocol: Vec<Protocol>,

    /// Folder for the results [default: target/mgc/reproduce/DATASET]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    #[command(flatten)]
    grid: GridOptions,
}

fn main() -> ExitCode {
    exit_code(run(&parse()))
}

fn run(options: &Options) -> Outcome<bool> {
    let item = options.item()?;
    let mut grid = item.grid(options.dataset(), options.quick)?;
    grid.runs = options.runs.unwrap_or(grid.runs);
    if !options.protocol.is_empty() {
        grid.protocols.clone_from(&options.protocol);
    }
    let out = options.out.clone().unwrap_or_else(|| Path::new("target/mgc/reproduce").join(&options.dataset));
    let context =
        ReportContext { quick: options.quick, paper: PaperFigure::of(item, &grid), ..Default::default() };
    options.grid.run(&grid, None, &out, &context)
}

impl Options {
    fn item(&self) -> Outcome<PaperItem> {
        Ok(match (self.table, self.figure) {
            (Some(number), _) => PaperItem::table(number)?,
            (None, number) => PaperItem::figure(number.unwrap_or_default())?,
        })
    }

    fn dataset(&self) -> GridDataset {
        let quick = (self.dataset == Synthetic::INFO.name).then(|| "quick".to_owned());
        GridDataset {
            name: self.dataset.clone(),
            kind: self.dataset.clone(),
            root: self.root.clone(),
            groups: self.groups.clone(),
            front_end: self.front_end.clone().or(quick),
            chunk_hop: None,
            tracks_per_genre: None,
        }
    }
}
