//! Processes that are killed, and processes that work at the same time, leave the same bytes.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use mgc_audio::FrontEnd;
use mgc_datasets::{Dataset, FeatureStore, Folder};
use support::store::{build, build_with, bytes, chunks, mel, published, records, tones};

const TRACKS: usize = 40;
const KILLS: usize = 20;
/// Slows the child down so that a kill falls into its work.
const PAUSE: Duration = Duration::from_millis(4);

/// Builds a store in another process: this test program again, asked for `the_child` alone.
fn child(music: &Path, folder: &Path) -> Child {
    child_of("the_child", music, folder)
}

fn child_of(name: &str, music: &Path, folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .envs([("MGC_TEST_MUSIC", music), ("MGC_TEST_STORE", folder)])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "run in a process of its own by the other tests"]
fn the_child() {
    work(&mel());
}

#[test]
#[ignore = "run in a process of its own by the other tests"]
fn the_child_that_cuts() {
    work(&chunks().0);
}

fn work(front_end: &FrontEnd) {
    let named = ["MGC_TEST_MUSIC", "MGC_TEST_STORE"].map(env::var_os);
    let [Some(music), Some(folder)] = named else { return };
    let music = Folder::open(music).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let all = 0..music.tracks().len();
    let tell = |progress: &mgc_datasets::Progress| {
        println!("\ndone {}", progress.done);
        thread::sleep(PAUSE);
    };
    pool.install(|| FeatureStore::build(&music, all, front_end, folder, tell)).unwrap();
}

/// Kills a child (SIGKILL) when it has told of so many tracks.
fn kill_at(tracks: usize, mut child: Child) {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // By reference: with the pipe closed, the child would not be killed but fail to tell.
    let told = lines.by_ref().filter(|line| line.starts_with("done")).take(tracks).count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(told, tracks, "the child ended early");
}

#[test]
fn a_build_that_is_killed_at_any_point_goes_on_from_there_to_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("music");
    let music = tones(&at, TRACKS);
    build(&music, &root.path().join("whole"));
    let whole = bytes(&root.path().join("whole"));
    let mut partial = 0;
    for kill in 0..KILLS {
        let tracks = TRACKS * (5 + 90 * kill / (KILLS - 1)) / 100; // 5 to 95 %
        let folder = root.path().join(format!("killed at {tracks}, {kill}"));
        kill_at(tracks, child(&at, &folder));
        let there = records(&folder).len();
        assert!(there >= tracks, "{there} rows on the disk after {tracks} were told of");
        partial += usize::from(there < TRACKS && !published(&folder).exists());
        let (_, progress) = build(&music, &folder);
        assert_eq!((progress.computed, progress.reused), (TRACKS - there, there));
        assert_eq!(bytes(&folder), whole, "killed at {tracks}");
    }
    assert!(partial >= KILLS / 2, "only {partial} kills left partial output");
}

#[test]
fn a_build_that_is_killed_again_and_again_ends_with_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("music");
    let music = tones(&at, TRACKS);
    build(&music, &root.path().join("whole"));
    let folder = root.path().join("killed");
    for _ in 0..5 {
        kill_at(3, child(&at, &folder));
    }
    build(&music, &folder);
    assert_eq!(bytes(&folder), bytes(&root.path().join("whole")));
}

#[test]
fn chunks_too_survive_kills_and_processes_at_once() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("music");
    let music = tones(&at, TRACKS);
    let (plan, _) = chunks();
    assert_eq!(build_with(&music, &plan, &root.path().join("whole")).0.rows(), 4 * TRACKS);
    let folder = root.path().join("shared");
    for _ in 0..4 {
        kill_at(3, child_of("the_child_that_cuts", &at, &folder));
    }
    let children = [(); 2].map(|()| child_of("the_child_that_cuts", &at, &folder));
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(bytes(&folder), bytes(&root.path().join("whole")));
    assert_eq!(build_with(&music, &plan, &folder).1.reused, TRACKS);
}

#[test]
fn processes_at_work_at_once_leave_the_same_bytes() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("music");
    let music = tones(&at, TRACKS);
    build(&music, &root.path().join("whole"));
    let folder = root.path().join("shared");
    let children = [(); 3].map(|()| child(&at, &folder));
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(bytes(&folder), bytes(&root.path().join("whole")));
    assert_eq!(build(&music, &folder).1.reused, TRACKS);
}
