//! Groups from a list, for datasets that publish none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use mgc_datasets::{Error, GroupList, Result, Track, open};
use std::path::Path;
use support::{put, track};

/// Tracks `track 0` ... `track 9`; the first is of group `old`.
fn tracks() -> Vec<Track> {
    (0..10).map(|index| track(index, Some(0), (index == 0).then(|| "old".to_string()))).collect()
}

/// Returns how many tracks the list names.
fn apply(list: impl AsRef<Path>, tracks: &mut [Track]) -> Result<usize> {
    let list = GroupList::read(list)?;
    list.apply(tracks)?;
    Ok(list.len())
}

fn applied(list: &str) -> (Vec<Track>, Result<usize>) {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "groups.csv", list.as_bytes());
    let mut tracks = tracks();
    let result = apply(root.path().join("groups.csv"), &mut tracks);
    (tracks, result)
}

#[test]
fn named_tracks_get_their_group_and_the_others_keep_theirs() {
    for header in ["", "\u{feff}", "id,group\n", "ID, Group\r\n", "\u{feff}id,group\n"] {
        let (tracks, named) = applied(&format!("{header}track 1,\"Doe, Jane\"\ntrack 2,演歌\n"));
        assert_eq!(named.unwrap(), 2, "{header:?}");
        let groups: Vec<_> = tracks.iter().map(|track| track.group.as_deref()).collect();
        assert_eq!(groups[..4], [Some("old"), Some("Doe, Jane"), Some("演歌"), None]);
    }
}

#[test]
fn a_row_replaces_the_group_that_the_dataset_gave() {
    let (tracks, _) = applied("track 0,new");
    assert_eq!(tracks[0].group.as_deref(), Some("new"));
}

#[test]
fn an_open_dataset_takes_the_groups_of_a_list_and_stays_itself() {
    let root = tempfile::tempdir().unwrap();
    for clip in ["jazz/jazz.00001.wav", "pop/pop.00001.wav"] {
        put(root.path(), clip, b"");
    }
    put(root.path(), "groups.csv", b"pop.00001,Ana\n");
    let list = GroupList::read(root.path().join("groups.csv")).unwrap();
    let dataset = list.wrap(open("gtzan", root.path()).unwrap()).unwrap();
    let groups: Vec<_> = dataset.tracks().iter().map(|track| track.group.as_deref()).collect();
    assert_eq!(
        (dataset.info().name, dataset.genres().len(), groups),
        ("gtzan", 10, vec![Some("Leonard Bernstein"), Some("Ana")])
    );
    assert_eq!(dataset.inventory().unwrap(), open("gtzan", root.path()).unwrap().inventory().unwrap());
}

#[test]
fn unknown_ids_are_an_error_that_names_some_and_changes_nothing() {
    let (after, result) = applied("track 1,a\nx1,a\nx2,a\nx3,a\nx4,a\nx5,a\nx6,a\nx7,a\n");
    let error = result.unwrap_err();
    let Error::UnknownIds { count: 7, some, tracks: 10, .. } = &error else { panic!("{error}") };
    assert_eq!(some, &["x1", "x2", "x3", "x4", "x5"]);
    assert!(error.to_string().contains("x5, ...; ids look like `track 0`"), "{error}");
    assert_eq!(after, tracks());
}

#[test]
fn rows_that_are_no_pair_are_an_error_with_their_line() {
    for (list, line) in [
        ("track 1,a\ntrack 2\n", 2),
        ("track 1,a\ntrack 2,a,b\n", 2),
        ("track 1,a\ntrack 2,\n", 2),
        ("track 1,a\n,b\n", 2),
        ("track 1,a\ntrack 1,b\n", 2),
        ("track 1,a\rtrack 2,b\rtrack 1,b\r", 1), // lines of an old Macintosh are not counted
        ("track 1\n", 1),
        ("id,title\n,b\n", 2),
        ("id,title,length\ntrack 1,b,3\n", 1),
        ("title,length,artist\na,b,c\n", 1),
        ("track 1;a\n", 1),
    ] {
        let error = applied(list).1.unwrap_err();
        let Error::Table { line: at, .. } = &error else { panic!("{error}") };
        assert_eq!(*at, line, "{list:?}: {error}");
    }
}

#[test]
fn a_list_that_is_absent_is_an_error_and_an_empty_one_names_nobody() {
    let absent = apply("/nowhere/groups.csv", &mut tracks()).unwrap_err();
    assert!(absent.to_string().contains("groups.csv"), "{absent}");
    assert_eq!(applied("").1.unwrap(), 0);
}

#[test]
fn columns_of_other_names_are_read_and_told() {
    for (header, row, columns) in [
        ("track_id,artist", "track 1,Ana", ("track_id", "artist")),
        ("Artist,Track ID", "Ana,track 1", ("Track ID", "Artist")),
        ("name,title,album,artist-id,year", "track 1,Blue,Red,Ana,1999", ("name", "artist-id")),
        ("artist,group,id,file", "x,Ana,track 1,y", ("id", "group")),
        ("\u{feff}file,singer", "track 1,Ana", ("file", "singer")),
        ("song,band", "track 1,Ana", ("song", "band")),
    ] {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), "groups.csv", format!("{header}\n{row}\n").as_bytes());
        let list = GroupList::read(root.path().join("groups.csv")).unwrap();
        assert_eq!(
            list.columns().map(|(id, group)| (id.trim_start_matches('\u{feff}'), group)),
            Some(columns)
        );
        let mut tracks = tracks();
        list.apply(&mut tracks).unwrap();
        assert_eq!(tracks[1].group.as_deref(), Some("Ana"), "{header}");
    }
}

#[test]
fn columns_that_are_not_clear_are_an_error_that_names_them() {
    let error = applied("title,length,artist\ntrack 1,3,Ana\n").1.unwrap_err().to_string();
    assert!(error.contains("found columns `title`, `length`, `artist`, expected"), "{error}");
    let error = applied("song key,singer\ntrack 1,Ana\ntrack 2,Bo\n").1.unwrap_err();
    assert!(matches!(&error, Error::Table { line: 1, .. }), "{error}");
    let told = "`song key` is no track of this dataset (ids look like `track 0`), and the row is no header of known names";
    assert!(error.to_string().contains(told), "{error}");
}

#[test]
fn the_artists_of_gtzan_fit_its_excerpts_in_other_forms() {
    let ids = ["pop.00015", "pop/pop.00016.au", "pop.00017.4.wav", "pop.1", "x.00015", "pop.00015b"];
    let mut tracks: Vec<Track> = tracks().into_iter().take(ids.len()).collect();
    for (track, id) in tracks.iter_mut().zip(ids) {
        *track = Track { id: id.into(), group: Some("old".into()), ..track.clone() };
    }
    let artists = GroupList::gtzan_artists();
    assert_eq!((artists.len(), artists.columns()), (1000, None));
    artists.apply(&mut tracks).unwrap();
    let groups: Vec<_> = tracks.iter().map(|track| track.group.as_deref().unwrap()).collect();
    assert_eq!(groups, [&["Britney Spears"; 3][..], &["old"; 3]].concat());
}

#[test]
fn the_artists_of_gtzan_are_refused_for_other_music() {
    let mut others = tracks();
    let error = GroupList::gtzan_artists().apply(&mut others).unwrap_err();
    assert!(matches!(error, Error::UnknownIds { count: 1000, tracks: 10, .. }), "{error}");
    assert!(error.to_string().contains("blues.00000"), "{error}");
    assert_eq!(others, tracks());
}
