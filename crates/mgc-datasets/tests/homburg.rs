//! HOMBURG from genre folders, wherever they lie, with clutter.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::fs;

use mgc_datasets::{Dataset, Error, Homburg, Source};
use support::{groups, ids, put};

#[test]
fn genre_folders_open_from_their_folder_and_from_above() {
    let root = tempfile::tempdir().unwrap();
    for file in ["alternative/50_Minutes-Colours.mp3", "rock/A.B.-C-D.mp3"] {
        put(&root.path().join("homburg-master"), file, b"");
    }
    put(root.path(), "aaa/notes.txt", b"");
    for below in ["", "homburg-master"] {
        let homburg = Homburg::open(root.path().join(below)).unwrap();
        assert_eq!(ids(&homburg), ["alternative/50_Minutes-Colours", "rock/A.B.-C-D"]);
        assert_eq!(groups(&homburg), [Some("50_Minutes"), Some("A.B.")]);
        assert_eq!(homburg.counts(), [1, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
}

#[test]
fn an_artist_in_two_genres_is_one_group() {
    let root = tempfile::tempdir().unwrap();
    for file in ["jazz/Trio-One.mp3", "pop/Trio-Two.mp3", "pop/Trio_B-Two.mp3", "pop/nameless.mp3"] {
        put(root.path(), file, b"");
    }
    let homburg = Homburg::open(root.path()).unwrap();
    assert_eq!(groups(&homburg), [Some("Trio"), Some("Trio"), Some("Trio_B"), None]);
}

#[test]
fn hidden_twins_pictures_and_folders_are_no_excerpts() {
    let root = tempfile::tempdir().unwrap();
    for file in ["A-B.mp3", "._A-B.mp3", ".DS_Store", "A-B.jpg", "C-D.mp3/inside.txt", "Ä-演歌.MP3"] {
        put(&root.path().join("blues"), file, b"");
    }
    put(root.path(), "bl.mf", b"");
    assert_eq!(ids(&Homburg::open(root.path()).unwrap()), ["blues/A-B", "blues/Ä-演歌"]);
}

#[test]
fn of_a_song_in_two_formats_the_mp3_counts_and_one_name_in_two_genres_is_two_tracks() {
    let root = tempfile::tempdir().unwrap();
    for file in ["jazz/A-B.mp3", "jazz/A-B.wav", "jazz/A-B.flac", "rock/A-B.wav"] {
        put(root.path(), file, b"");
    }
    let homburg = Homburg::open(root.path()).unwrap();
    assert_eq!(ids(&homburg), ["jazz/A-B", "rock/A-B"]);
    assert_eq!(homburg.tracks()[0].source, Source::Audio(root.path().join("jazz/A-B.mp3")));
}

#[test]
fn names_that_are_not_utf_8_and_linked_genres_are_read() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "elsewhere/A-B.mp3", b"");
    #[cfg(unix)]
    {
        use std::os::unix::{ffi::OsStrExt, fs::symlink};
        fs::create_dir(root.path().join("set")).unwrap();
        symlink(root.path().join("elsewhere"), root.path().join("set/jazz")).unwrap();
        symlink(root.path(), root.path().join("set/rock")).unwrap();
        let latin = std::ffi::OsStr::from_bytes(b"Bj\xf6rn-B.mp3");
        fs::write(root.path().join("elsewhere").join(latin), "").unwrap();
        let homburg = Homburg::open(root.path().join("set")).unwrap();
        assert_eq!(ids(&homburg), ["jazz/A-B", "jazz/Bj\\xF6rn-B"]);
    }
}

#[test]
fn songs_unpacked_without_their_genres_are_an_error_that_tells_the_layout() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "50_Minutes-Colours.mp3", b"");
    let error = Homburg::open(root.path()).unwrap_err();
    let Error::Layout { found, .. } = &error else { panic!("{error}") };
    assert_eq!(found, "no genre folder with music");
    assert!(error.to_string().contains("<Artist>-<Title>.mp3"), "{error}");
}

#[test]
fn the_inventory_tells_by_genre_how_many_excerpts_are_missing() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "funksoulrnb/A-B.mp3", b"");
    let missing = Homburg::open(root.path()).unwrap().inventory().unwrap().missing;
    assert_eq!(missing.len(), 9);
    assert_eq!(missing[4], ("funksoulrnb".to_string(), "1 of 47 excerpts".to_string()));
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_no_unicode_stay_apart() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("jazz")).unwrap();
    for name in [&b"jazz/B\xe4r-Tanz.mp3"[..], b"jazz/B\xf6r-Tanz.mp3"] {
        std::fs::write(root.path().join(std::ffi::OsStr::from_bytes(name)), "").unwrap();
    }
    let homburg = Homburg::open(root.path()).unwrap();
    assert_eq!(ids(&homburg), ["jazz/B\\xE4r-Tanz", "jazz/B\\xF6r-Tanz"]);
    assert_eq!(groups(&homburg), [Some("B\\xE4r"), Some("B\\xF6r")]);
}
