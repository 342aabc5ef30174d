//! The datasets: what they are, whether a copy on the disk is whole, and how honest a split of it is.
//!
//! ```text
//! cargo run --release --example datasets -- list
//! cargo run --release --example datasets -- verify homburg --root ~/HOMBURG
//! ```
//!
//! Expected: a line per dataset; the first missing, broken or superfluous files and a count of each kind
//! (exit status 1 if any but the known bad). `verify` decodes everything: about a minute for a thousand clips
//! of 30 s on two cores.

#[path = "../common/mod.rs"]
mod common;
mod features;
mod folds;
mod verify;

use clap::{Args, Parser, Subcommand};
use common::cli::{Outcome, exit_code, parse};
use common::say::say;
use common::text::thousands;
use features::{Features, features};
use folds::{Folds, folds};
use mgc::datasets::{Info, REGISTRY, find};
use std::path::PathBuf;
use std::process::ExitCode;
use verify::{Verify, verify};

/// Look at the datasets: what there is, whether your copy is whole, its folds; compute its spectrograms.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  cargo run --release --example datasets -- list
  cargo run --release --example datasets -- describe extended-ballroom
  cargo run --release --example datasets -- verify gtzan --root ~/GTZAN
  cargo run --release --example datasets -- features gtzan --root ~/GTZAN --out results/features/gtzan --shard 1/4
  cargo run --release --example datasets -- folds homburg --root ~/HOMBURG                      grouped by artist
  cargo run --release --example datasets -- folds homburg --root ~/HOMBURG --protocol published the leak made visible")]
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
    /// Compute the log-mel spectrograms into a store, or a part of them beside other machines
    Features(Features),
    /// Divide the tracks by a protocol; report how balanced the sides are and what leaks between them
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

fn main() -> ExitCode {
    exit_code(match parse::<Options>().command {
        Command::List => list(),
        Command::Describe { name } => describe(&name),
        Command::Verify(options) => verify(&options),
        Command::Features(options) => features(&options),
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
