//! Grids of experiments: reported, interrupted by Ctrl-C, gone on with.

use crate::programs::{GRID, Ran, Room};
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than an epoch over ten notes takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn a_grid_that_is_interrupted_says_so_and_the_same_command_ends_it() {
    let room = Room::new();
    let run =
        room.command("grid grid.toml --out results").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let run = run.unwrap();
    let started = Instant::now();
    let has_state = || {
        let cells = fs::read_dir(room.at("results/cells")).into_iter().flatten();
        cells.flatten().any(|cell| cell.path().join("log.csv").exists())
    };
    while !has_state() {
        assert!(started.elapsed() < PATIENCE, "nothing was trained");
        std::thread::sleep(Duration::from_millis(20));
    }
    Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap();
    let stopped = Ran::new(&run.wait_with_output().unwrap());
    assert_eq!(stopped.code, Some(1), "{stopped:?}");
    assert!(stopped.err.contains("the same command goes on from the last finished epoch"), "{stopped:?}");
    assert!(!room.at("results/report.html").exists());

    let ended = room.run("grid grid.toml --out results");
    ended.succeeded();
    assert!(ended.out.contains("report.html") && ended.out.contains("kfold"), "{ended:?}");
    let names = room.names("results");
    for file in ["cells.csv", "report.html", "report.json", "report.md", "table.csv", "times.csv"] {
        assert!(names.contains(&file.to_owned()), "{names:?}");
    }
    let again = room.run("grid grid.toml --out results");
    assert_eq!((again.out.matches("was there").count(), again.out.matches(", trained,").count()), (3, 0));
    let report = room.read("results/report.html");
    room.run("grid grid.toml --out results --timed").succeeded();
    let timed = String::from_utf8(room.read("results/report.html")).unwrap();
    assert!(timed.contains("Measured time of the experiments"), "{timed}");
    room.run("grid grid.toml --out results").succeeded();
    assert_eq!(room.read("results/report.html"), report, "the time is told on demand alone");
}

#[test]
fn the_file_of_a_grid_is_not_overwritten_and_a_mistake_in_it_is_shown() {
    let room = Room::new();
    fs::write(room.at("table.csv"), GRID).unwrap();
    room.run("grid table.csv --out .").refused("would overwrite the input");
    assert_eq!(room.read("table.csv"), GRID.as_bytes());
    fs::write(room.at("wrong.toml"), GRID.replace("blocks1", "block1")).unwrap();
    room.run("grid wrong.toml --list").refused("did you mean `blocks1`?");
    let listed = room.run("grid grid.toml --list");
    assert_eq!(listed.out.lines().count(), 3, "{listed:?}");
    let costs = room.run("grid grid.toml --dry-run --jobs 2");
    assert!(
        costs.out.contains("of memory (estimated)") && costs.out.contains("mapped from the disk"),
        "{costs:?}"
    );
    let listed = room.run("reproduce --table 3 --dataset folder --root music --list --quick");
    assert_eq!(listed.out.lines().count(), 15 * 6, "{listed:?}");
    room.run("reproduce --table 4 --dataset folder --root music").refused("tables 2 and 3");
}
