//! How much of an accuracy comes from groups on both sides.

use super::line::{Line, Names};
use crate::error::Result;
use crate::grid::{CellResult, GridResults};
use mgc_train::{BootstrapConfig, Units, bootstrap_interval};
use serde::Serialize;
use std::collections::BTreeMap;

/// The protocol that keeps groups apart, and those that do not.
const APART: &str = "grouped";
const MIXED: [&str; 2] = ["published", "kfold"];

/// The accuracy of one network under a protocol that mixes groups less that with groups kept apart, on the
/// tracks that both have tested. There is none where no groups are known: both protocols are the same then.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Leak {
    #[serde(flatten)]
    pub(super) names: Names,
    pub(super) tracks: usize,
    /// Accuracy under the protocol of the line, and with groups kept apart.
    pub(super) mixed: f64,
    pub(super) apart: f64,
    pub(super) difference: f64,
    /// By drawing groups; `None` for fewer than two.
    pub(super) interval: Option<(f64, f64)>,
}

/// A track, and how often it was tested and right under either protocol.
struct Answers<'r> {
    group: Option<&'r str>,
    right: [f64; 2],
    tested: [f64; 2],
}

pub(super) fn leaks(results: &GridResults, lines: &[Line]) -> Result<Vec<Leak>> {
    let mut leaks = Vec::new();
    for line in lines.iter().filter(|line| MIXED.contains(&line.names.protocol.as_str())) {
        let apart = Names { protocol: APART.into(), ..line.names.clone() }.cells(results);
        leaks.extend(leak(&line.names, &line.names.cells(results), &apart));
    }
    Ok(leaks)
}

fn leak(names: &Names, mixed: &[&CellResult], apart: &[&CellResult]) -> Option<Leak> {
    let tracks = answers(mixed, apart);
    if tracks.iter().all(|track| track.group.is_none()) {
        return None;
    }
    let mean = |of: &dyn Fn(&Answers<'_>) -> f64| tracks.iter().map(of).sum::<f64>() / tracks.len() as f64;
    let share = |track: &Answers<'_>, side: usize| track.right[side] / track.tested[side];
    let gain = |track: &Answers<'_>| share(track, 0) - share(track, 1);
    let statistic =
        |drawn: &[usize]| drawn.iter().map(|&index| gain(&tracks[index])).sum::<f64>() / drawn.len() as f64;
    let groups = groups(&tracks);
    let interval = bootstrap_interval(Units::Groups(&groups), statistic, &BootstrapConfig::default());
    Some(Leak {
        names: names.clone(),
        tracks: tracks.len(),
        mixed: mean(&|track| share(track, 0)),
        apart: mean(&|track| share(track, 1)),
        difference: mean(&gain),
        interval: interval.ok(),
    })
}

/// Returns the tracks that were tested under both protocols, by their ids.
fn answers<'r>(mixed: &[&'r CellResult], apart: &[&'r CellResult]) -> Vec<Answers<'r>> {
    let mut tracks = BTreeMap::<&str, Answers<'r>>::new();
    for (side, cells) in [mixed, apart].into_iter().enumerate() {
        for track in cells.iter().flat_map(|cell| &cell.tested) {
            let blank = Answers { group: track.group.as_deref(), right: [0.0; 2], tested: [0.0; 2] };
            let answers = tracks.entry(&track.id).or_insert(blank);
            answers.tested[side] += 1.0;
            answers.right[side] += f64::from(track.predicted() == track.genre);
        }
    }
    tracks.into_values().filter(|track| track.tested.iter().all(|&tested| tested > 0.0)).collect()
}

/// Numbers the group of each track; a track without one is a group of its own.
fn groups(tracks: &[Answers<'_>]) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
    let number = |(index, track): (usize, &Answers<'_>)| match track.group {
        Some(group) => *numbers.entry(group.to_owned()).or_insert(index),
        None => index,
    };
    tracks.iter().enumerate().map(number).collect()
}
