//! Anyone's own music: what counts as a genre, a track and a group.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use mgc_datasets::{Dataset, Error, Folder, alike_labels, path_text, with_label_map};
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

#[test]
fn a_name_that_holds_an_escape_itself_stays_apart_from_the_byte() {
    assert_eq!(path_text("m\\xE4rz"), "m\\x5CxE4rz");
    assert_eq!(path_text("a\\b\\x2\\xe4"), "a\\b\\x2\\xe4", "no escape of ours");
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let names =
            [&b"m\xe4rz"[..], b"m\xf6rz", b"m\\xE4rz", b"m\\x5CxE4rz", b"m\xff\\xE4", "märz".as_bytes()];
        let texts: Vec<_> = names.iter().map(|name| path_text(std::ffi::OsStr::from_bytes(name))).collect();
        let back: Vec<_> = texts.iter().map(|text| unescaped(text)).collect();
        assert_eq!(back, names.map(<[u8]>::to_vec));
    }
}

/// Turns every `\xHH` back into its byte.
#[cfg(target_os = "linux")]
fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let byte = rest.strip_prefix(b"\\x").and_then(|rest| std::str::from_utf8(rest.get(..2)?).ok());
        match byte.filter(|digits| digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'))) {
            Some(digits) => {
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &rest[4..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[test]
fn spaces_around_the_name_of_a_genre_folder_make_no_genre_of_their_own() {
    let root = tempfile::tempdir().unwrap();
    for file in ["polka/a.mp3", "rock/b.mp3", "rock /c.mp3", " rock/d.mp3"] {
        put(root.path(), file, b"");
    }
    let music = Folder::open(root.path()).unwrap();
    assert_eq!((music.genres(), music.counts()), (&["polka", "rock"].map(String::from)[..], vec![1, 3]));
}

#[test]
fn labels_that_look_alike_are_told_and_can_be_made_one() {
    let root = tempfile::tempdir().unwrap();
    for file in ["Hip-Hop/a.mp3", "hip hop/b.mp3", "jazz/c.mp3", "caf\u{e9}/d.mp3", "cafe\u{301}/e.mp3"] {
        put(root.path(), file, b"");
    }
    let music = Folder::open(root.path()).unwrap();
    let alike = alike_labels(music.genres());
    assert_eq!(alike, [vec!["cafe\u{301}", "caf\u{e9}"], vec!["Hip-Hop", "hip hop"]]);
    let map = [("hip hop", "hiphop"), ("Hip-Hop", "hiphop"), ("jazz", "Jazz")];
    let mapped = with_label_map(Box::new(music.clone()), &map).unwrap();
    assert_eq!(mapped.genres(), ["hiphop", "cafe\u{301}", "caf\u{e9}", "Jazz"]);
    assert_eq!(mapped.counts(), [2, 1, 1, 1]);
    let twice = [("jazz", "swing"), ("Hip-Hop", "rap"), (" jazz ", "bop")];
    let error = with_label_map(Box::new(music.clone()), &twice).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::LabelTwice { .. }), "{error}");
    assert_eq!(error.to_string(), "label `jazz` is to become `swing` and `bop`; give it one name");
    let again = [("jazz", "swing"), ("jazz", "swing")];
    assert_eq!(with_label_map(Box::new(music.clone()), &again).unwrap().genres()[4], "swing");
    let error = with_label_map(Box::new(music), &[("hiphop", "rap")]).map(|_| ()).unwrap_err();
    assert!(
        matches!(error, Error::UnknownLabel { .. }) && error.to_string().contains("did you mean `Hip-Hop`?"),
        "{error}"
    );
}
