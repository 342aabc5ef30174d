//! Grids: each cell is trained once, resumed, kept apart by what determines it, and told when it fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is the finding itself")]

use mgc::datasets::{Shard, Synthetic, SyntheticConfig};
use mgc::grid::{
    Cell, CellResult, Grid, GridDataset, GridError, GridObserver, GridResults, GridRun, PaperItem,
};
use mgc::train::Epoch;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

const GRID: &str = r#"
title = "One block"
variants = ["blocks1"]
recipes = ["short"]
protocols = ["kfold"]
runs = 3

[[dataset]]
kind = "synthetic"
root = "music"
front_end = "quick"

[recipe.short]
base = "quick"
epochs = 2
"#;

/// A folder with ten styles of three tracks and a grid.
fn room(grid: &str) -> tempfile::TempDir {
    let room = tempfile::tempdir().unwrap();
    let tiny = SyntheticConfig { seconds: 0.5, train: 1, valid: 1, test: 1, ..Default::default() };
    Synthetic::write(room.path().join("music"), &tiny, |_, _| ()).unwrap();
    fs::write(room.path().join("grid.toml"), grid).unwrap();
    room
}

fn read(room: &Path) -> Grid {
    Grid::read(room.join("grid.toml")).unwrap()
}

/// Counts what happens, and asks to stop after some epochs.
#[derive(Default)]
struct Count {
    trained: AtomicUsize,
    found: AtomicUsize,
    failed: AtomicUsize,
    epochs: AtomicUsize,
    stop_after: Option<usize>,
    stop: Arc<AtomicBool>,
}

impl GridObserver for Count {
    fn on_epoch(&self, _: &Cell, _: &Epoch) {
        let epochs = self.epochs.fetch_add(1, Relaxed) + 1;
        if self.stop_after.is_some_and(|limit| epochs >= limit) {
            self.stop.store(true, Relaxed);
        }
    }

    fn on_result(&self, _: &CellResult, was_there: bool) {
        let counter = if was_there { &self.found } else { &self.trained };
        counter.fetch_add(1, Relaxed);
    }

    fn on_failure(&self, _: &Cell, _: &str) {
        self.failed.fetch_add(1, Relaxed);
    }
}

impl Count {
    fn counts(&self) -> [usize; 3] {
        [&self.trained, &self.found, &self.failed].map(|counter| counter.load(Relaxed))
    }
}

#[test]
fn a_cell_is_trained_once_and_its_result_is_the_same_however_it_came_about() {
    let room = room(GRID);
    let grid = read(room.path());
    let whole = GridRun::new(&grid, room.path().join("whole"));
    let count = Count::default();
    let results = whole.run(&count).unwrap();
    assert_eq!((count.counts(), results.cells.len()), ([3, 0, 0], 3));
    let again = Count::default();
    assert_eq!(whole.run(&again).unwrap(), results);
    assert_eq!((again.counts(), again.epochs.load(Relaxed)), ([0, 3, 0], 0));

    // In shards, two cells at a time, interrupted after every epoch.
    let out = room.path().join("parts");
    for shard in ["1/2", "2/2"] {
        for attempt in 0.. {
            assert!(attempt < 20, "no progress");
            let count = Count { stop_after: Some(1), ..Count::default() };
            let part = GridRun::new(&grid, &out).with_jobs(2).with_stop(count.stop.clone());
            match part.with_shard(shard.parse::<Shard>().unwrap()).run(&count) {
                Ok(_) => break,
                Err(error) => assert!(
                    matches!(&error, mgc::Error::Grid(stopped) if matches!(**stopped, GridError::Stopped)),
                    "{error}"
                ),
            }
        }
    }
    let parts = GridRun::new(&grid, &out).results(&()).unwrap();
    assert_eq!(parts, results);
    let files = |folder: &Path, results: &GridResults| {
        results.write(folder).unwrap();
        let mut files: Vec<_> = [GridResults::CELLS, GridResults::TABLE].map(|name| folder.join(name)).into();
        files.extend(cells(folder).iter().map(|cell| cell.join("model.safetensors")));
        files.into_iter().map(|file| fs::read(file).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(files(&out, &parts), files(&room.path().join("whole"), &results));
}

/// Runs that begin a cell at the same time would otherwise restore each other's best weights.
#[test]
fn two_runs_in_one_folder_train_each_cell_once_and_both_return_all_results() {
    let room = room(GRID);
    let grid = read(room.path());
    let alone = GridRun::new(&grid, room.path().join("alone")).run(&()).unwrap();
    let (out, trained) = (room.path().join("shared"), Count::default());
    std::thread::scope(|scope| {
        let runs = [0, 1].map(|_| scope.spawn(|| GridRun::new(&grid, &out).run(&trained).unwrap()));
        assert!(runs.map(|run| run.join().unwrap()).iter().all(|results| *results == alone));
    });
    assert_eq!((trained.counts(), trained.epochs.load(Relaxed)), ([3, 3, 0], 6));
    for (one, other) in cells(&room.path().join("alone")).iter().zip(cells(&out)) {
        for file in ["result.json", "model.safetensors", "log.csv"] {
            assert_eq!(fs::read(one.join(file)).unwrap(), fs::read(other.join(file)).unwrap(), "{file}");
        }
    }
}

/// Notes the cells in the order of their results, and frees a held cell after the second.
struct Freeing {
    lock: Mutex<Option<fs::File>>,
    order: Mutex<Vec<usize>>,
}

impl GridObserver for Freeing {
    fn on_result(&self, result: &CellResult, _: bool) {
        let mut order = self.order.lock().unwrap();
        order.push(result.cell.run);
        if order.len() == 2 {
            self.lock.lock().unwrap().take();
        }
    }
}

#[test]
fn a_cell_that_another_process_holds_is_left_for_the_end_and_trained_when_that_process_is_gone() {
    let room = room(GRID);
    let (grid, out) = (read(room.path()), room.path().join("results"));
    // A first run gives the cells their folders; one of them is then held as by another process.
    GridRun::new(&grid, &out).run(&()).unwrap();
    let first = cells(&out).remove(0);
    let whole = fs::read(first.join("model.safetensors")).unwrap();
    cells(&out).iter().for_each(|cell| fs::remove_file(cell.join("result.json")).unwrap());
    let lock = fs::File::open(first.join("cell.lock")).unwrap();
    lock.try_lock().unwrap();
    let freeing = Freeing { lock: Mutex::new(Some(lock)), order: Mutex::default() };
    assert_eq!(GridRun::new(&grid, &out).run(&freeing).unwrap().cells.len(), 3);
    assert_eq!(*freeing.order.lock().unwrap(), [1, 2, 0]);
    assert_eq!(fs::read(first.join("model.safetensors")).unwrap(), whole);
}

#[test]
fn the_features_are_published_once_for_all_cells() {
    let room = room(&GRID.replace("epochs = 2", "epochs = 0"));
    let (grid, out) = (read(room.path()), room.path().join("results"));
    let published = || {
        GridRun::new(&grid, &out).run(&()).unwrap();
        fs::metadata(out.join("features/synthetic/features.bin")).unwrap().modified().unwrap()
    };
    assert_eq!(published(), published());
}

/// The folders of the cells, sorted.
fn cells(out: &Path) -> Vec<PathBuf> {
    let mut cells: Vec<_> =
        fs::read_dir(out.join("cells")).unwrap().map(|entry| entry.unwrap().path()).collect();
    cells.sort();
    cells
}

#[test]
fn a_cell_is_trained_again_when_what_determines_it_changes_and_only_then() {
    let short = GRID.replace("epochs = 2", "epochs = 1").replace("runs = 3", "runs = 3\nsplit_seed = 4");
    let room = room(&short);
    let out = room.path().join("results");
    let trained = |text: &str| {
        fs::write(room.path().join("grid.toml"), text).unwrap();
        let (grid, count) = (read(room.path()), Count::default());
        // One fold of three is enough here.
        let run = GridRun::new(&grid, &out).with_shard(Shard::new(1, 3).unwrap());
        run.run(&count).unwrap();
        count.counts()[0]
    };
    assert_eq!(trained(&short), 1);
    assert_eq!(trained(&short.replace("One block", "Another title")), 0);
    assert_eq!(trained(&short.replace("epochs = 1", "epochs = 1\nlr = 0.001")), 1);
    assert_eq!(trained(&short.replace("split_seed = 4", "split_seed = 5")), 1);
    assert_eq!(trained(&short), 0);
    let song = room.path().join("music/arkel/arkel.00000.wav");
    let mut bytes = fs::read(&song).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0);
    fs::write(&song, bytes).unwrap();
    assert_eq!(trained(&short), 1);
}

#[test]
fn a_cell_that_fails_leaves_its_reason_and_the_others_go_on() {
    let both = GRID.replace(r#"["short"]"#, r#"["wild", "short"]"#).replace("epochs = 2", "epochs = 1");
    let room = room(&format!("{both}\n[recipe.wild]\nbase = \"quick\"\nlr = 1e30\n"));
    let (grid, count, out) = (read(room.path()), Count::default(), room.path().join("results"));
    // Cells 1 and 4: a wild one and a sound one.
    let run = GridRun::new(&grid, &out).with_shard(Shard::new(1, 3).unwrap());
    let results = run.run(&count).unwrap();
    assert_eq!((count.counts(), results.missing.len()), ([1, 0, 1], 4));
    let reason = &results.failures[0].reason;
    assert!(reason.contains("loss") && reason.contains("rate"), "{reason}");
    results.write(&out).unwrap();
    let table = fs::read_to_string(out.join(GridResults::CELLS)).unwrap();
    assert!(table.contains("wild,kfold,1,3,1,,"), "{table}");
    let rows: Vec<_> =
        results.rows().unwrap().iter().map(|row| (row.done, row.failed, row.missing)).collect();
    assert_eq!(rows, [(0, 1, 2), (1, 0, 2)], "in the order of the recipes");
}

#[test]
fn a_protocol_that_a_dataset_cannot_follow_fails_its_own_cells_only() {
    let grid = GRID.replace("epochs = 2", "epochs = 1").replace("runs = 3", "runs = 31");
    let room = room(&grid.replace(r#"["kfold"]"#, r#"["kfold", "official"]"#));
    let (grid, count, out) = (read(room.path()), Count::default(), room.path().join("results"));
    let results = GridRun::new(&grid, &out).with_jobs(2).run(&count).unwrap();
    assert_eq!((count.counts(), results.cells.len()), ([1, 0, 31], 1));
    let runs: Vec<usize> = results.failures.iter().map(|failure| failure.cell.run).collect();
    assert_eq!(
        runs,
        (0..31).collect::<Vec<_>>(),
        "in the order of the cells, however many are trained at once"
    );
    assert!(results.failures[0].reason.contains("31 folds"), "{}", results.failures[0].reason);
    let rows: Vec<_> = results.rows().unwrap().iter().map(|row| (row.done, row.failed)).collect();
    assert_eq!(rows, [(0, 31), (1, 0)]);
    assert_eq!(GridRun::new(&grid, &out).results(&()).unwrap(), results);
}

#[test]
fn a_result_that_is_not_that_of_its_cell_is_told_and_leaves_the_others_alone() {
    let room = room(&GRID.replace("epochs = 2", "epochs = 1"));
    let (grid, out) = (read(room.path()), room.path().join("results"));
    let run = GridRun::new(&grid, &out);
    let whole = run.run(&()).unwrap();
    let files: Vec<_> = cells(&out).iter().map(|cell| cell.join(CellResult::FILE)).collect();
    let (first, second) = (fs::read_to_string(&files[0]).unwrap(), fs::read_to_string(&files[1]).unwrap());
    for (changed, told) in [
        ("{".into(), "EOF"),
        (second, "kfold 2/3"),
        (first.replace("\"genre\": 0", "\"genre\": 10"), "does not fit the 10 labels"),
        (first.replace("\"key\": \"", "\"key\": \"0"), "with the key 0"),
    ] {
        fs::write(&files[0], &changed).unwrap();
        let count = Count::default();
        let results = run.run(&count).unwrap();
        assert_eq!((count.counts(), results.cells.len()), ([0, 2, 1], 2));
        let reason = &results.failures[0].reason;
        assert!(reason.contains(told) && reason.contains("delete the file"), "{told}: {reason}");
        results.write(&out).unwrap();
    }
    fs::remove_file(&files[0]).unwrap();
    assert_eq!(run.run(&()).unwrap(), whole);
}

#[test]
fn groups_that_become_known_later_are_those_of_finished_results_too() {
    let room = room(&GRID.replace("epochs = 2", "epochs = 1"));
    let out = room.path().join("results");
    let before = GridRun::new(&read(room.path()), &out).run(&()).unwrap();
    assert!(before.cells.iter().all(|result| result.crossing_groups == 0));
    // A group holds all tracks of a style; each fold has one of them.
    let ids = before.cells.iter().flat_map(|result| &result.tested).map(|track| track.id.clone());
    let rows: String = ids.map(|id| format!("{id},{}\n", &id[..5])).collect();
    fs::write(room.path().join("groups.csv"), format!("id,group\n{rows}")).unwrap();
    let grouped =
        GRID.replace("epochs = 2", "epochs = 1").replace("root =", "groups = \"groups.csv\"\nroot =");
    fs::write(room.path().join("grid.toml"), grouped).unwrap();
    let (grid, count) = (read(room.path()), Count::default());
    let known = GridRun::new(&grid, &out).run(&count).unwrap();
    assert_eq!(count.counts(), [0, 3, 0], "groups do not change a fold of `kfold`");
    assert!(known.cells.iter().all(|result| result.crossing_groups == 10));
    let fresh = GridRun::new(&grid, room.path().join("fresh")).run(&()).unwrap();
    assert_eq!(known, fresh);
}

#[test]
fn a_grid_that_was_changed_after_it_was_read_is_checked_again() {
    let room = room(GRID);
    let told = |change: fn(&mut Grid)| {
        let mut grid = read(room.path());
        change(&mut grid);
        let run =
            GridRun::new(&grid, room.path().join("results")).run(&()).map(drop).unwrap_err().to_string();
        assert_eq!(run, grid.costs().unwrap_err().to_string());
        run
    };
    assert!(told(|grid| grid.protocols.push(grid.protocols[0])).contains("the protocol `kfold` twice"));
    assert!(told(|grid| grid.runs = 0).contains("nothing under `runs`"));
    assert!(told(|grid| grid.runs = usize::MAX / 2).contains("more than 1000000 experiments"));
    assert!(!room.path().join("results").exists());
}

#[test]
fn the_cost_of_numbers_beyond_all_measure_is_no_panic_and_a_batch_holds_no_more_than_the_training_tracks() {
    let most = "9223372036854775807";
    let room = room(&GRID.replace("epochs = 2", &format!("epochs = {most}\nbatch_size = {most}")));
    let costs = read(room.path()).costs().unwrap();
    for cost in costs {
        assert_eq!((cost.tracks, cost.steps), ([10, 10, 10], i64::MAX as usize), "a step for each epoch");
        assert!(cost.time > std::time::Duration::from_secs(1 << 40));
    }
}

#[test]
fn a_part_of_a_dataset_is_another_cell_with_features_of_its_own() {
    let room = room(&GRID.replace("runs = 3", "runs = 2").replace("[\"kfold\"]", "[\"published\"]"));
    let out = room.path().join("results");
    let mut grid = read(room.path());
    grid.recipes[0].recipe.train.epochs = 1;
    let of_all = GridRun::new(&grid, &out).run(&()).unwrap();
    grid.datasets[0].tracks_per_genre = NonZeroUsize::new(2);
    let of_part = GridRun::new(&grid, &out).run(&()).unwrap();
    let tracks = |results: &GridResults| results.cells[0].tracks.iter().sum::<usize>();
    assert_eq!((tracks(&of_all), tracks(&of_part)), (30, 20));
    assert_ne!(of_all.cells[0].key, of_part.cells[0].key);
    grid.datasets[0].tracks_per_genre = None;
    assert_eq!(GridRun::new(&grid, &out).results(&()).unwrap(), of_all);
    let mut stores: Vec<_> =
        fs::read_dir(out.join("features")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    stores.sort();
    assert_eq!(stores, ["synthetic", "synthetic-2-per-genre"]);
}

#[test]
fn a_quick_grid_of_the_paper_says_so_in_its_heading_and_takes_few_tracks() {
    let room = room(GRID);
    let dataset = read(room.path()).datasets.remove(0);
    let quick = PaperItem::Table3.grid(dataset.clone(), true).unwrap();
    assert_eq!(
        quick.title,
        "Quick trial of the networks of Table III of Heakl et al. (2022) on synthetic, at most 12 tracks of each genre"
    );
    assert_eq!((quick.cells().len(), quick.recipes[0].recipe.train.epochs), (15 * 6, 2));
    let own = GridDataset { tracks_per_genre: NonZeroUsize::new(2), ..dataset.clone() };
    assert!(PaperItem::Table3.grid(own, true).unwrap().title.ends_with("at most 2 tracks of each genre"));
    let whole = PaperItem::Table3.grid(dataset, false).unwrap();
    assert_eq!(whole.title, "The networks of Table III of Heakl et al. (2022) on synthetic");
    assert_eq!(whole.datasets[0].tracks_per_genre, None);
}

#[test]
fn the_cost_of_a_cell_is_known_before_it_is_trained() {
    let room = room(GRID);
    let costs = read(room.path()).costs().unwrap();
    assert_eq!(costs.len(), 3);
    for cost in costs {
        // Ten tracks in each of three folds: two batches of at most eight an epoch.
        assert_eq!((cost.tracks, cost.steps), ([10, 10, 10], 4));
        assert!(cost.time > cost.step * 4);
        assert_eq!(cost.memory.parameters, 46_058 * 5 * 4, "values, gradients, two moments, the best");
        assert_eq!(cost.memory.features, 30 * 108 * 128 * 4);
        assert_eq!(cost.memory.own(), cost.memory.step + cost.memory.parameters);
        assert!((20_000_000..200_000_000).contains(&cost.memory.step), "{}", cost.memory.step);
    }
}

#[test]
fn a_mistake_in_a_file_is_named_with_its_line() {
    let room = tempfile::tempdir().unwrap();
    for (from, to, told) in [
        ("blocks1", "block1", "line 3"),
        ("blocks1", "block1", "did you mean `blocks1`?"),
        ("kfold", "k-fold", "did you mean `kfold`?"),
        ("runs = 3", "runs = \"many\"", "line 6"),
        ("runs", "folds", "unknown field `folds`"),
        (r#"base = "quick""#, r#"base = "quik""#, "did you mean `quick`?"),
        (r#"["short"]"#, r#"["shrt"]"#, "unknown recipe `shrt`"),
        (r#"["blocks1"]"#, "[]", "nothing under `variants`"),
        (r#"["blocks1"]"#, r#"["blocks1", "blocks1"]"#, "the variant `blocks1` twice"),
        (r#"kind = "synthetic""#, "kind = \"synthetic\"\nname = \"../out\"", "dataset name `../out`"),
        ("[[dataset]]", "[[datasets]]", "unknown field `datasets`"),
        (r#"kind = "synthetic""#, "kind = \"synthetic\"\ntracks_per_genre = 0", "line 10"),
        (r#"kind = "synthetic""#, "kind = \"synthetic\"\nchunk_hop = 0", "line 10"),
        (
            r#"kind = "synthetic""#,
            "kind = \"synthetic\"\nchunk_hop = -2.5",
            "-2.5, expected a number above 0",
        ),
        ("epochs = 2", "clip_norm = inf", "line 15"),
        ("epochs = 2", "clip_norm = 0.0", "0, expected a number above 0"),
        ("epochs = 2", "class_weights = \"balance\"", "line 15"),
        ("epochs = 2", "class_weights = \"balance\"", "none or balanced"),
    ] {
        assert!(GRID.contains(from), "{from}");
        fs::write(room.path().join("grid.toml"), GRID.replacen(from, to, 1)).unwrap();
        let error = Grid::read(room.path().join("grid.toml")).unwrap_err().to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
    let error = Grid::read(room.path().join("absent.toml")).unwrap_err().to_string();
    assert!(error.contains("absent.toml"), "{error}");
}
