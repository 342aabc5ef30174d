//! Replays the losses of Keras training logs through the plateau rule and early stopping, and checks
//! that they give the log's own learning rates and last epoch.
//!
//! ```text
//! cargo run --release --example replay_logs -- --logs FOLDER
//! ```
//!
//! Expected on the logs that were published with the BBNN weights (Keras 2.0.6): `yes` in every row,
//! exit code 0. Takes no noticeable time.

use clap::{Parser, ValueEnum};
use mgc::train::{EarlyStopping, EarlyStoppingConfig, KerasVersion, PlateauConfig, ReduceLrOnPlateau};
use std::error::Error;
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

struct Log {
    losses: Vec<f64>,
    rates: Vec<f64>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether all logs match.
fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let paths = csv_files(&options.logs)?;
    println!("{:36} {:>6} {:>10}  {:5}  cuts", "log", "epochs", "lr end", "match");
    let mut matches = 0;
    for path in &paths {
        let log = read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        matches += usize::from(report(path, &log, options)?);
    }
    println!("{matches} of {} logs match", paths.len());
    Ok(matches == paths.len())
}

fn csv_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    paths.sort();
    if paths.is_empty() {
        return Err(format!("{}: no CSV file in this folder", folder.display()).into());
    }
    Ok(paths)
}

fn read(path: &Path) -> Result<Log, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let position = |name| header.iter().position(|column| column.trim() == name);
    let (loss, lr) = match (position("loss"), position("lr")) {
        (Some(loss), Some(lr)) => (loss, lr),
        _ => return Err(format!("columns {header:?}, expected loss and lr among them").into()),
    };
    let mut log = Log { losses: Vec::new(), rates: Vec::new() };
    for (number, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let number_at = |column: usize| cells.get(column).and_then(|cell| cell.trim().parse().ok());
        let (Some(loss), Some(rate)) = (number_at(loss), number_at(lr)) else {
            return Err(format!("line {}: {line:?}, expected numbers as loss and lr", number + 2).into());
        };
        log.losses.push(loss);
        log.rates.push(rate);
    }
    Ok(log)
}

/// Prints the row of one log; returns whether the rules agree with it.
fn report(path: &Path, log: &Log, options: &Options) -> Result<bool, mgc::train::Error> {
    let (rates, ended) = replay(log, options)?;
    let agrees = !rates.is_empty() && rates == log.rates && ended;
    let cuts = (1..log.rates.len()).filter(|&epoch| log.rates[epoch] < log.rates[epoch - 1]);
    let cuts: Vec<String> = cuts.map(|epoch| (epoch + 1).to_string()).collect();
    println!(
        "{:36} {:>6} {:>10}  {:5}  {}",
        path.file_name().unwrap_or_default().to_string_lossy(),
        log.rates.len(),
        log.rates.last().copied().unwrap_or_default(),
        if agrees { "yes" } else { "NO" },
        cuts.join(" ")
    );
    Ok(agrees)
}

/// The rate of every epoch that the rules would have run, and whether they end with the log.
fn replay(log: &Log, options: &Options) -> Result<(Vec<f64>, bool), mgc::train::Error> {
    let keras_version = match options.semantics {
        Release::Keras2 => KerasVersion::Keras2,
        Release::Tf26 => KerasVersion::Tf26,
    };
    let mut plateau = ReduceLrOnPlateau::new(PlateauConfig { keras_version, ..Default::default() })?;
    let mut stopping = EarlyStopping::new(EarlyStoppingConfig { keras_version, ..Default::default() })?;
    let mut lr = log.rates.first().copied().unwrap_or_default();
    let mut rates = Vec::new();
    for &loss in &log.losses {
        rates.push(lr);
        lr = plateau.observe(loss, lr);
        if stopping.observe(loss) || rates.len() == options.epochs {
            return Ok((rates, true));
        }
    }
    Ok((rates, false))
}
