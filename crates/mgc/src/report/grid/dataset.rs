//! What the results tell about a dataset.

use crate::grid::{CellResult, GridResults};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A dataset, as far as its results show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Dataset {
    pub(super) name: String,
    pub(super) labels: Vec<String>,
    /// Tracks on all sides of a split, and those left out.
    pub(super) tracks: usize,
    pub(super) left_out: usize,
    /// Different tracks that were tested.
    pub(super) tested: usize,
    /// Groups (artists, recordings, duplicates) among them, and the tracks that have one.
    pub(super) groups: usize,
    pub(super) grouped_tracks: usize,
    /// Frames and bands of a spectrogram.
    pub(super) shape: (usize, usize),
    /// The share of right answers of one who guesses.
    pub(super) chance: f64,
    /// The most frequent genre of the tested tracks and its share.
    pub(super) most_frequent: Option<(String, f64)>,
    /// Sides other than `test` that had to serve as test.
    pub(super) other_sides: Vec<String>,
}

pub(super) fn datasets(results: &GridResults) -> Vec<Dataset> {
    let mut names: Vec<&str> = Vec::new();
    for result in &results.cells {
        if !names.contains(&result.cell.dataset.as_str()) {
            names.push(&result.cell.dataset);
        }
    }
    let of = |name: &&str| {
        let cells: Vec<_> = results.cells.iter().filter(|result| result.cell.dataset == *name).collect();
        dataset(name, &cells)
    };
    names.iter().filter_map(of).collect()
}

fn dataset(name: &str, cells: &[&CellResult]) -> Option<Dataset> {
    let first = cells.first()?;
    let tracks = cells.iter().flat_map(|cell| &cell.tested);
    let tested: BTreeMap<&str, _> = tracks.map(|track| (track.id.as_str(), track)).collect();
    let groups: Vec<&str> = tested.values().filter_map(|track| track.group.as_deref()).collect();
    let sides: BTreeSet<&str> = cells.iter().map(|cell| cell.side.as_str()).collect();
    let most = |count: fn(&[usize; 4]) -> usize| cells.iter().map(|cell| count(&cell.tracks)).max();
    Some(Dataset {
        name: name.into(),
        labels: first.labels.clone(),
        tracks: most(|[train, valid, test, _]| train + valid + test).unwrap_or(0),
        left_out: most(|[.., left_out]| *left_out).unwrap_or(0),
        tested: tested.len(),
        groups: groups.iter().collect::<BTreeSet<_>>().len(),
        grouped_tracks: groups.len(),
        shape: first.shape,
        chance: 1.0 / first.labels.len().max(1) as f64,
        most_frequent: most_frequent(&first.labels, tested.values().map(|track| track.genre as usize)),
        other_sides: sides.into_iter().filter(|side| *side != "test").map(String::from).collect(),
    })
}

fn most_frequent(labels: &[String], genres: impl Iterator<Item = usize>) -> Option<(String, f64)> {
    let mut counts = vec![0usize; labels.len()];
    genres.for_each(|genre| {
        if let Some(count) = counts.get_mut(genre) {
            *count += 1;
        }
    });
    let total: usize = counts.iter().sum();
    let most = *counts.iter().max()?;
    let class = counts.iter().position(|count| *count == most)?;
    (total > 0).then(|| (labels[class].clone(), most as f64 / total as f64))
}

impl Dataset {
    /// Returns the share of right answers of the better of two who do not listen: one who guesses, one who
    /// always names the most frequent genre.
    pub(super) fn without_listening(&self) -> f64 {
        self.most_frequent.as_ref().map_or(self.chance, |(_, share)| share.max(self.chance))
    }
}
