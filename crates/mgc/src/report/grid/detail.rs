//! What one line of the table knows about single genres, probabilities and epochs.

use super::line::{Line, Names};
use crate::error::Result;
use crate::grid::{CellResult, EpochRow, GridResults, TestedTrack};
use mgc_train::{ConfusionMatrix, Reliability};
use serde::Serialize;

/// Confused pairs, and example tracks of each.
const PAIRS: usize = 5;
const EXAMPLES: usize = 3;
/// Bins of the reliability diagram.
const BINS: usize = 10;

/// Confusions, recalls, calibration and learning curves over all runs of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Detail {
    #[serde(flatten)]
    pub(super) names: Names,
    pub(super) labels: Vec<String>,
    /// True genres in rows, predicted ones in columns.
    pub(super) confusion: Vec<Vec<usize>>,
    pub(super) recalls: Vec<Recall>,
    pub(super) confused: Vec<Confused>,
    pub(super) calibration: Option<Calibration>,
    pub(super) curves: Vec<Curve>,
    /// Whether some tested track has a group.
    pub(super) has_groups: bool,
    /// Runs with groups on more than one side, and the most groups of a run.
    pub(super) crossing_runs: usize,
    pub(super) crossing_groups: usize,
}

/// The share of a genre's tracks that were named right.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Recall {
    pub(super) label: String,
    pub(super) right: usize,
    pub(super) tested: usize,
    /// 0 for a genre without tracks.
    pub(super) recall: f64,
    /// The interval of Wilson (1927).
    pub(super) interval: (f64, f64),
}

/// A genre that was taken for another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Confused {
    pub(super) truth: String,
    pub(super) predicted: String,
    pub(super) count: usize,
    /// The ids of some of the tracks.
    pub(super) examples: Vec<String>,
}

/// Whether probabilities mean what they say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Calibration {
    pub(super) expected_error: f64,
    pub(super) bins: Vec<Bin>,
}

/// Answers whose probability lies in one interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Bin {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) answers: usize,
    pub(super) probability: f64,
    pub(super) accuracy: f64,
}

/// The epochs of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Curve {
    pub(super) run: usize,
    pub(super) seed: u64,
    pub(super) best_epoch: usize,
    pub(super) epochs: Vec<EpochRow>,
}

pub(super) fn details(results: &GridResults, lines: &[Line]) -> Result<Vec<Detail>> {
    let with_results = lines.iter().filter(|line| line.n > 0);
    with_results.map(|line| detail(&line.names, &line.names.cells(results))).collect()
}

fn detail(names: &Names, cells: &[&CellResult]) -> Result<Detail> {
    let labels = cells.first().map(|cell| cell.labels.clone()).unwrap_or_default();
    let tested: Vec<&TestedTrack> = cells.iter().flat_map(|cell| &cell.tested).collect();
    let truth: Vec<u32> = tested.iter().map(|track| track.genre).collect();
    let predicted: Vec<u32> = tested.iter().map(|track| track.predicted()).collect();
    let matrix = ConfusionMatrix::new(labels.len(), &truth, &predicted)?;
    let row = |truth| (0..labels.len()).map(|predicted| matrix.count(truth, predicted)).collect();
    Ok(Detail {
        names: names.clone(),
        confusion: (0..labels.len()).map(row).collect(),
        recalls: labels.iter().enumerate().map(|(class, label)| recall(&matrix, class, label)).collect(),
        confused: confused(&matrix, &labels, &tested),
        calibration: calibration(&tested, &truth),
        curves: cells.iter().map(|cell| curve(cell)).collect(),
        has_groups: tested.iter().any(|track| track.group.is_some()),
        crossing_runs: cells.iter().filter(|cell| cell.crossing_groups > 0).count(),
        crossing_groups: cells.iter().map(|cell| cell.crossing_groups).max().unwrap_or(0),
        labels,
    })
}

fn recall(matrix: &ConfusionMatrix, class: usize, label: &str) -> Recall {
    Recall {
        label: label.into(),
        right: matrix.count(class, class),
        tested: matrix.support(class),
        recall: matrix.recall(class),
        interval: matrix.recall_interval(class),
    }
}

/// Returns the most frequent confusions; of equal ones, in the order of the genres.
fn confused(matrix: &ConfusionMatrix, labels: &[String], tested: &[&TestedTrack]) -> Vec<Confused> {
    let classes = 0..labels.len();
    let mut pairs: Vec<(usize, usize, usize)> = classes
        .clone()
        .flat_map(|truth| classes.clone().map(move |predicted| (truth, predicted)))
        .filter(|(truth, predicted)| truth != predicted)
        .map(|(truth, predicted)| (matrix.count(truth, predicted), truth, predicted))
        .filter(|(count, ..)| *count > 0)
        .collect();
    pairs.sort_by_key(|&(count, ..)| std::cmp::Reverse(count));
    let entry = |(count, truth, predicted): (usize, usize, usize)| Confused {
        truth: labels[truth].clone(),
        predicted: labels[predicted].clone(),
        count,
        examples: examples(tested, truth as u32, predicted as u32),
    };
    pairs.into_iter().take(PAIRS).map(entry).collect()
}

fn examples(tested: &[&TestedTrack], truth: u32, predicted: u32) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for track in tested.iter().filter(|track| track.genre == truth && track.predicted() == predicted) {
        if ids.len() < EXAMPLES && !ids.contains(&track.id) {
            ids.push(track.id.clone());
        }
    }
    ids
}

/// Returns `None` where a probability is not a number.
fn calibration(tested: &[&TestedTrack], truth: &[u32]) -> Option<Calibration> {
    let rows: Vec<Vec<f64>> = tested.iter().map(|track| track.probabilities.clone()).collect();
    let reliability = Reliability::new(&rows, truth, BINS).ok()?;
    let bin = |bin: &mgc_train::ReliabilityBin| Bin {
        low: bin.low,
        high: bin.high,
        answers: bin.count,
        probability: bin.confidence,
        accuracy: bin.accuracy,
    };
    Some(Calibration {
        expected_error: reliability.expected_calibration_error(),
        bins: reliability.bins.iter().map(bin).collect(),
    })
}

fn curve(cell: &CellResult) -> Curve {
    Curve { run: cell.cell.run + 1, seed: cell.cell.seed, best_epoch: cell.best, epochs: cell.epochs.clone() }
}
