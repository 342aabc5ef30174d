//! The published file: damage is found, whatever it is, and finished rows need no audio.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mgc_datasets::{Dataset, Error, FeatureStore, Info, Result, Shard, Source, Track};
use ndarray::Array2;
use proptest::prelude::*;
use support::store::{build, build_with, bytes, chunks, mel, published};
use support::track;

/// Finished spectrograms of 8 frames and 8 bands, each full of its number.
struct Numbers(Vec<Track>);

impl Numbers {
    fn new(count: usize) -> Self {
        Self((0..count).map(|index| track(index, None, None)).collect())
    }
}

impl Dataset for Numbers {
    fn info(&self) -> &Info {
        &Info {
            name: "numbers",
            about: "",
            layout: "",
            genres: &[],
            clip_seconds: None,
            citation: "",
            licence: "",
            homepage: "",
            notes: "",
        }
    }

    fn genres(&self) -> &[String] {
        &[]
    }

    fn tracks(&self) -> &[Track] {
        &self.0
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        if row == 3 {
            return Err(Error::RowOutOfRange { row, rows: 3 });
        }
        Ok(Array2::from_elem((8, 8), row as f32))
    }
}

#[test]
fn finished_rows_go_in_as_they_are() {
    let root = tempfile::tempdir().unwrap();
    let (store, _) = build(&Numbers::new(5), root.path());
    assert_eq!((store.rows(), store.shape(), store.skipped().len()), (4, (8, 8), 1));
    assert_eq!(store.row(3).unwrap(), Array2::from_elem((8, 8), 4.0));
    assert_eq!(store.skipped()[0].id, "track 3");
    let whole = bytes(root.path());
    assert_eq!(build(&Numbers::new(5), root.path()).1.reused, 4);
    assert_eq!(bytes(root.path()), whole);
}

#[test]
fn finished_rows_are_not_cut_into_chunks() {
    let root = tempfile::tempdir().unwrap();
    let (store, _) = build_with(&Numbers::new(2), &chunks().0, root.path());
    assert_eq!((store.rows(), store.skipped().len()), (0, 2));
    assert!(store.skipped()[1].reason.contains("cannot be cut"), "{:?}", store.skipped());
}

/// What opening may take: the figure asked of a store of full size, whose rows are not read either.
const OPEN: Duration = Duration::from_secs(1);

#[test]
fn a_hundred_thousand_rows_open_within_a_second() {
    let root = tempfile::tempdir().unwrap();
    build(&Numbers::new(100_001), root.path());
    let start = Instant::now();
    let store = FeatureStore::open(root.path()).unwrap();
    let took = start.elapsed();
    assert_eq!((store.rows(), store.row(99_999).unwrap()[(7, 7)]), (100_000, 100_000.0));
    assert!(took < OPEN, "{took:?}");
}

#[test]
fn a_track_that_is_no_regular_file_is_skipped() {
    let root = tempfile::tempdir().unwrap();
    let mut folder = Numbers::new(2);
    folder.0[0].source = Source::Audio(root.path().into());
    let (store, progress) = build(&folder, &root.path().join("store"));
    assert_eq!((store.rows(), progress.skipped), (1, 1));
    assert!(store.skipped()[0].reason.contains("not a regular file"), "{:?}", store.skipped());
}

#[test]
fn a_store_that_was_never_built_is_refused_with_its_path() {
    let root = tempfile::tempdir().unwrap();
    let message = FeatureStore::open(root.path()).unwrap_err().to_string();
    assert!(message.contains("features.bin"), "{message}");
}

/// A small published file, and a place to put damaged ones.
fn file() -> (tempfile::TempDir, Vec<u8>) {
    let root = tempfile::tempdir().unwrap();
    build(&Numbers::new(5), root.path());
    let whole = bytes(root.path());
    (root, whole)
}

/// Not over the mapped one: what is mapped must not change.
fn put_published(root: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let folder = root.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(published(&folder), bytes).unwrap();
    folder
}

#[test]
fn a_file_of_another_format_or_of_something_else_says_so() {
    let (root, mut whole) = file();
    let message = |bytes: &[u8], name| {
        FeatureStore::open(put_published(root.path(), name, bytes)).unwrap_err().to_string()
    };
    assert!(message(&[7; 100], "other").contains("file of another program"));
    whole[8] ^= 2;
    assert!(message(&whole, "format").contains("format 0, expected format 2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_file_cut_anywhere_is_refused(at in 0.0..1.0_f64) {
        let (root, whole) = file();
        let cut = (whole.len() as f64 * at) as usize;
        let folder = put_published(root.path(), "cut", &whole[..cut]);
        prop_assert!(matches!(FeatureStore::open(folder), Err(Error::Store { .. } | Error::Io { .. })), "{cut} bytes");
    }

    #[test]
    fn a_changed_bit_is_found_by_opening_or_verifying(at in 0.0..1.0_f64, bit in 0..8_u32) {
        let (root, mut whole) = file();
        let place = (whole.len() as f64 * at) as usize;
        whole[place] ^= 1_u8 << bit;
        let store = FeatureStore::open(put_published(root.path(), "damaged", &whole));
        prop_assert!(store.and_then(|store| store.verify()).is_err(), "byte {place}");
    }

    #[test]
    fn any_numbers_in_the_header_are_refused(numbers in prop::array::uniform4(any::<u64>())) {
        let (root, mut whole) = file();
        for (place, number) in whole[16..48].chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_ne_bytes());
        }
        let store = FeatureStore::open(put_published(root.path(), "header", &whole));
        let refused = matches!(store, Err(Error::Store { .. }));
        prop_assert!(refused, "{numbers:?}");
    }
}

#[test]
fn a_damaged_file_is_replaced_by_the_next_build() {
    let (root, whole) = file();
    for (name, bytes) in [("cut", &whole[..whole.len() / 2]), ("short", &whole[..5]), ("empty", &[])] {
        let folder = put_published(root.path(), name, bytes);
        build(&Numbers::new(5), &folder).0.verify().unwrap();
        assert_eq!(support::store::bytes(&folder), whole);
    }
}

/// Finished spectrograms that may not be asked for.
struct Untouchable(Numbers);

impl Dataset for Untouchable {
    fn info(&self) -> &Info {
        self.0.info()
    }

    fn genres(&self) -> &[String] {
        &[]
    }

    fn tracks(&self) -> &[Track] {
        self.0.tracks()
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        panic!("row {row} was asked for")
    }
}

#[test]
fn what_no_build_has_written_is_refused_before_the_work_and_stays() {
    let root = tempfile::tempdir().unwrap();
    let (music, folder) = (Untouchable(Numbers::new(5)), |name: &str| root.path().join(name));
    fs::create_dir_all(published(&folder("folder"))).unwrap();
    put_published(root.path(), "zip", b"PK\x03\x04 of another program");
    put_published(root.path(), "note", b"mine");
    let shard = Shard::new(1, 2).unwrap();
    for (name, kind) in [("zip", r"`PK\x03\x04 of `"), ("note", "`mine`"), ("folder", "found a folder")] {
        let (at, mel) = (folder(name), mel());
        let results = [
            FeatureStore::build(&music, 0..5, &mel, &at, |_| ()).map(|_| ()),
            FeatureStore::build_shard(&music, 0..5, &mel, &at, shard, |_| ()).map(|_| ()),
            FeatureStore::merge([root.path()], &at).map(|_| ()),
            FeatureStore::open(&at).map(|_| ()),
        ];
        for error in results.map(Result::unwrap_err) {
            assert!(matches!(&error, Error::Foreign { path, .. } if *path == published(&at)), "{error}");
            let told = error.to_string();
            assert!(told.contains(kind) && told.contains("choose another folder, or delete it"), "{told}");
        }
        assert_eq!(fs::read_dir(&at).unwrap().count(), 1, "{name}: nothing else is written");
    }
    assert_eq!(bytes(&folder("zip")), b"PK\x03\x04 of another program");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_the_published_file_is_refused_and_not_waited_for() {
    let root = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo").arg(published(root.path())).status();
    if !made.is_ok_and(|status| status.success()) {
        return eprintln!("skipped: no pipe can be made");
    }
    let error = FeatureStore::open(root.path()).unwrap_err();
    assert!(matches!(&error, Error::Foreign { .. }), "{error}");
}

/// Finished spectrograms, at the first of which another program writes its file.
struct Raced(Numbers, PathBuf);

impl Dataset for Raced {
    fn info(&self) -> &Info {
        self.0.info()
    }

    fn genres(&self) -> &[String] {
        &[]
    }

    fn tracks(&self) -> &[Track] {
        self.0.tracks()
    }

    fn spectrogram(&self, row: usize) -> Result<Array2<f32>> {
        fs::write(published(&self.1), "of another program").unwrap();
        self.0.spectrogram(row)
    }
}

#[test]
fn a_file_that_another_program_writes_during_the_build_stays() {
    let root = tempfile::tempdir().unwrap();
    let music = Raced(Numbers::new(3), root.path().into());
    let error = FeatureStore::build(&music, 0..3, &mel(), root.path(), |_| ()).unwrap_err();
    assert!(matches!(&error, Error::Foreign { .. }), "{error}");
    assert_eq!(bytes(root.path()), b"of another program");
}

#[test]
fn a_row_that_could_be_of_two_tracks_is_named() {
    let root = tempfile::tempdir().unwrap();
    let mut numbers = Numbers::new(3);
    let store = build(&numbers, root.path()).0;
    assert_eq!(store.kept(&numbers).unwrap(), [0, 1, 2]);
    numbers.0.push(track(1, None, None));
    let message = store.kept(&numbers).unwrap_err().to_string();
    assert!(message.contains("`track 1`") && message.contains("2 tracks"), "{message}");
}
