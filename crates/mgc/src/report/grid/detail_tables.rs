//! The tables about single genres and single experiments.

use super::detail::{Calibration, Confused, Detail, Recall};
use super::facts::{Facts, Origin};
use super::table::{Field, Table, number};
use super::text::{interval, percent};
use crate::grid::Cell;

/// Digits of a key that tell cells apart.
const KEY: usize = 8;

pub(super) fn recalls(detail: &Detail) -> Table {
    let head = ["genre", "right", "recall, %", "95\u{a0}% interval", "0 to 100\u{a0}%"];
    let mut table = Table::new("Tracks of each genre that were named right", &head);
    let row = |recall: &Recall| {
        let some = (recall.tested > 0).then_some(recall);
        vec![
            Field::Head(recall.label.clone()),
            Field::Number(format!("{} of {}", recall.right, recall.tested)),
            number(some, |recall| percent(recall.recall)),
            number(some, |recall| interval(recall.interval)),
            match some {
                Some(recall) => Field::Strip(recall.recall, recall.interval),
                None => Field::Text("not tested".into()),
            },
        ]
    };
    table.rows = detail.recalls.iter().map(row).collect();
    table.notes = vec!["Intervals of Wilson (1927). They count every tested track as independent.".into()];
    table
}

/// The most frequent confusions; `None` without any.
pub(super) fn confused(detail: &Detail) -> Option<Table> {
    let head = ["genre", "taken for", "tracks", "for example"];
    let mut table = Table::new("Most confused genres", &head);
    let row = |pair: &Confused| {
        vec![
            Field::Head(pair.truth.clone()),
            Field::Text(pair.predicted.clone()),
            Field::Number(pair.count.to_string()),
            Field::Text(pair.examples.join(", ")),
        ]
    };
    table.rows = detail.confused.iter().map(row).collect();
    (!table.rows.is_empty()).then_some(table)
}

/// The bins of the reliability diagram that have answers.
pub(super) fn bins(calibration: &Calibration) -> Table {
    let head = ["probability, %", "answers", "mean probability, %", "right, %"];
    let mut table = Table::new("Answers by the probability that the network gave them", &head);
    let filled = calibration.bins.iter().filter(|bin| bin.answers > 0);
    let row = |bin: &super::detail::Bin| {
        vec![
            Field::Head(format!("{:.0} to {:.0}", 100.0 * bin.low, 100.0 * bin.high)),
            Field::Number(bin.answers.to_string()),
            Field::Number(percent(bin.probability)),
            Field::Number(percent(bin.accuracy)),
        ]
    };
    table.rows = filled.map(row).collect();
    table
}

/// Cells that failed, with their reasons, and those without a result; `None` if there are none.
pub(super) fn unfinished(facts: &Facts) -> Option<Table> {
    let head = ["network", "dataset", "protocol", "recipe", "run", "seed", "reason"];
    let mut table = Table::new("Experiments without a result", &head);
    let failed = facts.failures.iter().map(|failure| (&failure.cell, failure.reason.as_str()));
    let missing = facts.missing.iter().map(|cell| (cell, "missing: not trained yet, or by another process"));
    let row = |(cell, reason): (&Cell, &str)| {
        let mut row = names(cell);
        row.push(Field::Text(reason.into()));
        row
    };
    table.rows = failed.chain(missing).map(row).collect();
    (!table.rows.is_empty()).then_some(table)
}

/// Where each result comes from.
pub(super) fn origins(facts: &Facts) -> Table {
    let head = [
        "network",
        "dataset",
        "protocol",
        "recipe",
        "run",
        "seed",
        "accuracy, %",
        "tracks: training, validation, test, left out",
        "groups on two sides",
        "epochs",
        "best epoch",
        "division",
        "tested side",
        "version",
        "key",
    ];
    let mut table = Table::new("Every experiment with a result", &head);
    table.rows = facts.cells.iter().map(origin).collect();
    table.notes = vec![
        "The version is that of mgc, the program that trained the networks and wrote this report. The key is a hash \
         of all that determines a result: settings, data, version. The same key gives the same result."
            .into(),
    ];
    table
}

fn origin(origin: &Origin) -> Vec<Field> {
    let mut row = names(&origin.cell);
    row.extend([
        Field::Number(percent(origin.accuracy)),
        Field::Number(origin.tracks.map(|count| count.to_string()).join(", ")),
        Field::Number(origin.crossing_groups.to_string()),
        Field::Number(origin.epochs.to_string()),
        Field::Number(origin.best_epoch.to_string()),
        Field::Text(origin.split.clone()),
        Field::Text(origin.side.clone()),
        Field::Text(origin.version.clone()),
        Field::Text(origin.key.chars().take(KEY).collect()),
    ]);
    row
}

fn names(Cell { dataset, variant, recipe, protocol, run, of, seed }: &Cell) -> Vec<Field> {
    vec![
        Field::Head(variant.to_string()),
        Field::Text(dataset.clone()),
        Field::Text(protocol.to_string()),
        Field::Text(recipe.clone()),
        Field::Number(format!("{} of {of}", run + 1)),
        Field::Number(seed.to_string()),
    ]
}
