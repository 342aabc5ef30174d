//! Training one cell.

use crate::error::{GridError, Result};
use crate::experiment::{Data, Experiment, Observer, Outcome, Start, Warning};
use crate::grid::cell::Cell;
use crate::grid::clock::Clock;
use crate::grid::groups::crossing;
use crate::grid::observer::GridObserver;
use crate::grid::result::{CellResult, EpochRow, TestedTrack};
use mgc_datasets::{Split, Track};
use mgc_train::{Epoch, Step};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A cell that is trained now.
pub(super) struct Training<'a> {
    pub(super) cell: &'a Cell,
    pub(super) key: String,
    pub(super) experiment: Experiment<'a>,
    /// Set to end the run after the present epoch.
    pub(super) stop: &'a AtomicBool,
    pub(super) observer: &'a dyn GridObserver,
}

impl Training<'_> {
    /// Trains the cell in its folder, or goes on where it was stopped, and keeps its result there.
    pub(super) fn run(&self, folder: &Path) -> Result<CellResult> {
        let mut follow = Follow {
            cell: self.cell,
            stop: self.stop,
            observer: self.observer,
            seen: Seen::default(),
            clock: Clock::start(folder),
        };
        let outcome = self.experiment.run(folder, &mut follow)?;
        if self.stop.load(Relaxed) {
            return Err(GridError::Stopped.into());
        }
        follow.clock.tick();
        let result = self.result(&outcome, follow.seen);
        result.write(folder)?;
        Ok(result)
    }

    fn result(&self, outcome: &Outcome, seen: Seen) -> CellResult {
        let tracks = seen.sides.each_ref().map(BTreeMap::len);
        let tested = seen.sides[outcome.side as usize].values(); // in the order of the answers
        let answers = match &outcome.by_track {
            Some(by_track) => &by_track.probabilities,
            None => &outcome.evaluation.probabilities,
        };
        let answer = |(track, probabilities): (&Track, &Vec<f64>)| TestedTrack {
            id: track.id.clone(),
            group: track.group.clone(),
            genre: track.genre.map_or(0, |genre| genre as u32),
            probabilities: probabilities.clone(),
        };
        CellResult {
            key: self.key.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            cell: self.cell.clone(),
            labels: outcome.labels.clone(),
            split: seen.split,
            tracks: [tracks[0], tracks[1], tracks[2], seen.skipped],
            crossing_groups: seen.crossing,
            shape: seen.shape,
            parameters: seen.parameters,
            steps: seen.steps * outcome.history.epochs.len(),
            epochs: outcome.history.epochs.iter().map(EpochRow::from).collect(),
            best: outcome.history.best.map_or(0, |index| index + 1),
            side: outcome.side.name().into(),
            tested: tested.zip(answers).map(answer).collect(),
        }
    }
}

/// What the result needs and only the run itself knows.
#[derive(Default)]
struct Seen {
    split: String,
    /// The tracks of each side by their places in the dataset.
    sides: [BTreeMap<usize, Track>; 3],
    skipped: usize,
    crossing: usize,
    shape: (usize, usize),
    parameters: usize,
    steps: usize,
}

/// Passes the run of one cell on to the observer of the grid.
struct Follow<'a> {
    cell: &'a Cell,
    stop: &'a AtomicBool,
    observer: &'a dyn GridObserver,
    seen: Seen,
    clock: Clock,
}

impl Observer for Follow<'_> {
    fn on_warning(&mut self, warning: &Warning) {
        self.observer.on_warning(self.cell, warning);
    }

    fn on_data(&mut self, data: &Data<'_>) {
        let tracks = |split| {
            let side = data.side(split).tracks();
            side.iter().map(|&index| (index, data.dataset().tracks()[index].clone())).collect()
        };
        self.seen.split = data.origin().into();
        self.seen.sides = Split::ALL.map(tracks);
        self.seen.skipped = data.skipped().len();
        self.seen.shape = data.shape();
        self.seen.crossing = crossing(&self.seen.sides.each_ref().map(|side| side.values().collect()));
    }

    fn on_start(&mut self, start: &Start) {
        self.seen.parameters = start.parameters;
        self.seen.steps = start.steps;
    }

    fn on_step(&mut self, step: &Step) {
        self.observer.on_step(self.cell, step);
    }

    fn on_epoch(&mut self, epoch: &Epoch) -> ControlFlow<()> {
        self.clock.tick();
        self.observer.on_epoch(self.cell, epoch);
        match self.stop.load(Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
