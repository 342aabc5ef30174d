//! Features come in the order of the tracks, and bad files become rows of a report.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;
use std::sync::Mutex;

use mgc_audio::{FrontEnd, MelConfig};
use mgc_datasets::{Dataset, Folder, Gtzan, extract};
use support::{put, put_wav};

fn mel() -> FrontEnd {
    FrontEnd::new(MelConfig::quick()).unwrap()
}

#[test]
fn a_truncated_file_is_skipped_with_its_reason_and_the_rest_is_kept() {
    let root = tempfile::tempdir().unwrap();
    put_wav(root.path(), "jazz/jazz.00000.wav", 220.0);
    put_wav(root.path(), "jazz/jazz.00054.wav", 220.0);
    put_wav(root.path(), "jazz/jazz.00099.wav", 440.0);
    let broken = root.path().join("jazz/jazz.00054.wav");
    let head = fs::read(&broken).unwrap()[..30].to_vec();
    put(root.path(), "jazz/jazz.00054.wav", &head);
    let features = extract(&Gtzan::open(root.path()).unwrap(), 0..3, &mel(), |_, _| ());
    assert_eq!(features.kept, [0, 2]);
    assert_eq!(features.spectrograms.len(), 2);
    let skipped = &features.skipped[0];
    assert_eq!((skipped.id.as_str(), skipped.path.as_ref()), ("jazz.00054", Some(&broken)));
    assert!(!skipped.reason.is_empty());
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let root = tempfile::tempdir().unwrap();
    for index in 0..8 {
        put_wav(
            root.path(),
            &format!("{}/{index}.wav", ["fado", "polka"][index % 2]),
            100.0 * (index + 1) as f32,
        );
    }
    let music = Folder::open(root.path()).unwrap();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| extract(&music, 0..music.tracks().len(), &mel(), |_, _| ()).spectrograms)
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn progress_counts_every_track_once() {
    let root = tempfile::tempdir().unwrap();
    put_wav(root.path(), "fado/a.wav", 220.0);
    put(root.path(), "polka/broken.mp3", b"no mp3");
    let seen = Mutex::new(Vec::new());
    extract(&Folder::open(root.path()).unwrap(), 0..2, &mel(), |done, of| {
        seen.lock().unwrap().push((done, of));
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 2), (2, 2)]);
}

#[test]
fn lengths_that_differ_are_skipped_when_the_front_end_keeps_them() {
    let root = tempfile::tempdir().unwrap();
    put_wav(root.path(), "fado/a.wav", 220.0);
    put_wav(root.path(), "polka/b.wav", 220.0);
    let longer = mgc_audio::Clip::new(vec![0.1; 44_100], 22_050);
    mgc_audio::write_wav(root.path().join("polka/b.wav"), &longer).unwrap();
    let any_length = FrontEnd::new(MelConfig { chunk_samples: None, ..MelConfig::quick() }).unwrap();
    let music = Folder::open(root.path()).unwrap();
    let features = extract(&music, 0..2, &any_length, |_, _| ());
    assert_eq!(features.kept, [0]);
    assert_eq!(features.skipped[0].id, music.tracks()[1].id);
    assert!(features.skipped[0].reason.contains("(44, 128)"), "{}", features.skipped[0].reason);
}

#[test]
fn tracks_come_in_the_order_asked_for_and_unknown_ones_are_reported() {
    let root = tempfile::tempdir().unwrap();
    for file in ["fado/a.wav", "fado/b.wav", "polka/c.wav"] {
        put_wav(root.path(), file, 220.0);
    }
    let features = extract(&Folder::open(root.path()).unwrap(), [2, 7, 0], &mel(), |_, _| ());
    assert_eq!(features.kept, [2, 0]);
    assert_eq!((features.skipped[0].id.as_str(), features.skipped.len()), ("track 7", 1));
}
