//! The embedded corpus: complete, resumable, and the same bytes wherever it is written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use mgc_datasets::{Dataset, Error, Folder, Source, Split, Synthetic, SyntheticConfig, official};
use support::put;

const TINY: SyntheticConfig = SyntheticConfig { seconds: 0.5, train: 2, valid: 1, test: 1, seed: 3 };

fn write(root: &Path, config: &SyntheticConfig) -> Synthetic {
    Synthetic::write(root, config, |_, _| ()).unwrap()
}

fn bytes(corpus: &Synthetic) -> Vec<Vec<u8>> {
    let read = |source: &Source| match source {
        Source::Audio(path) => fs::read(path).unwrap(),
        other => panic!("{other:?}"),
    };
    corpus.tracks().iter().map(|track| read(&track.source)).collect()
}

#[test]
fn the_default_is_440_tracks_of_110_250_samples() {
    let config = SyntheticConfig::default();
    assert_eq!(config.samples(), 110_250);
    assert_eq!(10 * (config.train + config.valid + config.test), 440);
}

#[test]
fn it_lies_on_the_disk_like_a_folder_of_genres() {
    let root = tempfile::tempdir().unwrap();
    let corpus = write(root.path(), &TINY);
    let folder = Folder::open(root.path()).unwrap();
    assert_eq!(folder.genres(), corpus.genres());
    assert_eq!(folder.counts(), [4; 10]);
    assert!(root.path().join("arkel/arkel.00000.wav").is_file());
    assert!(bytes(&corpus).iter().all(|file| file.len() == 44 + 2 * TINY.samples()));
}

#[test]
fn tracks_carry_their_side() {
    let root = tempfile::tempdir().unwrap();
    let corpus = write(root.path(), &TINY);
    let parts = official(corpus.tracks()).unwrap();
    assert_eq!([parts.train().len(), parts.valid().len(), parts.test().len()], [20, 10, 10]);
    assert_eq!(corpus.tracks()[3].split, Some(Split::Test));
}

#[test]
fn one_thread_and_four_write_the_same_bytes() {
    let with = |threads| {
        let root = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bytes(&write(root.path(), &TINY)))
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn all_tracks_differ_and_so_do_corpora_of_other_seeds() {
    let root = tempfile::tempdir().unwrap();
    let first = bytes(&write(&root.path().join("3"), &TINY));
    let other = bytes(&write(&root.path().join("4"), &SyntheticConfig { seed: 4, ..TINY }));
    let all: BTreeSet<_> = first.iter().chain(&other).collect();
    assert_eq!(all.len(), 80);
}

#[test]
fn more_training_tracks_leave_the_test_tracks_as_they_are() {
    let root = tempfile::tempdir().unwrap();
    let test_bytes = |corpus: &Synthetic| {
        let parts = official(corpus.tracks()).unwrap();
        let all = bytes(corpus);
        parts.test().iter().map(|&index| all[index].clone()).collect::<Vec<_>>()
    };
    let small = write(&root.path().join("small"), &TINY);
    let large = write(&root.path().join("large"), &SyntheticConfig { train: 3, ..TINY });
    assert_eq!(test_bytes(&small), test_bytes(&large));
}

#[test]
fn an_interrupted_corpus_is_completed_and_a_complete_one_left_alone() {
    let root = tempfile::tempdir().unwrap();
    let whole = bytes(&write(root.path(), &TINY));
    fs::remove_file(root.path().join("brindo/brindo.00001.wav")).unwrap();
    put(root.path(), "cavari/cavari.00002.wav", b"half a file");
    let untouched = root.path().join("arkel/arkel.00000.wav");
    let before = fs::metadata(&untouched).unwrap().modified().unwrap();
    assert_eq!(bytes(&Synthetic::open(root.path()).unwrap()), whole);
    assert_eq!(fs::metadata(&untouched).unwrap().modified().unwrap(), before);
}

#[test]
fn opening_keeps_the_configuration() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &TINY);
    assert_eq!(Synthetic::open(root.path()).unwrap().config(), &TINY);
}

#[test]
fn a_corpus_of_another_configuration_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &SyntheticConfig { train: 5, ..TINY });
    write(root.path(), &TINY);
    assert_eq!(Folder::open(root.path()).unwrap().counts(), [4; 10]);
}

#[test]
fn a_folder_of_other_things_is_refused_and_left_alone() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "precious.txt", b"mine");
    let error = Synthetic::open(root.path()).unwrap_err();
    assert!(matches!(error, Error::Layout { .. }), "{error}");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn a_spoiled_manifest_is_a_typed_error() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "synthetic.txt", b"mgc synthetic corpus\nversion = x\n");
    let error = Synthetic::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("manifest"), "{error}");
}

#[test]
fn impossible_configurations_are_typed_errors() {
    let root = tempfile::tempdir().unwrap();
    for config in [
        SyntheticConfig { seconds: 0.0, ..TINY },
        SyntheticConfig { seconds: f64::NAN, ..TINY },
        SyntheticConfig { train: 0, valid: 0, test: 0, ..TINY },
        SyntheticConfig { train: usize::MAX, ..TINY },
    ] {
        let error = Synthetic::write(root.path(), &config, |_, _| ()).unwrap_err();
        assert!(matches!(error, Error::Synthetic { .. }), "{error}");
    }
}

#[test]
fn progress_ends_at_the_number_of_tracks() {
    let root = tempfile::tempdir().unwrap();
    let most = AtomicUsize::new(0);
    Synthetic::write(root.path(), &TINY, |done, of| {
        assert_eq!(of, 40);
        most.fetch_max(done, Ordering::Relaxed);
    })
    .unwrap();
    assert_eq!(most.into_inner(), 40);
}
