//! The whole report in a few sentences.

use super::dataset::Dataset;
use super::facts::Facts;
use super::line::Line;
use super::protocol::{circumstance, rank};
use super::text::{counted, list, share};
use super::trust::{beats_not_listening, mean_and_interval};
use std::collections::BTreeSet;

/// The whole report in a few sentences.
pub(super) fn lead(facts: &Facts) -> String {
    let networks = facts.different(|line| &line.names.network);
    let names: Vec<&str> = facts.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    if facts.cells.is_empty() {
        return "No experiment of this grid has a result yet.".into();
    }
    let mut text = format!(
        "Neural networks were trained to listen to music and name its genre: {} on {}, in {}. Each was tested on \
         tracks that it had not been trained on.",
        counted(networks.len(), "network"),
        list(&names),
        counted(facts.cells.len(), "experiment"),
    );
    for dataset in &facts.datasets {
        text += &best_sentence(facts, dataset).unwrap_or_default();
    }
    text + &verdict(facts)
}

/// States the highest mean under the strictest protocol, as the highest of so many.
fn best_sentence(facts: &Facts, dataset: &Dataset) -> Option<String> {
    let lines = strictest(facts, dataset);
    let highest = lines.iter().filter_map(|line| line.mean).reduce(f64::max)?;
    let mut highest = lines.iter().filter(|line| line.mean == Some(highest));
    let best = highest.next()?;
    let among = match (lines.len(), highest.count()) {
        (1, _) => String::new(),
        (many, 0) => format!(", the highest of {many} means"),
        (many, _) => format!(", the highest of {many} means but not the only one"),
    };
    Some(format!(
        " On {}, {} (protocol {}), the network \u{201c}{}\u{201d} names the genre of {} of the tracks \
         right{among}; guessing would be right for {}.",
        dataset.name,
        circumstance(&best.names.protocol, dataset.grouped_tracks > 0),
        best.names.protocol,
        best.names.network,
        mean_and_interval(best)?,
        share(dataset.chance),
    ))
}

/// Returns the lines with results under the strictest protocol that has some.
pub(super) fn strictest<'f>(facts: &'f Facts, dataset: &Dataset) -> Vec<&'f Line> {
    let lines: Vec<&Line> =
        facts.lines.iter().filter(|line| line.n > 0 && line.names.dataset == dataset.name).collect();
    let least = lines.iter().map(|line| rank(&line.names.protocol)).min();
    lines.into_iter().filter(|line| Some(rank(&line.names.protocol)) == least).collect()
}

/// Returns what to make of the figures, in one sentence.
fn verdict(facts: &Facts) -> String {
    let mixed = facts.details.iter().filter(|detail| detail.crossing_groups > 0);
    let mixed: BTreeSet<&str> = mixed.map(|detail| detail.names.protocol.as_str()).collect();
    let unknown = facts.datasets.iter().any(|dataset| dataset.grouped_tracks == 0);
    let unsure = facts.lines.iter().any(|line| line.n > 0 && !beats_not_listening(facts, line));
    match (facts.quick, unsure, mixed.is_empty(), unknown) {
        (true, ..) => " This was a quick run: do not take its figures for the quality of a network.".into(),
        (_, true, ..) => " Not every network is shown to be better than an answer without listening.".into(),
        (_, _, false, _) => format!(
            " Under {} some tested artists or recordings were known from training: those figures are too high for new music.",
            list(&mixed.into_iter().collect::<Vec<_>>())
        ),
        (.., true) => " Whether tested artists were known from training cannot be told.".into(),
        _ => " No tested artist was known from training, as far as artists are noted.".into(),
    }
}
