//! The tables of results and comparisons.

use super::dataset::Dataset;
use super::facts::Facts;
use super::leak::Leak;
use super::line::Line;
use super::pair::Pair;
use super::table::{Field, Table, number};
use super::text::{counted, interval, p_value, percent, point_interval, points};

const NO_INTERVAL: &str = "one run";

/// The results on one dataset.
pub(super) fn results(facts: &Facts, dataset: &str) -> Table {
    let lines: Vec<&Line> = facts.lines.iter().filter(|line| line.names.dataset == dataset).collect();
    let about = facts.dataset(dataset).map_or_else(String::new, |dataset: &Dataset| {
        format!(", {}, {}", counted(dataset.tracks, "track"), counted(dataset.labels.len(), "genre"))
    });
    let quick = if facts.quick { " (quick run)" } else { "" };
    let mut table = Table::new(
        format!("Share of tracks named right on {dataset}{about}, in percent{quick}"),
        &["network", "protocol", "recipe", "n", "mean", "sd", "95\u{a0}% interval", "macro-F1"],
    );
    let unfinished = lines.iter().any(|line| line.failed + line.missing > 0);
    if unfinished {
        table.head.push("failed, missing".into());
    }
    table.head.push("best of n".into());
    let paper = lines.iter().any(|line| line.paper.is_some());
    if paper {
        table.head.push("paper, best of several random splits".into());
    }
    table.rows = lines.iter().map(|line| row(line, unfinished, paper)).collect();
    table.notes = notes(&lines, paper);
    table
}

fn row(line: &Line, unfinished: bool, paper: bool) -> Vec<Field> {
    let names = &line.names;
    let mut row = vec![
        Field::Head(names.network.clone()),
        Field::Text(names.protocol.clone()),
        Field::Text(names.recipe.clone()),
        Field::Number(line.n.to_string()),
        number(line.mean, percent),
        number(line.sd, percent),
        match line.n {
            1 => Field::Text(NO_INTERVAL.into()),
            _ => number(line.interval, interval),
        },
        number(line.macro_f1, percent),
    ];
    if unfinished {
        row.push(Field::Number(format!("{}, {}", line.failed, line.missing)));
    }
    let faint = |value: Option<f64>| Field::Faint(value.map_or_else(|| "\u{2013}".into(), percent));
    row.push(faint(line.best_of_n));
    if paper {
        row.push(faint(line.paper.as_ref().map(|paper| paper.accuracy)));
    }
    row
}

fn notes(lines: &[&Line], paper: bool) -> Vec<String> {
    let mut notes = vec![
        "n is the number of runs (splits times seeds), sd their standard deviation. Macro-F1 is the mean over \
         the genres of the harmonic mean of precision and recall."
            .to_owned(),
        "The best of n runs is not what to expect of the next run: it grows with n by luck alone.".to_owned(),
    ];
    if lines.iter().any(|line| line.n == 1) {
        notes.push("One run gives no interval: how much runs differ is not known from it.".into());
    }
    if paper {
        notes.push(
            "The paper prints the best of several random splits: compare it with the best of n under the \
             protocol published, not with a mean."
                .into(),
        );
        let mut sources: Vec<String> = Vec::new();
        for line in lines {
            let note = line.paper.as_ref().map(|paper| format!("{}: {}", line.names.network, paper.note));
            sources.extend(note.filter(|note| !sources.contains(note)));
        }
        notes.push(format!("Sources of the paper's figures. {}", sources.join(" ")));
    }
    notes
}

/// Each network against the first one; `None` without a second network.
pub(super) fn pairs(facts: &Facts) -> Option<Table> {
    let mut table = Table::new(
        "Each network less the first of the same dataset, protocol and recipe, in percentage points",
        &[
            "network",
            "less",
            "dataset",
            "protocol",
            "recipe",
            "splits",
            "difference",
            "95\u{a0}% interval",
            "p, corrected t",
            "p, Holm",
            "only this right",
            "only first right",
            "p, McNemar",
        ],
    );
    table.rows = facts.pairs.iter().map(pair).collect();
    table.notes = vec![
        "Runs of the same split and seed are compared with each other. The corrected t-test (Nadeau and Bengio \
         2003) allows for splits that share training tracks. Holm's adjustment (1979) allows for the number of \
         comparisons; it is of the t-test or, with one run only, of McNemar's test."
            .into(),
        "McNemar's test counts the tracks that one network alone named right; it is given where every track \
         was tested once."
            .into(),
    ];
    (!table.rows.is_empty()).then_some(table)
}

fn pair(pair: &Pair) -> Vec<Field> {
    let names = &pair.names;
    vec![
        Field::Head(names.network.clone()),
        Field::Text(pair.first.clone()),
        Field::Text(names.dataset.clone()),
        Field::Text(names.protocol.clone()),
        Field::Text(names.recipe.clone()),
        Field::Number(pair.matched.to_string()),
        number(pair.difference, points),
        match pair.matched {
            1 => Field::Text(NO_INTERVAL.into()),
            _ => number(pair.interval, point_interval),
        },
        number(pair.p_corrected_t, p_value),
        number(pair.p_holm, p_value),
        number(pair.mcnemar.map(|test| test.only_this), |n| n.to_string()),
        number(pair.mcnemar.map(|test| test.only_first), |n| n.to_string()),
        number(pair.mcnemar.map(|test| test.p), p_value),
    ]
}

/// Tabulates the difference between protocols; `None` where no network was tested with and without them.
pub(super) fn leaks(facts: &Facts) -> Option<Table> {
    let mut table = Table::new(
        "The same tracks tested with groups on both sides and with groups kept apart, in percent",
        &[
            "network",
            "dataset",
            "recipe",
            "protocol",
            "tracks",
            "right",
            "right, grouped",
            "difference",
            "95\u{a0}% interval",
        ],
    );
    table.rows = facts.leaks.iter().map(leak).collect();
    table.notes = vec![
        "The interval is a bootstrap over groups. It covers the choice of the tracks, not what another \
         training would have changed."
            .into(),
        "Protocols also differ in how many tracks they leave for training, which the table of the runs tells. Where \
         those numbers differ, a part of the difference comes from that."
            .into(),
    ];
    (!table.rows.is_empty()).then_some(table)
}

fn leak(leak: &Leak) -> Vec<Field> {
    let names = &leak.names;
    vec![
        Field::Head(names.network.clone()),
        Field::Text(names.dataset.clone()),
        Field::Text(names.recipe.clone()),
        Field::Text(names.protocol.clone()),
        Field::Number(leak.tracks.to_string()),
        Field::Number(percent(leak.mixed)),
        Field::Number(percent(leak.apart)),
        Field::Number(points(leak.difference)),
        number(leak.interval, point_interval),
    ]
}
