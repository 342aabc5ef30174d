//! The opening of a report, for somebody who has never seen the project.

use super::cost::{cost, cost_points};
use super::facts::Facts;
use super::line::Line;
use super::protocol::{rank, sentence};
use super::sentences::mean_and_interval;
use super::test_set::TestSet;
use super::text::{between, count, counted, list, share};
use super::trained::{parts, trained};
use super::trust::concerns;
use serde::Serialize;

/// Lines that are listed one by one; of more, the range is given.
const LISTED: usize = 4;

/// A question that a reader has, and its answer: paragraphs, then points.
#[derive(Serialize)]
pub(super) struct Answer {
    pub(super) question: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) points: Vec<String>,
}

/// The answers to what a reader asks first.
pub(super) fn answers(facts: &Facts) -> Vec<Answer> {
    let answer = |question, paragraphs, points| Answer { question, paragraphs, points };
    vec![
        answer("What was trained, and on what?", trained(facts), parts(facts)),
        answer("How was it tested?", vec![divided()], tested(facts)),
        answer("How good is it?", good(facts), vec![]),
        answer("How sure is that?", sure(facts), vec![]),
        answer("Can it be trusted?", vec![scope(facts)], concerns(facts)),
        answer("What did it cost?", cost(facts), cost_points(facts)),
    ]
}

fn divided() -> String {
    "Tracks are divided into those that a network is trained on and those that it is tested on; a way to do so is \
     called a protocol here. A run is one training, from new initial weights, on one such division."
        .into()
}

/// Describes each protocol, and what it tested on each dataset.
fn tested(facts: &Facts) -> Vec<String> {
    let protocols = facts.different(|line| &line.names.protocol);
    let describe = |protocol: &&str| {
        let of = facts.details.iter().filter(|detail| detail.names.protocol == *protocol);
        let (runs, crossing) =
            of.fold((0, 0), |(runs, crossing), d| (runs + d.curves.len(), crossing + d.crossing_runs));
        let known = facts.datasets.iter().any(|dataset| dataset.grouped_tracks > 0);
        let found = match (known, runs, crossing) {
            (_, 0, _) => " No run has a result yet.".into(),
            (false, ..) if *protocol == "grouped" => {
                " No group is known here, so nothing was kept apart.".into()
            }
            (false, ..) => String::new(),
            (.., 0) => format!(" In none of {runs} runs does a group lie on two sides."),
            _ => format!(" In {crossing} of {runs} runs some groups do lie on more than one side."),
        };
        let paper = match facts.has_paper() && *protocol == "published" {
            true => " The paper does so, calls it 10-fold validation and prints the best run.",
            false => "",
        };
        let sizes: String =
            facts.test_sets.iter().filter(|set| set.protocol == *protocol).map(sizes).collect();
        format!("{protocol}: {}{paper}{found}{sizes}", sentence(protocol))
    };
    protocols.iter().map(describe).collect()
}

fn sizes(set: &TestSet) -> String {
    format!(
        " On {}: {}, each trained on {} and tested on {}, {} different ones in all.",
        set.dataset,
        counted(set.splits, "run"),
        between(set.training, "track"),
        between(set.tracks, "other"),
        count(set.different as u64),
    )
}

/// States the means on each dataset under each protocol, the strictest first, beside those without listening.
fn good(facts: &Facts) -> Vec<String> {
    let mut sets: Vec<&TestSet> = facts.test_sets.iter().collect();
    sets.sort_by_key(|set| {
        (facts.datasets.iter().position(|dataset| dataset.name == set.dataset), rank(&set.protocol))
    });
    sets.into_iter().filter_map(|set| good_in(facts, set)).collect()
}

fn good_in(facts: &Facts, set: &TestSet) -> Option<String> {
    let of =
        |line: &&Line| line.n > 0 && line.names.dataset == set.dataset && line.names.protocol == set.protocol;
    let mut lines: Vec<&Line> = facts.lines.iter().filter(of).collect();
    lines.sort_by(|a, b| b.mean.unwrap_or(0.0).total_cmp(&a.mean.unwrap_or(0.0)));
    let one = |line: &&Line| Some(format!("{} {}", facts.label(line), mean_and_interval(line)?));
    let figures = match lines.len() {
        0..=LISTED => list(&lines.iter().filter_map(one).collect::<Vec<_>>()),
        many => format!("{many} means, from {} down to {}", one(lines.first()?)?, one(lines.last()?)?),
    };
    Some(format!(
        "Mean share of tracks named right on {} under {}: {figures}. Without listening: {}.",
        set.dataset,
        set.protocol,
        without_listening(set)
    ))
}

/// States what guessing and always the same answer get right.
fn without_listening(set: &TestSet) -> String {
    match &set.frequent {
        Some(genre) => format!(
            "guessing is right for {}, and always answering {genre}, the genre that is tested most, for {}",
            share(set.chance),
            share(set.same_answer)
        ),
        None => format!("guessing, or the same answer to every track, is right for {}", share(set.chance)),
    }
}

fn sure(facts: &Facts) -> Vec<String> {
    let meaning = if facts.lines.iter().any(|line| line.interval.is_some()) {
        "The 95\u{a0}% interval of a mean says how far chance in the splits and in the training moves it: of \
         such intervals, about 95 in 100 contain the true mean for music like this. It is widened for splits \
         that share tracks."
    } else {
        "There is no interval: a mean of one run, or of runs that all came out alike, does not say how much runs \
         differ."
    };
    std::iter::once(meaning.to_owned()).chain(compared(facts)).collect()
}

/// Says which networks differ by more than chance; `None` where no two are compared.
fn compared(facts: &Facts) -> Option<String> {
    let tested: Vec<_> = facts.pairs.iter().filter_map(|pair| Some((pair, pair.p_holm?))).collect();
    let apart: Vec<String> = tested
        .iter()
        .filter(|(_, p)| *p < 0.05)
        .map(|(pair, _)| format!("{} and {} ({})", pair.names.network, pair.first, pair.names.protocol))
        .collect();
    let (all, untested) = (facts.pairs.len(), facts.pairs.len() - tested.len());
    let rest = match untested {
        0 => String::new(),
        all_of_them if all_of_them == all => "No test was possible: see the comparisons.".into(),
        some => format!(" For {some} no test was possible: see the comparisons."),
    };
    let found = match (tested.len(), apart.len()) {
        (0, _) => String::new(),
        (_, 0) => {
            "none shows a difference larger than chance can explain (Holm-adjusted p below 0.05).".into()
        }
        _ => format!(
            "these show a difference larger than chance explains (Holm-adjusted p below 0.05): {}.",
            list(&apart)
        ),
    };
    let of = match tested.is_empty() {
        true => format!("{} of networks on the same splits. ", counted(all, "comparison")),
        false => format!("Of {} of networks on the same splits, ", counted(all, "comparison")),
    };
    (all > 0).then(|| of + &found + &rest)
}

fn scope(facts: &Facts) -> String {
    let close = match concerns(facts).is_empty() {
        true => "Nothing that this report can see speaks against them.",
        false => "Before relying on them, consider:",
    };
    format!("The figures hold for music like that of the datasets; other music is another question. {close}")
}
