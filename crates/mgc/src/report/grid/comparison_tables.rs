//! The tables of comparisons: between networks, and between protocols.

use super::facts::Facts;
use super::leak::Leak;
use super::pair::{Alike, Pair};
use super::table::{Field, Table, number};
use super::text::{p_value, percent, point_interval, points};

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
         was tested once and some were right for one network alone. The t-test needs two splits that differ."
            .into(),
    ];
    table.notes.extend(no_tests(&facts.pairs));
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
        match pair.alike {
            Some(alike) => Field::Text(format!("\u{2013} (same {})", alike.what())),
            None => number(pair.interval, point_interval),
        },
        number(pair.p_corrected_t, p_value),
        number(pair.p_holm, p_value),
        number(pair.mcnemar.map(|test| test.only_this), |n| n.to_string()),
        number(pair.mcnemar.map(|test| test.only_first), |n| n.to_string()),
        number(pair.mcnemar.and_then(|test| test.p), p_value),
    ]
}

/// Explains the comparisons without a test, by the reasons that occur.
fn no_tests(pairs: &[Pair]) -> Vec<String> {
    let reasons = [
        (
            Alike::Answers,
            "Same answers: both networks gave every track the same genre, so there is nothing to test.",
        ),
        (
            Alike::Accuracies,
            "Same accuracy: both networks have it in every split, so their differences do not vary and give no t-test.",
        ),
        (
            Alike::Differences,
            "Same difference: it does not vary between the splits, so nothing says how far another would differ.",
        ),
    ];
    let occurs = |alike: Alike| pairs.iter().any(|pair| pair.alike == Some(alike));
    reasons.into_iter().filter(|(alike, _)| occurs(*alike)).map(|(_, text)| text.to_owned()).collect()
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
        "Here every track counts once, however often it was tested; in the table of results every run does. So the \
         same answers can give slightly different shares."
            .into(),
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
