//! Replays the losses of Keras training logs through the plateau rule and early stopping, and checks
//! that they give the log's own learning rates and last epoch.
//!
//! ```text
//! cargo run --release --example replay_logs -- --logs FOLDER
//! ```
//!
//! Expected on the logs that were published with the BBNN weights (Keras 2.0.6): `yes` in every row,
//! exit code 0. Takes no noticeable time.

mod common;

use clap::{Parser, ValueEnum};
use common::cli::{Outcome, exit_code, in_file, parse};
use common::inputs::no_url;
use common::say::say;
use mgc::train::{EarlyStoppingConfig, KerasVersion, PlateauConfig, replay};
use mgc_files::printable_path;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Replay Keras training logs through mgc-train's learning-rate and stopping rules.
///
/// Every CSV file in the folder must have the columns `loss` and `lr`, a row per epoch, as Keras'
/// CSVLogger writes them. The rules have the settings of BBNN: the learning rate is halved after 3
/// epochs whose training loss did not fall by 1e-4, training ends after 10 epochs without a fall of
/// 0.01, or after --epochs. A row of output shows the epochs (from 1) that first ran at a lower rate,
/// the last rate, the last epoch, and whether log and rules agree in all of them. The exit code is 1
/// when one does not.
#[derive(Parser)]
struct Options {
    /// Folder with the logs, e.g. training_logs
    #[arg(long, value_name = "FOLDER")]
    logs: PathBuf,

    /// The Keras release that wrote the logs
    #[arg(long, value_enum, default_value = "keras2")]
    semantics: Release,

    /// Most epochs that the runs were allowed
    #[arg(long, default_value_t = 100)]
    epochs: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum Release {
    /// Keras 2.0: a rule acts one bad epoch later
    Keras2,
    /// TensorFlow 2.6 and Keras 3
    Tf26,
}

/// The columns of a log that matter here, a value for each epoch.
struct Log {
    losses: Vec<f64>,
    rates: Vec<f64>,
}

fn main() -> ExitCode {
    exit_code(run(&parse()))
}

/// Returns whether all logs match.
fn run(options: &Options) -> Outcome<bool> {
    no_url(&options.logs)?;
    let paths = csv_files(&options.logs)?;
    say!("{:36} {:>6} {:>10}  {:5}  cuts", "log", "epochs", "lr end", "match");
    let mut matches = 0;
    for path in &paths {
        let log = in_file(path, read(path))?;
        let agrees = agrees(&log, options)?;
        print_row(path, &log, agrees);
        matches += usize::from(agrees);
    }
    say!("{matches} of {} logs match", paths.len());
    Ok(matches == paths.len())
}

fn csv_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = in_file(folder, fs::read_dir(folder))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{}: no CSV file in this folder", printable_path(folder)).into());
    }
    Ok(paths)
}

fn read(path: &Path) -> Outcome<Log> {
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_path(path)?;
    let header = table.headers()?.clone();
    let column = |name| header.iter().position(|column| column == name);
    let (Some(loss), Some(lr)) = (column("loss"), column("lr")) else {
        let columns: Vec<_> = header.iter().collect();
        return Err(format!("columns {columns:?}, expected loss and lr among them").into());
    };
    let mut log = Log { losses: Vec::new(), rates: Vec::new() };
    for (row, line) in table.records().enumerate() {
        let line = line?;
        let number = |column: usize| line.get(column).and_then(|cell| cell.parse().ok());
        let (Some(loss), Some(rate)) = (number(loss), number(lr)) else {
            return Err(format!("line {}: expected numbers as loss and lr", row + 2).into());
        };
        log.losses.push(loss);
        log.rates.push(rate);
    }
    Ok(log)
}

/// Whether the rules give the log's learning rates and end after its last epoch.
fn agrees(log: &Log, options: &Options) -> Outcome<bool> {
    let keras_version = match options.semantics {
        Release::Keras2 => KerasVersion::Keras2,
        Release::Tf26 => KerasVersion::Tf26,
    };
    let plateau = PlateauConfig { keras_version, ..Default::default() };
    let stopping = EarlyStoppingConfig { keras_version, ..Default::default() };
    let Some(&start) = log.rates.first() else { return Ok(false) };
    let run = replay(&log.losses, start, plateau, stopping, options.epochs)?;
    Ok(run.ended && run.rates == log.rates)
}

fn print_row(path: &Path, log: &Log, agrees: bool) {
    let cuts = (1..log.rates.len()).filter(|&epoch| log.rates[epoch] < log.rates[epoch - 1]);
    let cuts: Vec<String> = cuts.map(|epoch| (epoch + 1).to_string()).collect();
    say!(
        "{:36} {:>6} {:>10}  {:5}  {}",
        path.file_name().unwrap_or_default().to_string_lossy(),
        log.rates.len(),
        log.rates.last().copied().unwrap_or_default(),
        if agrees { "yes" } else { "NO" },
        cuts.join(" ")
    );
}
