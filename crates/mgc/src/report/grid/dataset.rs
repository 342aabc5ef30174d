//! What the results tell about a dataset, and what is known of its kind.

use crate::grid::{CellResult, Grid, GridDataset, GridResults};
use mgc_audio::MelConfig;
use mgc_datasets::{Arrays, Info, REGISTRY, Synthetic};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The front end of audio for which a grid names none.
const FRONT_END: &str = "bbnn";

/// A dataset, as far as its results show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Dataset {
    pub(super) name: String,
    /// What its kind holds, and what to know of it, where the grid is known.
    pub(super) about: Option<String>,
    pub(super) known: Option<String>,
    /// Whether its tracks are invented.
    pub(super) invented: bool,
    pub(super) labels: Vec<String>,
    /// Tracks on all sides of a split, and those left out.
    pub(super) tracks: usize,
    pub(super) left_out: usize,
    /// Groups (artists, recordings, duplicates) among the tested tracks, and the tracks that have one.
    pub(super) groups: usize,
    pub(super) grouped_tracks: usize,
    /// Frames and bands of a spectrogram.
    pub(super) shape: (usize, usize),
    /// Seconds of sound in a spectrogram, and samples in a second, where they are known.
    pub(super) sound: Option<(f64, u32)>,
    /// Sides other than `test` that had to serve as test.
    pub(super) other_sides: Vec<String>,
}

pub(super) fn datasets(results: &GridResults, grid: Option<&Grid>) -> Vec<Dataset> {
    let mut names: Vec<&str> = Vec::new();
    for result in &results.cells {
        if !names.contains(&result.cell.dataset.as_str()) {
            names.push(&result.cell.dataset);
        }
    }
    let of = |name: &&str| {
        let cells: Vec<_> = results.cells.iter().filter(|result| result.cell.dataset == *name).collect();
        let spec = grid.and_then(|grid| grid.datasets.iter().find(|dataset| dataset.name == *name));
        dataset(name, &cells, spec)
    };
    names.iter().filter_map(of).collect()
}

fn dataset(name: &str, cells: &[&CellResult], spec: Option<&GridDataset>) -> Option<Dataset> {
    let first = cells.first()?;
    let tracks = cells.iter().flat_map(|cell| &cell.tested);
    let tested: BTreeMap<&str, _> = tracks.map(|track| (track.id.as_str(), track)).collect();
    let groups: Vec<&str> = tested.values().filter_map(|track| track.group.as_deref()).collect();
    let sides: BTreeSet<&str> = cells.iter().map(|cell| cell.side.as_str()).collect();
    let most = |count: fn(&[usize; 4]) -> usize| cells.iter().map(|cell| count(&cell.tracks)).max();
    let info = spec.and_then(info);
    Some(Dataset {
        name: name.into(),
        about: info.map(|info| info.about.into()),
        known: info.map(|info| info.notes.into()),
        invented: info.is_some_and(|info| info.name == Synthetic::INFO.name),
        labels: first.labels.clone(),
        tracks: most(|[train, valid, test, _]| train + valid + test).unwrap_or(0),
        left_out: most(|[.., left_out]| *left_out).unwrap_or(0),
        groups: groups.iter().collect::<BTreeSet<_>>().len(),
        grouped_tracks: groups.len(),
        shape: first.shape,
        sound: spec.and_then(|spec| sound(spec, first.shape)),
        other_sides: sides.into_iter().filter(|side| *side != "test").map(String::from).collect(),
    })
}

fn info(spec: &GridDataset) -> Option<&'static Info> {
    REGISTRY.iter().map(|entry| &entry.info).find(|info| info.name == spec.kind)
}

/// Returns the seconds of sound in a spectrogram and their sample rate, if the front end makes this shape.
fn sound(spec: &GridDataset, shape: (usize, usize)) -> Option<(f64, u32)> {
    let unnamed = (spec.kind != Arrays::INFO.name).then_some(FRONT_END);
    let config: MelConfig = spec.front_end.as_deref().or(unnamed)?.parse().ok()?;
    let samples = config.chunk_samples.filter(|samples| (config.frames(*samples), config.n_mels) == shape)?;
    Some((samples as f64 / f64::from(config.sample_rate), config.sample_rate))
}
