//! Names by which a list of groups finds a track, and names that it refuses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use mgc_datasets::{Dataset, Error, GroupList, Result, Source, Track, open};
use std::path::Path;
use support::{groups, put, track};

/// A folder of music with such files, and a list.
fn music(files: &[&str], list: &str) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        put(root.path(), &format!("music/{file}"), b"");
    }
    put(root.path(), "groups.csv", list.as_bytes());
    root
}

/// Opens the music and gives it the groups of the list.
fn grouped(root: &Path) -> Result<Box<dyn Dataset>> {
    GroupList::read(root.join("groups.csv"))?.wrap(open("folder", root.join("music")).unwrap())
}

/// The error of a list, with its text.
fn refused(files: &[&str], list: &str) -> (Error, String) {
    let error = grouped(music(files, list).path()).map(|_| ()).unwrap_err();
    let text = error.to_string();
    (error, text)
}

const MARCHES: [&str; 3] = ["march/0.wav", "march/1.wav", "polka/2.wav"];

/// The same name in the two forms that Unicode has for it.
const FORMS: [&str; 2] = ["caf\u{e9}", "cafe\u{301}"];

#[test]
fn ids_that_look_the_same_are_the_same_whatever_their_unicode_form() {
    for (listed, present) in [(FORMS[0], FORMS[1]), (FORMS[1], FORMS[0])] {
        let file = format!("fado/{present}.wav");
        let root = music(&[&file, "polka/b.wav"], &format!("id,group\nfado/{listed}.wav,Ana\n"));
        let dataset = grouped(root.path()).unwrap();
        assert_eq!(groups(dataset.as_ref()), [Some("Ana"), None]);
        assert_eq!(dataset.tracks()[0].id, file, "the id stays");
    }
}

#[test]
fn one_track_in_two_unicode_forms_is_a_track_twice() {
    let list = format!("{}.wav,Ana\n{}.wav,Bo\n", FORMS[0], FORMS[1]);
    let (error, told) = refused(&[&format!("fado/{}.wav", FORMS[1]), "polka/b.wav"], &list);
    assert!(matches!(&error, Error::Table { line: 2, .. }), "{told}");
}

#[test]
fn tracks_that_differ_by_their_unicode_form_alone_are_told_apart() {
    let songs = FORMS.map(|name| Track { id: format!("fado/{name}.wav"), ..track(0, Some(0), None) });
    let files = FORMS.map(|name| Track {
        source: Source::Audio(format!("music/{name}.wav").into()),
        ..track(0, Some(0), None)
    });
    let root = tempfile::tempdir().unwrap();
    for (tracks, below) in [(&songs, "fado/"), (&files, "music/"), (&files, "")] {
        let list = format!("{below}{}.wav,Ana\n{below}{}.wav,Bo\n", FORMS[0], FORMS[1]);
        put(root.path(), "groups.csv", list.as_bytes());
        let mut tracks = tracks.clone();
        GroupList::read(root.path().join("groups.csv")).unwrap().apply(&mut tracks).unwrap();
        assert_eq!(tracks.map(|track| track.group.unwrap()), ["Ana", "Bo"], "{below}");
    }
}

#[test]
fn a_name_in_a_third_unicode_form_is_neither_of_two_tracks() {
    // A dot below and one above: composed, apart, and half of each.
    let forms = ["\u{1e69}", "s\u{323}\u{307}", "\u{1e63}\u{307}"];
    let songs = |names: &[&str]| -> Vec<Track> {
        names.iter().map(|name| Track { id: (*name).into(), ..track(0, Some(0), None) }).collect()
    };
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "groups.csv", format!("{},Ana\n", forms[2]).as_bytes());
    let list = GroupList::read(root.path().join("groups.csv")).unwrap();
    list.apply(&mut songs(&forms[..1])).unwrap();
    let error = list.apply(&mut songs(&forms[..2])).unwrap_err();
    assert!(matches!(&error, Error::UnknownIds { count: 1, .. }), "{error}");
    assert!(error.to_string().contains("or fit several"), "{error}");
}

#[test]
fn two_names_of_one_track_with_two_groups_are_refused_with_both() {
    for (first, second) in
        [("march/0.wav", r"march\0.wav"), ("0.wav", "march/0.wav"), ("0", "./march/0.wav"), ("0", "0.wav")]
    {
        let list = format!("id,group\n{first},Ana\npolka/2.wav,Bo\n{second},Bo\n");
        let (error, told) = refused(&MARCHES, &list);
        assert!(matches!(&error, Error::Table { line: 4, .. }), "{told}");
        let both = format!("`{second}` (group `Bo`), the track that line 2 calls `{first}` (group `Ana`)");
        assert!(told.contains(&both), "{told}");
    }
}

#[test]
fn two_names_of_one_track_with_one_group_are_fine_and_one_name_twice_is_not() {
    let root = music(&MARCHES, "0.wav,Ana\nmarch/0.wav,Ana\n");
    assert_eq!(groups(grouped(root.path()).unwrap().as_ref()), [Some("Ana"), None, None]);
    let (error, told) = refused(&MARCHES, "0.wav,Ana\n0.wav,Ana\n");
    assert!(
        matches!(&error, Error::Table { line: 2, .. }) && told.contains("`0.wav` again (line 1)"),
        "{told}"
    );
}

#[test]
fn a_first_row_of_no_track_is_called_that_and_no_list_of_names_is_told() {
    let (error, told) = refused(&MARCHES, "march/9.wav,Ana\nmarch/0.wav,Bo\n");
    assert!(matches!(&error, Error::Table { line: 1, rows: 0, .. }), "{told}");
    let reason = "`march/9.wav` is no track of this dataset (ids look like `march/0.wav`), and the row is no header \
                  of known names";
    assert!(told.contains(reason) && !told.contains("filepath"), "{told}");
    let (_, told) = refused(&MARCHES, "march/9.wav,Band\nmarch/0.wav,Bo\n");
    assert!(told.contains("`march/9.wav` is no track"), "the group is called like a column: {told}");
}

#[test]
fn a_first_row_that_begins_with_a_track_is_no_header() {
    for row in ["march/0.wav,Band", "march/0.wav,Track", "0,Release", "0,file"] {
        let root = music(&MARCHES, &format!("{row}\nmarch/1.wav,Ana\npolka/2.wav,Ana\n"));
        let dataset = grouped(root.path()).unwrap();
        let first = row.split(',').next_back();
        assert_eq!(groups(dataset.as_ref()), [first, Some("Ana"), Some("Ana")], "{row}");
    }
    let root = music(&["march/Band.wav", "polka/1.wav"], "Band,Ana\npolka/1.wav,Bo\n");
    assert_eq!(groups(grouped(root.path()).unwrap().as_ref()), [Some("Ana"), Some("Bo")]);
}

#[test]
fn a_row_that_begins_with_a_file_of_music_names_no_columns() {
    let root = music(&MARCHES, "march/0.wav,Band\n");
    let list = GroupList::read(root.path().join("groups.csv")).unwrap();
    assert_eq!((list.columns(), list.len()), (None, 1));
}

#[test]
fn paths_that_begin_with_a_dot_are_those_without() {
    let root = music(&MARCHES, "./march/0.wav,Ana\n.//march/1.wav,Bo\n.\\polka\\2.wav,Cy\n");
    assert_eq!(groups(grouped(root.path()).unwrap().as_ref()), [Some("Ana"), Some("Bo"), Some("Cy")]);
    let mut rows = ["./a", "b"].map(|id| Track { id: id.into(), ..track(0, Some(0), None) });
    put(root.path(), "groups.csv", b"./a,Ana\n./b,Bo\n");
    GroupList::read(root.path().join("groups.csv")).unwrap().apply(&mut rows).unwrap();
    assert_eq!(rows.map(|row| row.group.unwrap()), ["Ana", "Bo"], "an id may begin with a dot itself");
}

/// A track whose file lies at a path.
fn song(id: &str, file: &str) -> Track {
    Track { id: id.into(), source: Source::Audio(file.into()), ..track(0, Some(0), None) }
}

#[test]
fn paths_from_elsewhere_find_the_files_of_a_relative_root() {
    // Tests run in the folder of their crate.
    let songs = [song("1", "tests/0.wav"), song("2", "./src/0.wav"), song("3", "0.wav")];
    let here = env!("CARGO_MANIFEST_DIR");
    let root = tempfile::tempdir().unwrap();
    let mut lists = vec![
        format!("{here}/tests/0.wav,Ana\n{here}/src/0.wav,Bo\n{here}/0.wav,Cy\n"),
        "../mgc-datasets/tests/0.wav,Ana\n../mgc-datasets/src/0.wav,Bo\n../mgc-datasets/0.wav,Cy\n"
            .to_string(),
        format!("{here}/src/../tests/0.wav,Ana\n{here}/src/../src/0.wav,Bo\n{here}/src/../0.wav,Cy\n"),
    ];
    #[cfg(unix)]
    {
        let link = root.path().join("link");
        std::os::unix::fs::symlink(here, &link).unwrap();
        lists.push(lists[0].replace(here, link.to_str().unwrap()));
    }
    for list in lists {
        put(root.path(), "groups.csv", list.as_bytes());
        let mut songs = songs.clone();
        GroupList::read(root.path().join("groups.csv")).unwrap().apply(&mut songs).unwrap();
        assert_eq!(songs.map(|song| song.group.unwrap()), ["Ana", "Bo", "Cy"], "{list}");
    }
    for elsewhere in [format!("{here}/benches/0.wav"), "/nowhere/0.wav".to_string()] {
        put(root.path(), "groups.csv", format!("path,group\n{elsewhere},Ana\n").as_bytes());
        let error = GroupList::read(root.path().join("groups.csv")).unwrap().apply(&mut songs.clone());
        assert!(matches!(error, Err(Error::UnknownIds { .. })), "{elsewhere}: {error:?}");
    }
}

#[test]
fn a_track_may_be_named_by_its_file_where_only_one_has_that_name() {
    let songs = [song("1", "/music/a.wav"), song("2", "/music/b.wav"), song("3", "/other/b.wav")];
    let root = tempfile::tempdir().unwrap();
    for (list, right) in [
        ("file,artist\na.wav,Ana\n", true),
        ("file,artist\na,Ana\n", true),
        ("path,artist\nmusic/a.wav,Ana\n", true),
        ("path,artist\n/music/a.wav,Ana\n", true),
        ("path,artist\nusic/a.wav,Ana\n", false),
        ("path,artist\nelsewhere/a.wav,Ana\n", false),
        ("file,artist\nb.wav,Ana\n", false),
    ] {
        put(root.path(), "groups.csv", list.as_bytes());
        let mut tracks = songs.clone();
        let applied = GroupList::read(root.path().join("groups.csv")).unwrap().apply(&mut tracks);
        assert_eq!(applied.is_ok(), right, "{list}");
        assert_eq!(tracks[0].group.is_some(), right);
    }
}

#[test]
fn of_files_of_one_name_each_is_named_by_its_path() {
    let mut songs = [song("1", "/music/b.wav"), song("2", "/other/b.wav")];
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "groups.csv", b"path,artist\nother\\b.wav,Bo\nmusic/b.wav,Ana\n");
    GroupList::read(root.path().join("groups.csv")).unwrap().apply(&mut songs).unwrap();
    assert_eq!(songs.map(|song| song.group.unwrap()), ["Ana", "Bo"]);
}
