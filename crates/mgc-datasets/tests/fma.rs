//! FMA: its table with all traps, its folders, and which subset is meant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;
use std::path::Path;

use mgc_datasets::{Dataset, Error, Fma, FmaSubset, Split};
use proptest::prelude::*;
use support::fma::{FIRST, table};
use support::{groups, ids, put};

fn put_table(root: &Path) {
    put(root, "fma_metadata/tracks.csv", table(&FIRST).as_bytes());
}

fn put_clips(folder: &Path, tracks: &[u32]) {
    for track in tracks {
        put(folder, &format!("{:03}/{track:06}.mp3", track / 1000), b"");
    }
}

#[test]
fn tracks_have_the_genre_the_artist_and_the_side_of_the_table() {
    let root = tempfile::tempdir().unwrap();
    put_table(root.path());
    put_clips(&root.path().join("fma_large"), &[2, 3, 5, 10, 20]);
    let fma = Fma::open(root.path()).unwrap();
    assert_eq!(fma.subset(), FmaSubset::Large);
    assert_eq!(ids(&fma), ["000002", "000003", "000005", "000010", "000020"]);
    assert_eq!(groups(&fma), ["1", "1", "1", "6", "4"].map(Some));
    let genres: Vec<_> =
        fma.tracks().iter().map(|track| track.genre.map(|index| fma.genres()[index].as_str())).collect();
    assert_eq!(genres, [Some("Hip-Hop"), Some("Hip-Hop"), Some("Hip-Hop"), Some("Pop"), None]);
    let sides: Vec<_> = fma.tracks().iter().filter_map(|track| track.split).collect();
    assert_eq!(sides, [Split::Train, Split::Train, Split::Train, Split::Valid, Split::Test]);
}

#[test]
fn each_subset_holds_the_ones_before_it() {
    for (folder, subset, tracks, genres) in [
        ("fma_small", FmaSubset::Small, 3, 8),
        ("fma_medium", FmaSubset::Medium, 4, 16),
        ("fma_large", FmaSubset::Large, 5, 16),
    ] {
        let root = tempfile::tempdir().unwrap();
        put_table(root.path());
        put_clips(&root.path().join(folder), &[2, 3, 5, 10, 20]);
        for at in [root.path().to_path_buf(), root.path().join(folder)] {
            let fma = Fma::open(at).unwrap();
            assert_eq!((fma.subset(), fma.tracks().len(), fma.genres().len()), (subset, tracks, genres));
        }
    }
}

#[test]
fn the_widest_folder_wins_unless_a_subset_is_asked_for() {
    let root = tempfile::tempdir().unwrap();
    put_table(root.path());
    put_clips(&root.path().join("fma_small"), &[2, 5]);
    put_clips(&root.path().join("fma_medium"), &[2, 3, 5, 10]);
    assert_eq!(Fma::open(root.path()).unwrap().subset(), FmaSubset::Medium);
    let small = Fma::open_subset(root.path(), FmaSubset::Small).unwrap();
    assert_eq!(ids(&small), ["000002", "000005"]);
    fs::remove_dir_all(root.path().join("fma_small")).unwrap();
    let small = Fma::open_subset(root.path(), FmaSubset::Small).unwrap();
    assert_eq!(ids(&small), ["000002", "000005", "000010"], "small's clips lie in medium too");
}

#[test]
fn a_folder_of_another_name_is_the_smallest_subset_that_holds_its_clips() {
    for (clips, subset) in [
        (&[2, 10][..], FmaSubset::Small),
        (&[2, 3], FmaSubset::Medium),
        (&[2, 20, 999_999], FmaSubset::Large),
    ] {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), "fma_metadata/tracks.csv", table(&FIRST).as_bytes());
        put_clips(root.path(), clips);
        assert_eq!(Fma::open(root.path()).unwrap().subset(), subset);
    }
}

#[test]
fn clutter_strange_names_and_clips_in_the_wrong_folder_are_no_tracks() {
    let root = tempfile::tempdir().unwrap();
    put_table(root.path());
    let folder = root.path().join("fma_small");
    put_clips(&folder, &[2]);
    for file in [
        "README.txt",
        ".DS_Store",
        "000/._000002.mp3",
        "000/000005.wav",
        "000/5.mp3",
        "001/000005.mp3",
        "000/000010.mp3/inside",
        "００0/000010.mp3",
    ] {
        put(&folder, file, b"");
    }
    let fma = Fma::open(root.path()).unwrap();
    assert_eq!(ids(&fma), ["000002"]);
    let missing: Vec<_> = fma.inventory().unwrap().missing.into_iter().map(|(id, _)| id).collect();
    assert_eq!(missing, ["000005", "000010"], "of the small subset only");
}

#[cfg(unix)]
#[test]
fn linked_clips_and_folders_count_and_dangling_links_are_missing() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    put_table(root.path());
    put_clips(&root.path().join("store"), &[2, 5]);
    let folder = root.path().join("fma_small");
    fs::create_dir_all(folder.join("000")).unwrap();
    symlink(root.path().join("store/000/000002.mp3"), folder.join("000/000002.mp3")).unwrap();
    symlink("/nowhere.mp3", folder.join("000/000010.mp3")).unwrap();
    symlink(root.path(), folder.join("001")).unwrap();
    assert_eq!(ids(&Fma::open(root.path()).unwrap()), ["000002"]);
    fs::remove_dir_all(&folder).unwrap();
    symlink(root.path().join("store"), &folder).unwrap();
    assert_eq!(ids(&Fma::open(root.path()).unwrap()), ["000002", "000005"]);
}

proptest! {
    #[test]
    fn any_damage_to_the_table_gives_a_dataset_or_a_typed_error(
        at in 0..table(&FIRST).len(),
        bytes in proptest::collection::vec(any::<u8>(), 0..8),
    ) {
        let root = tempfile::tempdir().unwrap();
        put_clips(&root.path().join("fma_small"), &[2]);
        let mut damaged = table(&FIRST).into_bytes();
        damaged.splice(at..(at + bytes.len()).min(damaged.len()), bytes);
        put(root.path(), "fma_metadata/tracks.csv", &damaged);
        match Fma::open(root.path()) {
            Ok(fma) => prop_assert!(fma.tracks().len() <= 1),
            Err(Error::Table { .. } | Error::Layout { .. }) => {}
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }
}

#[test]
fn a_table_that_is_cut_off_anywhere_within_a_row_says_how_far_it_is_sound() {
    let whole = table(&FIRST);
    let last_row = whole.find("\n20,").unwrap() + 1;
    let last_comma = whole.rfind(',').unwrap();
    let cuts = (last_row + 1..=last_comma).filter(|cut| whole.is_char_boundary(*cut));
    for cut in cuts.step_by(7) {
        let root = tempfile::tempdir().unwrap();
        put_clips(&root.path().join("fma_small"), &[2]);
        put(root.path(), "fma_metadata/tracks.csv", &whole.as_bytes()[..cut]);
        let error = Fma::open(root.path()).unwrap_err();
        let Error::Table { line, rows, last, .. } = &error else { panic!("{error}") };
        // three rows of headers, four tracks of three lines each
        assert_eq!((*line, *rows, last.as_deref()), (3 + 4 * 3 + 1, 4, Some("10")), "{error}");
        assert!(error.to_string().contains("cut off"), "{error}");
    }
}

#[test]
fn a_table_that_holds_what_it_should_not_is_an_error_that_quotes_it() {
    let with = |row: usize, change: fn(&mut support::fma::Row)| {
        let mut rows = FIRST;
        change(&mut rows[row]);
        table(&rows)
    };
    for (table, found) in [
        (with(1, |row| row.4 = "Polka"), "genre_top `Polka`"),
        (with(0, |row| row.4 = "Jazz"), "genre_top `Jazz`"), // a genre, but none of the small subset
        (with(1, |row| row.2 = "testing"), "split `testing`"),
        (with(1, |row| row.3 = "tiny"), "subset `tiny`"),
        (with(1, |row| row.0 = 2), "track 2 again"),
        (table(&FIRST).replace("\n3,", "\nthree,"), "track id `three`"),
        (table(&FIRST).replace("genre_top", "genre"), "no column track.genre_top"),
        (table(&FIRST).replace("track_id", "id"), "`id`"),
        (String::new(), "the end of the file"),
        ("<html>not found</html>\n".to_string(), "the end of the file"),
    ] {
        let root = tempfile::tempdir().unwrap();
        put_clips(&root.path().join("fma_small"), &[2]);
        put(root.path(), "fma_metadata/tracks.csv", table.as_bytes());
        let error = Fma::open(root.path()).unwrap_err();
        assert!(matches!(error, Error::Table { .. }), "{error}");
        assert!(error.to_string().contains(&format!("found {found}")), "{error}");
    }
}

#[test]
fn windows_line_ends_and_bytes_that_are_not_utf_8_in_other_fields_are_read() {
    let root = tempfile::tempdir().unwrap();
    put_clips(&root.path().join("fma_small"), &[2]);
    let mut bytes = table(&FIRST).replace('\n', "\r\n").into_bytes();
    let title = bytes.windows(7).rposition(|window| window == b"A title").unwrap();
    bytes[title] = 0xff;
    put(root.path(), "fma_metadata/tracks.csv", &bytes);
    assert_eq!(Fma::open(root.path()).unwrap().tracks().len(), 1);
}

#[test]
fn what_is_absent_is_told_apart() {
    let root = tempfile::tempdir().unwrap();
    put_clips(&root.path().join("fma_small"), &[2]);
    let error = Fma::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("no fma_metadata/tracks.csv"), "{error}");
    put_table(root.path());
    fs::remove_dir_all(root.path().join("fma_small")).unwrap();
    let error = Fma::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("the table, but no clip"), "{error}");
    put_clips(&root.path().join("fma_small"), &[999]);
    let error = Fma::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("none that the table lists"), "{error}");
}

#[test]
fn a_damaged_list_of_checksums_is_an_error_with_its_line() {
    let root = tempfile::tempdir().unwrap();
    put_table(root.path());
    put_clips(&root.path().join("fma_small"), &[2]);
    let sound = "da39a3ee5e6b4b0d3255bfef95601890afd80709  000/000002.mp3\n";
    put(root.path(), "fma_small/checksums", format!("{sound}da39a3 000/000005.mp3").as_bytes());
    let error = Fma::open(root.path()).unwrap().inventory().unwrap_err();
    let Error::Table { line: 2, rows: 1, .. } = &error else { panic!("{error}") };
}
