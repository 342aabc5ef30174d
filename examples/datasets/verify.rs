//! Whether a copy of a dataset is whole.

use crate::Place;
use crate::common::cli::Outcome;
use crate::common::inputs::open_present;
use crate::common::progress::bar;
use crate::common::say::say;
use crate::common::text::thousands;
use clap::Args;
use mgc::datasets::{Finding, Problem, verify_dataset};
use std::collections::HashMap;

#[derive(Args)]
pub(crate) struct Verify {
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

pub(crate) fn verify(options: &Verify) -> Outcome<bool> {
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
