//! A report of a real grid: interrupted or not, its bytes are the same, and the time lies beside it.

use mgc::datasets::{Synthetic, SyntheticConfig};
use mgc::grid::{Cell, Grid, GridObserver, GridRun, GridTimes};
use mgc::report::grid::{GridReport, ReportContext};
use mgc::train::Epoch;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

const GRID: &str = r#"
title = "One block"
variants = ["blocks1"]
recipes = ["short"]
runs = 3

[[dataset]]
kind = "synthetic"
root = "music"
front_end = "quick"

[recipe.short]
base = "quick"
epochs = 2
"#;

/// Asks to stop after every epoch.
struct Stop(Arc<AtomicBool>);

impl GridObserver for Stop {
    fn on_epoch(&self, _: &Cell, _: &Epoch) {
        self.0.store(true, Relaxed);
    }
}

/// Runs a grid, writes its report and returns the times.
fn report(run: &GridRun<'_>, grid: &Grid, out: &Path) -> GridTimes {
    let results = run.run(&()).unwrap();
    let times = run.times(&results);
    let context =
        ReportContext { grid: Some(grid.clone()), machines: times.machines(), ..Default::default() };
    GridReport::new(&results, &context).unwrap().save(out).unwrap();
    times
}

#[test]
fn an_interrupted_grid_has_the_report_of_an_undisturbed_one_and_its_own_times() {
    let room = tempfile::tempdir().unwrap();
    let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 1, test: 1, ..Default::default() };
    Synthetic::write(room.path().join("music"), &tiny, |_, _| ()).unwrap();
    fs::write(room.path().join("grid.toml"), GRID).unwrap();
    let grid = Grid::read(room.path().join("grid.toml")).unwrap();
    let (whole, parts) = (room.path().join("whole"), room.path().join("parts"));
    let undisturbed = report(&GridRun::new(&grid, &whole), &grid, &whole);
    for _ in 0..4 {
        let stop = Arc::new(AtomicBool::new(false));
        GridRun::new(&grid, &parts).with_stop(stop.clone()).run(&Stop(stop)).unwrap_err();
    }
    let interrupted = report(&GridRun::new(&grid, &parts), &grid, &parts);
    for file in [GridReport::HTML, GridReport::MARKDOWN, GridReport::JSON] {
        assert_eq!(fs::read(whole.join(file)).unwrap(), fs::read(parts.join(file)).unwrap(), "{file}");
    }
    for times in [&undisturbed, &interrupted] {
        assert_eq!((times.cells.len(), times.machines().len()), (3, 1));
        assert!(times.cells.iter().all(|cell| !cell.time.is_zero()));
    }
    assert_ne!(undisturbed.total(), interrupted.total());
    interrupted.write(&parts).unwrap();
    let table = fs::read_to_string(parts.join(GridTimes::FILE)).unwrap();
    assert_eq!((table.lines().count(), table.starts_with("dataset,variant,")), (4, true), "{table}");
    let html = fs::read_to_string(parts.join(GridReport::HTML)).unwrap();
    assert!(html.contains(&format!("Trained on: {}", interrupted.machines()[0])));
}
