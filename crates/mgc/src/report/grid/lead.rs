//! The whole report in a few sentences.

use super::dataset::Dataset;
use super::facts::Facts;
use super::line::{Line, SAME};
use super::protocol::{circumstance, rank};
use super::sentences::{mean_and_interval, without_interval};
use super::text::{counted, interval, list, share};
use super::trust::beats_not_listening;
use std::collections::BTreeSet;

/// Networks of the same mean are named one by one up to so many.
const NAMED: usize = 4;

/// The whole report in a few sentences.
pub(super) fn lead(facts: &Facts) -> String {
    let networks = facts.different(|line| &line.names.network);
    let names: Vec<&str> = facts.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    if facts.cells.is_empty() {
        return "No experiment of this grid has a result yet.".into();
    }
    let mut text = format!(
        "Neural networks were trained to listen to music and name its genre: {} on the dataset{} {}, in {}. Each \
         was tested on tracks that it had not been trained on.",
        counted(networks.len(), "network"),
        if names.len() == 1 { "" } else { "s" },
        list(&names),
        counted(facts.cells.len(), "experiment"),
    );
    for dataset in &facts.datasets {
        text += &best_sentence(facts, dataset).unwrap_or_default();
    }
    text + &verdict(facts)
}

/// States the highest mean under the strictest protocol, as the highest of so many, and who shares it.
fn best_sentence(facts: &Facts, dataset: &Dataset) -> Option<String> {
    let lines = strictest(facts, dataset);
    let most = lines.iter().filter_map(|line| line.mean).reduce(f64::max)?;
    let best: Vec<&Line> =
        lines.iter().copied().filter(|line| line.mean.is_some_and(|mean| most - mean < SAME)).collect();
    let first = *best.first()?;
    Some(format!(
        " On {}, {} (protocol {}), {}; without listening, {} would be right.",
        dataset.name,
        circumstance(&first.names.protocol, dataset.grouped_tracks > 0),
        first.names.protocol,
        winners(facts, &best, lines.len())?,
        share(facts.test_set(first)?.without_listening()),
    ))
}

/// Names the lines with the highest of so many means.
fn winners(facts: &Facts, best: &[&Line], many: usize) -> Option<String> {
    let first = *best.first()?;
    let names: Vec<String> =
        best.iter().map(|line| format!("\u{201c}{}\u{201d}", facts.label(line))).collect();
    Some(match (best.len(), many) {
        (1, 1) => {
            format!("{} names the genre of {} of the tracks right", names[0], mean_and_interval(first)?)
        }
        (1, many) => format!(
            "the network {} names the genre of {} of the tracks right, the highest of {many} means",
            names[0],
            mean_and_interval(first)?
        ),
        (tied, many) => {
            let who = if tied <= NAMED { list(&names) } else { counted(tied, "network") };
            format!(
                "{who} tie for the highest of {many} means: each names the genre of {} of the tracks right{}",
                share(first.mean?),
                spread(best)
            )
        }
    })
}

/// States the interval around the shared mean of each line, from the lowest end to the highest.
fn spread(best: &[&Line]) -> String {
    let ends: Option<Vec<(f64, f64)>> = best.iter().map(|line| line.interval).collect();
    match ends {
        Some(ends) => {
            let low = ends.iter().map(|ends| ends.0).fold(f64::INFINITY, f64::min);
            let high = ends.iter().map(|ends| ends.1).fold(0.0, f64::max);
            format!(" (their 95\u{a0}% intervals lie within {})", interval((low, high)))
        }
        None => best
            .iter()
            .find_map(|line| without_interval(line))
            .map_or_else(String::new, |why| format!(" ({why})")),
    }
}

/// Returns the lines with results under the strictest protocol that has some.
pub(super) fn strictest<'f>(facts: &'f Facts, dataset: &Dataset) -> Vec<&'f Line> {
    let lines: Vec<&Line> =
        facts.lines.iter().filter(|line| line.n > 0 && line.names.dataset == dataset.name).collect();
    let least = lines.iter().map(|line| rank(&line.names.protocol)).min();
    lines.into_iter().filter(|line| Some(rank(&line.names.protocol)) == least).collect()
}

/// Returns what to make of the figures, in one sentence or two.
fn verdict(facts: &Facts) -> String {
    let tested: Vec<&Line> = facts.lines.iter().filter(|line| line.n > 0).collect();
    let unsure = tested.iter().filter(|line| !beats_not_listening(facts, line)).count();
    let quick = match facts.quick {
        true => " This was a quick trial: do not take its figures for the quality of a network.",
        false => "",
    };
    let worth = match unsure {
        0 => "",
        some if some == tested.len() => {
            " None of the means is shown to be better than an answer without listening."
        }
        _ => " Not every mean is shown to be better than an answer without listening.",
    };
    let invented = match facts.datasets.iter().any(|dataset| dataset.invented) {
        true => " The tracks are invented, not music.",
        false => "",
    };
    match (facts.quick || unsure > 0 || !invented.is_empty(), leak(facts)) {
        (true, _) => format!("{invented}{quick}{worth}"),
        (false, leak) => leak,
    }
}

fn leak(facts: &Facts) -> String {
    let mixed = facts.details.iter().filter(|detail| detail.crossing_groups > 0);
    let mixed: BTreeSet<&str> = mixed.map(|detail| detail.names.protocol.as_str()).collect();
    let unknown = facts.datasets.iter().any(|dataset| dataset.grouped_tracks == 0);
    match (mixed.is_empty(), unknown) {
        (false, _) => format!(
            " Under {} some tested artists or recordings were known from training: those figures may be too high for \
             new music.",
            list(&mixed.into_iter().collect::<Vec<_>>())
        ),
        (true, true) => " Whether tested artists were known from training cannot be told.".into(),
        _ => " No tested artist was known from training, as far as artists are noted.".into(),
    }
}
