//! The opening of a report, for somebody who has never seen the project.

use super::dataset::Dataset;
use super::facts::Facts;
use super::lead::strictest;
use super::line::Line;
use super::protocol::sentence;
use super::text::{count, counted, duration, large, list, share};
use super::trust::{concerns, mean_and_interval};
use mgc_nets::Variant;
use std::time::Duration;

/// Lines that are listed one by one; of more, the range is given.
const LISTED: usize = 4;

/// A question that a reader has, and its answer: paragraphs, then points.
pub(super) struct Answer {
    pub(super) question: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) points: Vec<String>,
}

/// The answers to what a reader asks first.
pub(super) fn answers(facts: &Facts) -> Vec<Answer> {
    let answer = |question, paragraphs, points| Answer { question, paragraphs, points };
    vec![
        answer("What was trained, and on what?", vec![trained(facts)], parts(facts)),
        answer("How was it tested?", vec![], tested(facts)),
        answer("How good is it?", good(facts), vec![]),
        answer("How sure is that?", sure(facts), vec![]),
        answer("Can it be trusted?", vec![scope(facts)], concerns(facts)),
        answer("What did it cost?", cost(facts), sizes(facts)),
    ]
}

fn trained(facts: &Facts) -> String {
    let networks = facts.different(|line| &line.names.network);
    let recipes = facts.different(|line| &line.names.recipe);
    format!(
        "{}, each of which learns from spectrograms: pictures of the loudness of each pitch over time. Training \
         followed the recipe{} {}.",
        counted(networks.len(), "network"),
        if recipes.len() == 1 { "" } else { "s" },
        list(&recipes),
    )
}

/// Describes networks and datasets.
fn parts(facts: &Facts) -> Vec<String> {
    let network = |name: &&str| match name.parse::<Variant>() {
        Ok(variant) => format!("Network {name}: {}.", variant.info().summary.trim_end_matches('.')),
        Err(_) => format!("Network {name}."),
    };
    let networks = facts.different(|line| &line.names.network);
    datasets(facts).into_iter().chain(networks.iter().map(network)).collect()
}

fn datasets(facts: &Facts) -> Vec<String> {
    let describe = |dataset: &Dataset| {
        let groups = match dataset.groups {
            0 => "whose artists or recordings are not noted".into(),
            groups => format!("with {} (artists, recordings or copies) noted", counted(groups, "group")),
        };
        let left = match dataset.left_out {
            0 => String::new(),
            left => format!(" {} left out.", counted(left, "track")),
        };
        format!(
            "Dataset {}: {} of {} ({}), {groups}.{left}",
            dataset.name,
            counted(dataset.tracks, "track"),
            counted(dataset.labels.len(), "genre"),
            list(&dataset.labels),
        )
    };
    facts.datasets.iter().map(describe).collect()
}

fn tested(facts: &Facts) -> Vec<String> {
    let protocols = facts.different(|line| &line.names.protocol);
    let describe = |protocol: &&str| {
        let of = facts.details.iter().filter(|detail| detail.names.protocol == *protocol);
        let (runs, crossing) =
            of.fold((0, 0), |(runs, crossing), d| (runs + d.curves.len(), crossing + d.crossing_runs));
        let known = facts.datasets.iter().any(|dataset| dataset.grouped_tracks > 0);
        let found = match (known, runs, crossing) {
            (false, ..) if *protocol == "grouped" => {
                " No group is known here, so it is the same as kfold.".into()
            }
            (false, ..) => String::new(),
            (_, 0, _) => " No run has a result yet.".into(),
            (.., 0) => format!(" In none of {runs} runs does a group lie on two sides."),
            _ => format!(" In {crossing} of {runs} runs some groups do lie on more than one side."),
        };
        format!("{protocol}: {}{found}", sentence(protocol))
    };
    protocols.iter().map(describe).collect()
}

fn good(facts: &Facts) -> Vec<String> {
    facts.datasets.iter().filter_map(|dataset| good_on(facts, dataset)).collect()
}

fn good_on(facts: &Facts, dataset: &Dataset) -> Option<String> {
    let mut lines = strictest(facts, dataset);
    lines.sort_by(|a, b| b.mean.unwrap_or(0.0).total_cmp(&a.mean.unwrap_or(0.0)));
    let several = facts.different(|line| &line.names.recipe).len() > 1;
    let one = |line: &&Line| {
        let recipe = if several { format!(" ({})", line.names.recipe) } else { String::new() };
        Some(format!("{}{recipe} {}", line.names.network, mean_and_interval(line)?))
    };
    let shown: Vec<String> = match lines.len() {
        0..=LISTED => lines.iter().filter_map(one).collect(),
        _ => [lines.first(), lines.last()].into_iter().flatten().filter_map(one).collect(),
    };
    let figures = match lines.len() {
        0..=LISTED => list(&shown),
        many => format!("{many} means, from {} down to {}", shown.first()?, shown.last()?),
    };
    let frequent = dataset.most_frequent.as_ref().map_or_else(String::new, |(label, share_of)| {
        format!(", and always answering {label}, the most frequent genre of the test, {}", share(*share_of))
    });
    Some(format!(
        "Mean share of tracks named right on {} under {}: {figures}. Guessing gives {}{frequent}.",
        dataset.name,
        lines.first()?.names.protocol,
        share(dataset.chance),
    ))
}

fn sure(facts: &Facts) -> Vec<String> {
    let meaning = if facts.lines.iter().any(|line| line.interval.is_some()) {
        "The 95\u{a0}% interval of a mean says how far chance in the splits and in the training moves it: of \
         such intervals, about 95 in 100 contain the true mean for music like this. It is widened for splits \
         that share tracks."
    } else {
        "There is no interval: each line is one run, and one run does not say how much runs differ."
    };
    let (all, apart) = (facts.pairs.len(), facts.pairs.iter().filter(|p| p.p_holm.is_some_and(|p| p < 0.05)));
    let apart: Vec<String> = apart
        .map(|pair| format!("{} and {} ({})", pair.names.network, pair.first, pair.names.protocol))
        .collect();
    let pairs = match (all, apart.len()) {
        (0, _) => return vec![meaning.into()],
        (_, 0) => format!(
            "In {}, no difference is larger than chance can explain (Holm-adjusted p below 0.05).",
            counted(all, "paired comparison")
        ),
        _ => format!(
            "Of {}, these differ by more than chance explains (Holm-adjusted p below 0.05): {}.",
            counted(all, "paired comparison"),
            list(&apart)
        ),
    };
    vec![meaning.into(), pairs]
}

fn scope(facts: &Facts) -> String {
    let close = match concerns(facts).is_empty() {
        true => "Nothing that this report can see speaks against them.",
        false => "Before relying on them, consider:",
    };
    format!("The figures hold for music like that of the datasets; other music is another question. {close}")
}

fn cost(facts: &Facts) -> Vec<String> {
    let steps: usize = facts.lines.iter().map(|line| line.training_steps).sum();
    let epochs = facts.cells.iter().map(|cell| cell.epochs).max().unwrap_or(0);
    let steps = format!(
        "{} in {} of at most {}.",
        counted(steps, "training step"),
        counted(facts.cells.len(), "experiment"),
        counted(epochs, "epoch")
    );
    let time = facts.seconds.map(|seconds| {
        format!("Measured time of the experiments: {}.", duration(Duration::from_secs_f64(seconds)))
    });
    [Some(steps), time].into_iter().flatten().collect()
}

fn sizes(facts: &Facts) -> Vec<String> {
    let mut sizes: Vec<String> = Vec::new();
    for line in &facts.lines {
        let Some(size) = line.size else { continue };
        let work = size.multiply_adds.map_or_else(String::new, |macs| {
            let (frames, bands) = size.shape;
            format!(", {} multiply-adds for a spectrogram of {frames} x {bands}", large(macs))
        });
        let text = format!("{}: {} parameters{work}.", line.names.network, count(size.parameters as u64));
        if !sizes.contains(&text) {
            sizes.push(text);
        }
    }
    sizes
}
