//! The datasets: what they are, whether a copy on the disk is whole, and how honest a split of it is.
//!
//! ```text
//! cargo run --release --example datasets -- list
//! cargo run --release --example datasets -- verify homburg --root ~/HOMBURG
//! ```
//!
//! Expected: a line per dataset; a line per missing, broken or superfluous file and a count of each kind (exit status 1 if any but
//! the known bad). `verify` decodes everything: about a minute for a thousand clips of 30 s on two cores.

mod common;

use clap::{Args, Parser, Subcommand};
use common::cli::{Outcome, exit_code};
use common::progress::bar;
use common::say::say;
use common::text::thousands;
use mgc::datasets::{
    Dataset, FoldConfig, Info, Problem, REGISTRY, Split, SplitConfig, SplitIndices, SplitReport, Track,
    apply_groups, k_fold, official, open, repeated, verify_dataset,
};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Look at the datasets: what there is, whether your copy is whole, and its folds.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example datasets -- list
  cargo run --release --example datasets -- describe extended-ballroom
  cargo run --release --example datasets -- verify gtzan --root ~/GTZAN
  cargo run --release --example datasets -- folds homburg --root ~/HOMBURG                 grouped by artist
  cargo run --release --example datasets -- folds homburg --root ~/HOMBURG --ignore-groups the leak made visible")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the known datasets, one per line
    List,
    /// Show what is known about one: layout, genres, licence, where to get it, known problems
    Describe {
        /// Name as in `list`
        name: String,
    },
    /// Decode every file, compute every published checksum, and report what is missing, extra or broken
    Verify(Place),
    /// Split the tracks and report how balanced the parts are and what leaks between them
    Folds(Folds),
}

#[derive(Args)]
struct Place {
    /// Name as in `list`
    name: String,

    /// Folder or file of the dataset
    #[arg(long)]
    root: PathBuf,
}

#[derive(Args)]
struct Folds {
    #[command(flatten)]
    place: Place,

    /// Number of folds, 3 or more
    #[arg(long, default_value_t = 10)]
    k: usize,

    /// Number of random 80:10:10 splits to make instead of folds (much published code calls these folds)
    #[arg(long, value_name = "RUNS", conflicts_with = "k")]
    random: Option<usize>,

    /// Use the dataset's own split
    #[arg(long, conflicts_with_all = ["k", "random", "ignore_groups"])]
    official: bool,

    /// Allow tracks of one artist, album or recording on several sides
    #[arg(long)]
    ignore_groups: bool,

    /// Use your own groups: a CSV file of track id and group
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,

    /// Seed of the split
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// Print the track ids of every side of every fold as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    exit_code(match Options::parse().command {
        Command::List => list(),
        Command::Describe { name } => describe(&name),
        Command::Verify(place) => verify(&place),
        Command::Folds(options) => folds(&options),
    })
}

fn list() -> Outcome<bool> {
    for Info { name, about, .. } in REGISTRY.iter().map(|entry| &entry.info) {
        say!("{name:18} {about}");
    }
    Ok(true)
}

fn describe(name: &str) -> Outcome<bool> {
    let Some(entry) = REGISTRY.iter().find(|entry| entry.info.name == name) else {
        let known: Vec<&str> = REGISTRY.iter().map(|entry| entry.info.name).collect();
        return Err(format!("unknown dataset `{name}`; known: {}", known.join(", ")).into());
    };
    let info = &entry.info;
    say!("{}: {}\n", info.name, info.about);
    for (genre, count) in info.genres {
        say!("  {genre:24} {:>6}", thousands(*count));
    }
    if let Some(total) = info.published_tracks() {
        say!("  {:24} {:>6}\n", "all", thousands(total));
    }
    let seconds = info.clip_seconds.map(|seconds| format!("{seconds} s")).unwrap_or_default();
    for (label, text) in [
        ("clips", seconds.as_str()),
        ("layout", info.layout),
        ("beware", info.notes),
        ("cite", info.citation),
        ("licence", info.licence),
        ("from", info.homepage),
    ] {
        if !text.is_empty() {
            say!("{label:8} {text}");
        }
    }
    Ok(true)
}

fn verify(place: &Place) -> Outcome<bool> {
    let dataset = open(&place.name, &place.root)?;
    let bar = bar("Verifying", dataset.tracks().len());
    let report = verify_dataset(dataset.as_ref(), |done, _| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    for finding in &report.findings {
        say!("{finding}");
    }
    let (tracks, right) = (thousands(report.tracks), thousands(report.checksums));
    say!("{tracks} tracks, {right} published checksums are right");
    let kinds = [Problem::Missing, Problem::Extra, Problem::Corrupt, Problem::Checksum, Problem::KnownBad];
    for kind in kinds.into_iter().filter(|kind| report.count(*kind) > 0) {
        say!("{kind}: {}", thousands(report.count(kind)));
    }
    Ok(report.findings.len() == report.count(Problem::KnownBad))
}

fn folds(options: &Folds) -> Outcome<bool> {
    let dataset = open(&options.place.name, &options.place.root)?;
    let mut tracks = dataset.tracks().to_vec();
    if let Some(file) = &options.groups {
        apply_groups(&mut tracks, file)?;
    }
    let splits = divide(options, &tracks)?;
    if options.json {
        say!("{}", serde_json::to_string_pretty(&as_json(&tracks, &splits))?);
        return Ok(true);
    }
    for (fold, split) in splits.iter().enumerate() {
        let [train, valid, test] = Split::ALL.map(|side| thousands(split.side(side).len()));
        let balance = SplitReport::new(&tracks, dataset.genres().len(), split);
        say!("fold {fold}: train {train}, valid {valid}, test {test}; {balance}");
    }
    if let Some(first) = splits.first() {
        say_balance(dataset.as_ref(), &tracks, first);
    }
    Ok(true)
}

fn divide(options: &Folds, tracks: &[Track]) -> Outcome<Vec<SplitIndices>> {
    let Folds { k, seed, .. } = *options;
    let grouped = !options.ignore_groups;
    if options.official {
        let name = &options.place.name;
        return Ok(vec![official(tracks).ok_or_else(|| format!("{name} prescribes no split"))?]);
    }
    Ok(match options.random {
        Some(runs) => repeated(tracks, runs, &SplitConfig { grouped, seed, ..Default::default() })?,
        None => k_fold(tracks, &FoldConfig { folds: k, grouped, seed })?,
    })
}

fn say_balance(dataset: &dyn Dataset, tracks: &[Track], split: &SplitIndices) {
    say!("\nfold 0 by genre{:9} train  valid   test", "");
    let counts = SplitReport::new(tracks, dataset.genres().len(), split).counts;
    for (genre, [train, valid, test]) in dataset.genres().iter().zip(counts) {
        say!("{genre:24} {train:>5}  {valid:>5}  {test:>5}");
    }
}

fn as_json(tracks: &[Track], splits: &[SplitIndices]) -> serde_json::Value {
    let ids = |side: &[usize]| -> Vec<&str> { side.iter().map(|&index| tracks[index].id.as_str()).collect() };
    let fold = |split: &SplitIndices| json!({ "train": ids(split.train()), "valid": ids(split.valid()), "test": ids(split.test()) });
    splits.iter().map(fold).collect()
}
