//! The tests of a protocol on a dataset: how many tracks, and what is right without listening.

use super::line::Line;
use crate::grid::{CellResult, GridResults, TestedTrack};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The tests of one protocol on one dataset, the same for all networks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct TestSet {
    pub(super) dataset: String,
    pub(super) protocol: String,
    /// Splits with a result, and the fewest and most tracks that one of them trains on, and tests.
    pub(super) splits: usize,
    pub(super) training: (usize, usize),
    pub(super) tracks: (usize, usize),
    /// Different tracks that were tested.
    pub(super) different: usize,
    /// The mean over the splits of what always the same answer gets right, for the genre that gets most.
    pub(super) same_answer: f64,
    /// That genre; `None` where all genres get as much.
    pub(super) frequent: Option<String>,
    /// Splits whose test lacks a genre, and the genres that one of them lacks.
    pub(super) lacking_splits: usize,
    pub(super) lacking: Vec<String>,
    /// The share of right answers of one who guesses.
    pub(super) chance: f64,
}

impl TestSet {
    /// Returns the share of right answers of the better of two who do not listen: one who guesses, one who
    /// always gives the same answer.
    pub(super) fn without_listening(&self) -> f64 {
        self.same_answer.max(self.chance)
    }
}

/// Returns the tests of every dataset and protocol with results, in the order of the lines.
pub(super) fn test_sets(results: &GridResults, lines: &[Line]) -> Vec<TestSet> {
    let mut sets: Vec<TestSet> = Vec::new();
    for Line { names, .. } in lines.iter().filter(|line| line.n > 0) {
        if sets.iter().any(|set| set.dataset == names.dataset && set.protocol == names.protocol) {
            continue;
        }
        let of = |result: &&CellResult| {
            result.cell.dataset == names.dataset && result.cell.protocol.to_string() == names.protocol
        };
        let cells: Vec<_> = results.cells.iter().filter(of).collect();
        sets.push(test_set(&names.dataset, &names.protocol, &cells));
    }
    sets
}

fn test_set(dataset: &str, protocol: &str, cells: &[&CellResult]) -> TestSet {
    let labels: &[String] = cells.first().map_or(&[], |cell| &cell.labels);
    let splits: BTreeMap<usize, &[TestedTrack]> =
        cells.iter().map(|cell| (cell.cell.run, cell.tested.as_slice())).collect();
    let shares: Vec<Vec<f64>> = splits.values().map(|tested| shares(labels.len(), tested)).collect();
    let means = means(labels.len(), &shares);
    let most = means.iter().copied().fold(0.0, f64::max);
    let alike = means.iter().all(|mean| (mean - most).abs() < 1e-12);
    let lacks = |genre: &usize| shares.iter().any(|split| split[*genre] == 0.0);
    let range =
        |sizes: Vec<usize>| (sizes.iter().copied().min().unwrap_or(0), sizes.into_iter().max().unwrap_or(0));
    TestSet {
        dataset: dataset.into(),
        protocol: protocol.into(),
        splits: splits.len(),
        training: range(cells.iter().map(|cell| cell.tracks[0]).collect()),
        tracks: range(splits.values().map(|tested| tested.len()).collect()),
        different: splits
            .values()
            .flat_map(|tested| tested.iter().map(|track| &track.id))
            .collect::<BTreeSet<_>>()
            .len(),
        same_answer: most,
        frequent: means.iter().position(|mean| *mean == most && !alike).map(|genre| labels[genre].clone()),
        lacking_splits: shares.iter().filter(|split| split.contains(&0.0)).count(),
        lacking: (0..labels.len()).filter(lacks).map(|genre| labels[genre].clone()).collect(),
        chance: 1.0 / labels.len().max(1) as f64,
    }
}

/// Returns the share of each genre among the tested tracks.
fn shares(classes: usize, tested: &[TestedTrack]) -> Vec<f64> {
    let count = |class: usize| tested.iter().filter(|track| track.genre as usize == class).count();
    (0..classes).map(|class| count(class) as f64 / tested.len().max(1) as f64).collect()
}

/// Returns the mean of each genre's share over the splits.
fn means(classes: usize, shares: &[Vec<f64>]) -> Vec<f64> {
    let mean =
        |class: usize| shares.iter().map(|split| split[class]).sum::<f64>() / shares.len().max(1) as f64;
    (0..classes).map(mean).collect()
}
