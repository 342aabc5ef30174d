//! NumPy archives, good and bad; the fixtures are written by `fixtures/make_arrays.py`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;

use mgc_datasets::{Arrays, Dataset, Error, Source, Split};
use proptest::prelude::*;
use support::{fixture, put};

/// Row 1 of every fixture before scaling: its numbers count up from 6.
const ROW_ONE: [f32; 6] = [6.0, 7.0, 8.0, 9.0, 10.0, 11.0];

fn open(name: &str) -> Arrays {
    Arrays::open(fixture(name)).unwrap()
}

fn row(arrays: &Arrays, row: usize) -> Vec<f32> {
    let spectrogram = arrays.spectrogram(row).unwrap();
    assert_eq!(spectrogram.dim(), (3, 2));
    spectrogram.iter().copied().collect()
}

fn genres(arrays: &Arrays) -> Vec<Option<usize>> {
    arrays.tracks().iter().map(|track| track.genre).collect()
}

#[test]
fn f32_with_genre_names_ids_and_sides() {
    let arrays = open("f32_genre_ids_split.npz");
    assert_eq!(row(&arrays, 1), ROW_ONE);
    assert_eq!(arrays.genres(), ["fadó", "polka"]);
    assert_eq!(genres(&arrays), [Some(1), Some(0), Some(1), None]);
    let track = &arrays.tracks()[2];
    assert_eq!((track.id.as_str(), track.split, &track.source), ("c", Some(Split::Test), &Source::Row(2)));
    assert_eq!(arrays.tracks()[3].split, None);
}

#[test]
fn u8_becomes_decibels_by_scale_and_offset() {
    let arrays = open("u8_scaled_compressed.npz");
    assert_eq!(row(&arrays, 1), ROW_ONE.map(|value| value * 0.5 - 80.0));
    assert_eq!(arrays.genres(), [""; 0]);
    assert_eq!(genres(&arrays), [None; 4]);
    assert_eq!(arrays.tracks()[3].id, "row-00003");
}

#[test]
fn f16_with_integer_labels() {
    let arrays = open("f16_integer_labels.npz");
    assert_eq!(row(&arrays, 1), ROW_ONE);
    assert_eq!(arrays.genres(), ["0", "1", "2"]);
    assert_eq!(genres(&arrays), [Some(2), Some(0), Some(1), Some(2)]);
}

#[test]
fn f64_and_strings_in_big_endian() {
    let arrays = open("f64_big_endian_unlabelled.npz");
    assert_eq!(row(&arrays, 1), ROW_ONE);
    assert_eq!(arrays.tracks()[3].id, "d");
}

#[test]
fn the_notebooks_pair_with_its_channel_axis_and_one_hot_labels() {
    let arrays = open("notebook_pair");
    assert_eq!(row(&arrays, 1), ROW_ONE);
    assert_eq!(genres(&arrays), [Some(1), Some(0), Some(2), Some(1)]);
}

#[test]
fn a_folder_with_one_archive_opens_as_the_archive() {
    let root = tempfile::tempdir().unwrap();
    fs::copy(fixture("f16_integer_labels.npz"), root.path().join("mels.npz")).unwrap();
    assert_eq!(Arrays::open(root.path()).unwrap().tracks().len(), 4);
    fs::copy(fixture("f16_integer_labels.npz"), root.path().join("more.npz")).unwrap();
    let error = Arrays::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("2 .npz files"), "{error}");
}

#[test]
fn a_row_past_the_last_is_a_typed_error() {
    for beyond in [4, usize::MAX] {
        let error = open("notebook_pair").spectrogram(beyond).unwrap_err();
        assert!(matches!(error, Error::RowOutOfRange { rows: 4, .. }), "{error}");
    }
}

#[test]
fn each_bad_array_is_named_with_what_was_found_and_what_was_expected() {
    for (name, array, found, expected) in [
        ("bad_no_x", "x", "only spectrograms", "(tracks, frames, bands)"),
        ("bad_rank_two", "x", "shape [3, 2]", "(tracks, frames, bands)"),
        ("bad_empty", "x", "shape [0, 3, 2]", "none of them 0"),
        ("bad_nan", "x", "row 1, frame 1, band 1", "finite"),
        ("bad_fortran_order", "x", "Fortran order", "np.ascontiguousarray"),
        ("bad_complex", "x", "type c8", "f4"),
        ("bad_integers", "x", "integers", "f32, f16 or u8"),
        ("bad_u8_without_scale", "x", "u8 alone", "`scale` and `offset`"),
        ("bad_genre_length", "genre", "shape [2]", "(4,)"),
        ("bad_objects", "genre", "Python objects", "dtype=str"),
        ("bad_negative_label", "y", "class -1", "classes 0 to"),
        ("bad_fractional_label", "y", "0.5", "whole numbers"),
        ("bad_two_hot", "y", "2 ones and 0 zeros among the 2 numbers of row 2", "one 1 among zeros"),
        ("bad_same_id", "ids", "`a` twice", "different id"),
        ("bad_split_name", "split", "`eval`", "train, valid, test"),
        ("bad_bzip2", "x", "packed with bzip2", "numpy.savez_compressed"),
        ("bad_lzma", "x", "packed with LZMA", "numpy.savez_compressed"),
    ] {
        let error = Arrays::open(fixture(&format!("{name}.npz"))).unwrap_err();
        let Error::Array { array: at, found: saw, expected: wanted, .. } = &error else {
            panic!("{name}: {error}");
        };
        assert_eq!(at, array, "{error}");
        assert!(saw.contains(found), "{error}");
        assert!(wanted.contains(expected), "{error}");
    }
}

#[test]
fn what_is_no_archive_is_a_layout_error() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "text.npz", b"hello");
    for below in ["", "text.npz", "absent.npz"] {
        let error = Arrays::open(root.path().join(below)).unwrap_err();
        assert!(matches!(error, Error::Layout { .. }), "{error}");
    }
}

#[test]
fn every_truncation_of_an_archive_is_a_typed_error() {
    let whole = fs::read(fixture("u8_scaled_compressed.npz")).unwrap();
    let root = tempfile::tempdir().unwrap();
    for length in 0..whole.len() {
        put(root.path(), "cut.npz", &whole[..length]);
        assert!(Arrays::open(root.path().join("cut.npz")).is_err(), "{length} bytes");
    }
}

#[test]
fn a_file_shorter_than_its_shape_says_is_a_typed_error() {
    let whole = fs::read(fixture("notebook_pair/melspec_feature_2048.npy")).unwrap();
    let error = pair_of(&whole[..whole.len() - 1]).unwrap_err();
    assert!(error.to_string().contains("cut short"), "{error}");
}

fn pair_of(x: &[u8]) -> Result<Arrays, Error> {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "melspec_feature_2048.npy", x);
    Arrays::open(root.path())
}

fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn shapes_beyond_all_memory_are_typed_errors() {
    for shape in
        ["4294967296, 4294967296, 4294967296", "9223372036854775807, 2, 0", "1, 1, 1152921504606846976"]
    {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}");
        assert!(pair_of(&npy(&header, &[0; 64])).is_err(), "{shape}");
    }
}

#[test]
fn strings_without_length_and_headers_without_end_are_typed_errors() {
    assert!(pair_of(&npy("{'descr': '<U0', 'fortran_order': False, 'shape': (9,), }", &[])).is_err());
    assert!(pair_of(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{").is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        descr in "[<>|=]?[a-zU]{0,2}[0-9]{0,20}", shape in "[0-9, ()L-]{0,40}", data: Vec<u8>, noise: Vec<u8>,
    ) {
        let _ = pair_of(&npy(&format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}"), &data));
        let _ = pair_of(&npy(&String::from_utf8_lossy(&noise), &data));
        let _ = pair_of(&noise);
    }
}

#[test]
fn labels_lose_the_spaces_around_them_and_sides_go_by_any_of_their_names() {
    let arrays = open("names_by_other_hands.npz");
    assert_eq!(arrays.genres(), ["jazz", "rock"]);
    assert_eq!(genres(&arrays), [Some(1), Some(1), Some(1), Some(0)]);
    let sides: Vec<_> = arrays.tracks().iter().map(|track| track.split).collect();
    assert_eq!(sides, [Split::Train, Split::Valid, Split::Valid, Split::Test].map(Some));
}
