//! The datasets: what they are, whether a copy on the disk is whole, and how honest a split of it is.
//!
//! ```text
//! cargo run --release --example datasets -- list
//! cargo run --release --example datasets -- verify homburg --root ~/HOMBURG
//! ```
//!
//! Expected: a line per dataset; the first missing, broken or superfluous files and a count of each kind (exit status 1 if any but
//! the known bad). `verify` decodes everything: about a minute for a thousand clips of 30 s on two cores.

#[path = "../common/mod.rs"]
mod common;
mod folds;

use clap::{Args, Parser, Subcommand};
use common::cli::{Outcome, exit_code, parse};
use common::inputs::open_present;
use common::progress::bar;
use common::say::say;
use common::text::thousands;
use folds::{Folds, folds};
use mgc::datasets::{Finding, Info, Problem, REGISTRY, find, verify_dataset};
use std::collections::HashMap;
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
    Verify(Verify),
    /// Split the tracks and report how balanced the parts are and what leaks between them
    Folds(Folds),
}

#[derive(Args)]
pub(crate) struct Place {
    /// Name as in `list`
    pub(crate) name: String,

    /// Folder or file of the dataset
    #[arg(long)]
    pub(crate) root: PathBuf,
}

#[derive(Args)]
struct Verify {
    #[command(flatten)]
    place: Place,

    /// List every finding, not the first ten of each kind
    #[arg(long)]
    all: bool,
}

/// Findings of one kind that are listed.
const LISTED: usize = 10;

impl Verify {
    /// The findings to list: the first of each kind, or all.
    fn shown<'a>(&self, findings: &'a [Finding]) -> impl Iterator<Item = &'a Finding> {
        let (all, mut seen) = (self.all, HashMap::new());
        findings.iter().filter(move |finding| {
            let count: &mut usize = seen.entry(finding.problem).or_default();
            *count += 1;
            all || *count <= LISTED
        })
    }
}

fn main() -> ExitCode {
    exit_code(match parse::<Options>().command {
        Command::List => list(),
        Command::Describe { name } => describe(&name),
        Command::Verify(options) => verify(&options),
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
    let info = &find(name)?.info;
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

fn verify(options: &Verify) -> Outcome<bool> {
    let dataset = open_present(&options.place.name, &options.place.root)?;
    let bar = bar("Verifying", dataset.tracks().len());
    let report = verify_dataset(dataset.as_ref(), |done, _| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    for finding in options.shown(&report.findings) {
        say!("{finding}");
    }
    let (tracks, right) = (thousands(report.tracks), thousands(report.checksums));
    match report.checksums {
        0 => say!("{tracks} tracks; no published checksum to compare"),
        _ => say!("{tracks} tracks, {right} published checksums are right"),
    }
    let kinds = [Problem::Missing, Problem::Extra, Problem::Corrupt, Problem::Checksum, Problem::KnownBad];
    for kind in kinds.into_iter().filter(|kind| report.count(*kind) > 0) {
        let count = report.count(kind);
        let hidden = if count > LISTED && !options.all { " (--all lists every one)" } else { "" };
        say!("{kind}: {}{hidden}", thousands(count));
    }
    Ok(report.findings.len() == report.count(Problem::KnownBad))
}
