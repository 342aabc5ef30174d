//! Anyone's own music: what counts as a genre, a track and a group.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use mgc_datasets::{Dataset, Error, Folder};
use support::{ids, put};

#[test]
fn sorted_folders_are_the_genres_and_files_their_tracks() {
    let root = tempfile::tempdir().unwrap();
    for file in ["polka/b.mp3", "polka/a.FLAC", "fado/x.ogg", "fado/y.wav", "fado/z.au"] {
        put(root.path(), file, b"");
    }
    let music = Folder::open(root.path()).unwrap();
    assert_eq!(music.genres(), ["fado", "polka"]);
    assert_eq!(music.counts(), [3, 2]);
    assert_eq!(music.tracks()[3].id, "polka/a.FLAC");
    assert_eq!(music.tracks()[3].group, None);
}

#[test]
fn a_subfolder_of_a_genre_is_one_group_however_deep() {
    let root = tempfile::tempdir().unwrap();
    for file in
        ["fado/Amália/Busto/CD 1/01.mp3", "fado/Amália/Com que voz/02.mp3", "fado/loose.mp3", "polka/a.mp3"]
    {
        put(root.path(), file, b"");
    }
    let music = Folder::open(root.path()).unwrap();
    let groups: Vec<_> = music.tracks().iter().map(|track| track.group.as_deref()).collect();
    assert_eq!(groups, [Some("fado/Amália"), Some("fado/Amália"), None, None]);
    assert_eq!(music.tracks()[0].id, "fado/Amália/Busto/CD 1/01.mp3");
}

#[test]
fn hidden_files_and_files_that_are_no_music_are_ignored() {
    let root = tempfile::tempdir().unwrap();
    for file in [
        "fado/a.mp3",
        "fado/._a.mp3",
        "fado/.hidden/b.mp3",
        "fado/cover.jpg",
        "fado/notes.txt",
        "fado/mp3",
        "polka/a.mp3",
        ".trash/a.mp3",
        "pictures/cover.png",
        "loose.mp3",
    ] {
        put(root.path(), file, b"");
    }
    put(&root.path().join("polka/folder.mp3"), "inside.txt", b"");
    let music = Folder::open(root.path()).unwrap();
    assert_eq!(music.genres(), ["fado", "polka"]);
    assert_eq!(music.tracks().len(), 2);
}

#[test]
fn unicode_names_are_kept() {
    let root = tempfile::tempdir().unwrap();
    for file in ["演歌/津軽.wav", "Žánr/☂.mp3"] {
        put(root.path(), file, b"");
    }
    let music = Folder::open(root.path()).unwrap();
    assert_eq!(music.genres(), ["Žánr", "演歌"]);
    assert_eq!(music.tracks()[1].id, "演歌/津軽.wav");
}

#[cfg(unix)]
#[test]
fn linked_files_count_and_dangling_links_do_not() {
    let root = tempfile::tempdir().unwrap();
    for file in ["fado/a.mp3", "polka/a.mp3"] {
        put(root.path(), file, b"");
    }
    std::os::unix::fs::symlink(root.path().join("fado/a.mp3"), root.path().join("polka/link.mp3")).unwrap();
    std::os::unix::fs::symlink("/nowhere.mp3", root.path().join("polka/dangling.mp3")).unwrap();
    std::os::unix::fs::symlink(root.path(), root.path().join("polka/loop")).unwrap();
    assert_eq!(Folder::open(root.path()).unwrap().counts(), [1, 2]);
}

#[test]
fn fewer_than_two_genres_is_an_error_that_says_what_lies_there() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "empty/notes.txt", b"");
    put(root.path(), "loose/a.mp3", b"");
    put(root.path(), "single/fado/a.mp3", b"");
    for (below, found) in [
        ("empty", "no genre folder with music"),
        ("loose", "no genre folder, 1 audio files outside of any"),
        ("single", "one genre folder with music, `fado`"),
    ] {
        let error = Folder::open(root.path().join(below)).unwrap_err();
        assert!(matches!(error, Error::Layout { .. }), "{error}");
        assert!(error.to_string().contains(found), "{error}");
    }
    let absent = Folder::open(root.path().join("absent")).unwrap_err();
    assert!(matches!(absent, Error::Io { .. }), "{absent}");
}

/// Latin-1 names from an old disk: shown as Unicode, they all look alike.
#[test]
#[cfg(target_os = "linux")]
fn names_that_are_no_unicode_stay_apart() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    for name in [&b"bl\xfces/m\xe4rz.mp3"[..], b"bl\xfces/m\xf6rz.mp3", b"bl\xf6es/l\xe4nd/a.mp3"] {
        let path = root.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let music = Folder::open(root.path()).unwrap();
    assert_eq!(music.genres(), ["bl\\xF6es", "bl\\xFCes"]);
    assert_eq!(ids(&music), ["bl\\xF6es/l\\xE4nd/a.mp3", "bl\\xFCes/m\\xE4rz.mp3", "bl\\xFCes/m\\xF6rz.mp3"]);
    assert_eq!(music.tracks()[0].group.as_deref(), Some("bl\\xF6es/l\\xE4nd"));
}
