//! What speaks against the figures of a report.

use super::dataset::Dataset;
use super::facts::Facts;
use super::leak_words::leak_range;
use super::line::{Line, NoInterval};
use super::test_set::TestSet;
use super::text::{between, count, counted, list, share};

/// Intervals of the mean from fewer runs than this are rough.
const FEW_RUNS: usize = 5;
/// With fewer tested tracks than this in all, single tracks move the mean.
const FEW_TRACKS: usize = 100;

/// Returns what speaks against the figures, the gravest first.
pub(super) fn concerns(facts: &Facts) -> Vec<String> {
    let quick = facts.quick.then(|| {
        "This is a quick trial: training and data were cut down. The figures show that the program works, not how good \
         a network can be."
            .to_owned()
    });
    let mut concerns: Vec<String> = quick.into_iter().collect();
    concerns.extend(facts.datasets.iter().filter_map(invented));
    concerns.extend(facts.datasets.iter().filter_map(other_side));
    concerns.extend(one_answer(facts));
    concerns.extend(no_better(facts));
    concerns.extend(facts.datasets.iter().filter_map(|dataset| groups(facts, dataset)));
    concerns.extend(facts.datasets.iter().filter_map(|dataset| leak_range(facts, dataset)));
    concerns.extend(few_runs(facts));
    concerns.extend(facts.test_sets.iter().filter_map(few_tracks));
    concerns.extend(facts.test_sets.iter().filter_map(lacking));
    concerns.extend(facts.datasets.iter().filter_map(known));
    concerns.extend(unfinished(facts));
    concerns
}

fn invented(dataset: &Dataset) -> Option<String> {
    dataset.invented.then(|| {
        format!("The tracks of {} are invented: no figure here says anything about music.", dataset.name)
    })
}

/// States what is known of a dataset of its kind.
fn known(dataset: &Dataset) -> Option<String> {
    dataset.known.as_ref().map(|known| format!("Known of {}: {}.", dataset.name, known.trim_end_matches('.')))
}

fn other_side(dataset: &Dataset) -> Option<String> {
    (!dataset.other_sides.is_empty()).then(|| {
        format!(
            "Some results on {} were tested on the {} side, for want of a test side. It also chose the best \
             epoch, so these accuracies are too high.",
            dataset.name,
            list(&dataset.other_sides)
        )
    })
}

fn one_answer(facts: &Facts) -> Option<String> {
    let stuck: usize = facts.lines.iter().map(|line| line.one_answer_runs).sum();
    (stuck > 0).then(|| {
        format!(
            "In {stuck} of {} a network gave every track the same genre: it has learnt nothing that helps. The \
             tables mark such lines, and give no interval where all runs of a line are so.",
            counted(facts.cells.len(), "run")
        )
    })
}

/// Names the lines whose interval reaches down to what can be had without listening.
fn no_better(facts: &Facts) -> Option<String> {
    let tested: Vec<&Line> = facts.lines.iter().filter(|line| line.n > 0).collect();
    let lines: Vec<String> = tested
        .iter()
        .filter(|line| !beats_not_listening(facts, line))
        .map(|line| format!("{} ({}, {})", facts.label(line), line.names.dataset, line.names.protocol))
        .collect();
    let which = match lines.len() {
        0 => return None,
        all if all == tested.len() && all > 1 => format!("all {all} means"),
        _ => list(&lines),
    };
    Some(format!(
        "Not shown to be better than an answer without listening (guessing, or always the genre that is tested \
         most): {which}."
    ))
}

/// Returns whether what is likely of a line is above what can be had without listening.
pub(super) fn beats_not_listening(facts: &Facts, line: &Line) -> bool {
    let floor = facts.test_set(line).map_or(0.0, TestSet::without_listening);
    line.no_interval != Some(NoInterval::OneAnswer) && line.likely().0 > floor
}

fn groups(facts: &Facts, dataset: &Dataset) -> Option<String> {
    if dataset.grouped_tracks == 0 {
        return Some(format!(
            "No track of {} names its artist or recording, so nobody can tell whether the networks were tested \
             on artists that they knew. If so, the accuracies are too high for new music.",
            dataset.name
        ));
    }
    let of = |detail: &&super::detail::Detail| detail.names.dataset == dataset.name;
    let crossing: Vec<_> = facts.details.iter().filter(of).filter(|d| d.crossing_groups > 0).collect();
    let most = crossing.iter().map(|detail| detail.crossing_groups).max()?;
    let mut protocols: Vec<&str> = crossing.iter().map(|detail| detail.names.protocol.as_str()).collect();
    protocols.dedup();
    Some(format!(
        "On {} under {}, up to {} (artists, recordings or copies) have tracks on both sides of a split: the \
         networks were tested on artists that they knew, and these accuracies may be too high for new music.",
        dataset.name,
        list(&protocols),
        counted(most, "group")
    ))
}

fn few_runs(facts: &Facts) -> Option<String> {
    let least = facts.lines.iter().filter(|line| line.n > 0).map(|line| line.n).min()?;
    match least {
        1 => Some(
            "Some means are of a single run, which says nothing about how much runs differ: there is no \
             interval."
                .into(),
        ),
        2..FEW_RUNS => Some(format!("Some means are of {least} runs only; their intervals are rough.")),
        _ => None,
    }
}

fn few_tracks(set: &TestSet) -> Option<String> {
    (set.different < FEW_TRACKS).then(|| {
        format!(
            "Few tracks of {} were tested under {}: {} in a run, {} different ones in all. One track is {}{} of \
             a run's accuracy.",
            set.dataset,
            set.protocol,
            between(set.tracks, "track"),
            count(set.different as u64),
            if set.tracks.0 == set.tracks.1 { "" } else { "up to " },
            share(1.0 / set.tracks.0.max(1) as f64)
        )
    })
}

/// Says that a test lacks genres, which no answer of that genre can then be right for.
fn lacking(set: &TestSet) -> Option<String> {
    (set.lacking_splits > 0).then(|| {
        format!(
            "Under {}, {} of {} on {} tested no track of some genre ({}): nothing shows there how well the networks \
             know it, and the macro-F1 of a run counts only genres that were tested or answered.",
            set.protocol,
            count(set.lacking_splits as u64),
            counted(set.splits, "run"),
            set.dataset,
            list(&set.lacking)
        )
    })
}

fn unfinished(facts: &Facts) -> Option<String> {
    let (failed, missing) = (facts.failures.len(), facts.missing.len());
    (failed + missing > 0).then(|| {
        let planned = count((facts.cells.len() + failed + missing) as u64);
        format!(
            "Of {planned} planned experiments, {failed} failed and {missing} are missing; the means are of the \
             others."
        )
    })
}
