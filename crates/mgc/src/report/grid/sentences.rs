//! Sentences about one line of the table.

use super::detail::Detail;
use super::line::{Line, NoInterval};
use super::text::{counted, interval, share};

/// A network whose mean probability is this close to its accuracy is as sure as it should be.
const AS_SURE: f64 = 0.02;

/// Says whether groups of tracks were on both sides.
pub(super) fn crossing(detail: &Detail) -> String {
    let runs = counted(detail.curves.len(), "run");
    match detail.crossing_runs {
        0 if !detail.has_groups => "No group of tracks (artist, recording, copies) is known here.".into(),
        0 => format!(
            "In {runs}, no group of tracks lies on more than one side of a split, as far as groups are known."
        ),
        crossing => format!(
            "In {crossing} of {runs}, groups of tracks lie on more than one side of a split: up to {}.",
            counted(detail.crossing_groups, "group")
        ),
    }
}

/// Says how far probabilities are from what happens.
pub(super) fn calibration(detail: &Detail) -> String {
    let Some(calibration) = &detail.calibration else {
        return "Some probabilities are not numbers from 0 to 1, so there is no answer.".into();
    };
    let (mut right, mut sure, mut answers) = (0.0, 0.0, 0.0);
    for bin in &calibration.bins {
        right += bin.answers as f64 * bin.accuracy;
        sure += bin.answers as f64 * bin.probability;
        answers += bin.answers as f64;
    }
    let (right, sure) = (right / answers, sure / answers);
    let lean = match sure - right {
        gap if gap.abs() < AS_SURE => "about as sure as",
        gap if gap > 0.0 => "more sure than",
        _ => "less sure than",
    };
    format!(
        "The expected calibration error is {}. The mean probability of the answers is {}, and {} are right (every \
         answer counts once here, every run in the table of results): the network is {lean} it should be.",
        share(calibration.expected_error),
        share(sure),
        share(right)
    )
}

/// Returns mean and interval of a line in words.
pub(super) fn mean_and_interval(line: &Line) -> Option<String> {
    let mean = share(line.mean?);
    Some(match line.interval {
        Some(ends) => format!("{mean} (95\u{a0}% interval {}, {})", interval(ends), counted(line.n, "run")),
        None => format!("{mean} ({})", without_interval(line).unwrap_or_else(|| "no interval".into())),
    })
}

/// Says why a line has no interval.
pub(super) fn without_interval(line: &Line) -> Option<String> {
    let runs = counted(line.n, "run");
    Some(match (line.no_interval?, line.n) {
        (NoInterval::OneAnswer, 1) => "one run, which gave every track the same genre, no interval".into(),
        (NoInterval::OneAnswer, _) => {
            format!("{runs}, each of which gave every track the same genre, no interval")
        }
        (NoInterval::OneSplit, 1) => "one run, no interval".into(),
        (NoInterval::OneSplit, _) => format!("{runs} of one split, no interval"),
        (NoInterval::AllAlike, _) => format!("{runs} that all came out the same, no interval"),
    })
}
