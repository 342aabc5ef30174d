//! What a finished run leaves behind: files and a short report.

use super::cli::Outcome;
use super::csv_file::write_csv;
use super::plot::canvas::save;
use super::plot::confusion::ConfusionPlot;
use super::plot::curves::Curves;
use super::run_folder::{CONFUSION, CURVES, LOG, MODEL, SKIPPED, SPLIT};
use super::say::say;
use super::score::summary;
use super::sides::Prepared;
use mgc::Bundle;
use mgc::datasets::{Dataset, Skipped, Split};
use mgc::train::{Evaluation, History};
use std::path::Path;

/// Skipped tracks that are printed; the file lists all.
const SHOWN: usize = 5;

/// A finished run.
pub(crate) struct Results {
    pub(crate) report: History,
    /// The side that `evaluation` is about.
    pub(crate) side: Split,
    pub(crate) evaluation: Evaluation,
    pub(crate) bundle: Bundle,
}

/// Writes the bundle, the tables and the pictures, and prints the scores.
pub(crate) fn write_results(folder: &Path, data: &Prepared, results: &Results) -> Outcome {
    let Results { report, side, evaluation, bundle } = results;
    let confusion = &evaluation.confusion;
    for ending in ["svg", "png"] {
        save(&Curves { report }, &folder.join(format!("{CURVES}.{ending}")))?;
        let plot = ConfusionPlot { confusion, labels: &bundle.labels };
        save(&plot, &folder.join(format!("{CONFUSION}.{ending}")))?;
    }
    bundle.save(folder.join(MODEL))?;

    let best = report.best.map_or(0, |index| index + 1);
    say!("\n{} {}, best epoch {best}", capitalised(side.name()), summary(confusion));
    if *side != Split::Test {
        say!("(there is no test side: these tracks took part in training or in choosing the best epoch)");
    }
    say!("\n{}", confusion.table(data.dataset.genres()));
    say!("{}: {MODEL} {LOG} {CURVES}.svg/.png {CONFUSION}.svg/.png {SPLIT} {SKIPPED}", folder.display());
    Ok(())
}

/// Writes which track lies on which side, and which could not be used; prints a warning about these.
pub(crate) fn write_tracks(folder: &Path, data: &Prepared) -> Outcome {
    let dataset = data.dataset.as_ref();
    let row = |split: Split| move |&track: &usize| split_row(dataset, track, split);
    let rows: Vec<_> = Split::ALL.into_iter().flat_map(|s| data.side(s).tracks.iter().map(row(s))).collect();
    write_csv(&folder.join(SPLIT), &["id", "genre", "split", "group"].map(str::to_owned), &rows)?;
    warn_of_skipped(&data.skipped, &folder.join(SKIPPED));
    let path =
        |skipped: &Skipped| skipped.path.as_ref().map_or(String::new(), |path| path.display().to_string());
    let row = |skipped: &Skipped| vec![skipped.id.clone(), path(skipped), skipped.reason.clone()];
    let rows: Vec<_> = data.skipped.iter().map(row).collect();
    write_csv(&folder.join(SKIPPED), &["id", "path", "reason"].map(str::to_owned), &rows)
}

fn split_row(dataset: &dyn Dataset, track: usize, split: Split) -> Vec<String> {
    let track = &dataset.tracks()[track];
    let genre = track.genre.map_or("", |genre| &dataset.genres()[genre]);
    vec![track.id.clone(), genre.to_owned(), split.name().to_owned(), track.group.clone().unwrap_or_default()]
}

fn warn_of_skipped(skipped: &[Skipped], list: &Path) {
    if skipped.is_empty() {
        return;
    }
    eprintln!("warning: unusable tracks, left out: {}", skipped.len());
    skipped.iter().take(SHOWN).for_each(|skipped| eprintln!("  {}: {}", skipped.id, skipped.reason));
    if skipped.len() > SHOWN {
        eprintln!("  ... all in {}", list.display());
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
