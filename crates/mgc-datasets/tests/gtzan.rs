//! GTZAN in every layout in circulation, with the clutter of each.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::path::Path;

use mgc_datasets::{Dataset, Error, Gtzan, Source, Split, SplitConfig, SplitReport, official, split};
use support::{ids, put};

fn opened(root: &Path) -> Gtzan {
    Gtzan::open(root).unwrap()
}

#[test]
fn the_original_archive_opens_from_its_folder_and_from_above() {
    let root = tempfile::tempdir().unwrap();
    for file in
        ["blues/blues.00000.wav", "rock/rock.00099.wav", "blues/.DS_Store", ".DS_Store", "bl.mf", "input.mf"]
    {
        put(&root.path().join("genres"), file, b"");
    }
    for at in [root.path().join("genres"), root.path().to_path_buf()] {
        let gtzan = opened(&at);
        assert_eq!(ids(&gtzan), ["blues.00000", "rock.00099"]);
        assert_eq!(gtzan.tracks()[1].genre, Some(9));
        assert_eq!(gtzan.tracks()[1].source, Source::Audio(root.path().join("genres/rock/rock.00099.wav")));
    }
}

#[test]
fn the_kaggle_copy_opens_from_every_height_without_its_pictures_and_tables() {
    let root = tempfile::tempdir().unwrap();
    for file in [
        "Data/genres_original/jazz/jazz.00054.wav",
        "Data/images_original/jazz/jazz00054.png",
        "Data/features_30_sec.csv",
        "Data/features_3_sec.csv",
    ] {
        put(root.path(), file, b"");
    }
    for below in ["", "Data", "Data/genres_original"] {
        assert_eq!(ids(&opened(&root.path().join(below))), ["jazz.00054"]);
    }
}

#[test]
fn apple_double_twins_are_no_clips() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "pop/pop.00001.wav", b"");
    put(root.path(), "pop/._pop.00001.wav", b"");
    assert_eq!(ids(&opened(root.path())), ["pop.00001"]);
}

#[test]
fn au_and_mp3_clips_are_found_in_any_case_and_once() {
    let root = tempfile::tempdir().unwrap();
    for file in ["disco.00000.au", "disco.00001.MP3", "disco.00002.au", "disco.00002.mp3", "disco.00002.wav"]
    {
        put(&root.path().join("disco"), file, b"");
    }
    let gtzan = opened(root.path());
    assert_eq!(ids(&gtzan), ["disco.00000", "disco.00001", "disco.00002"]);
    assert_eq!(gtzan.tracks()[2].source, Source::Audio(root.path().join("disco/disco.00002.wav")));
}

#[test]
fn strange_names_and_folders_in_a_genre_are_left_alone() {
    let root = tempfile::tempdir().unwrap();
    for file in
        ["metal.00000.wav", "metal.0000.wav", "metal.00000 (1).wav", "rock.00000.wav", "metal.00001.txt"]
    {
        put(&root.path().join("metal"), file, b"");
    }
    put(&root.path().join("metal/metal.00007.wav"), "inside", b"");
    assert_eq!(ids(&opened(root.path())), ["metal.00000"]);
}

#[test]
fn a_part_of_the_set_keeps_all_ten_genres_in_order() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "reggae/reggae.00003.wav", b"");
    let gtzan = opened(root.path());
    assert_eq!(gtzan.genres().len(), 10);
    assert_eq!(gtzan.counts(), [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
}

#[test]
fn a_wrong_or_empty_folder_is_an_error_that_tells_the_layout() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "file.txt", b"");
    put(root.path(), "empty/blues/readme.txt", b"");
    for (below, found) in [
        ("", "no genre folder"),
        ("absent", "no such folder"),
        ("file.txt", "not a folder"),
        ("empty", "no genre folder"),
    ] {
        let error = Gtzan::open(root.path().join(below)).unwrap_err();
        assert!(matches!(error, Error::Layout { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains(found) && message.contains("blues/blues.00000.wav"), "{message}");
    }
}

#[test]
fn the_official_split_is_the_fault_filtered_one_and_leaves_faulty_clips_out() {
    let root = tempfile::tempdir().unwrap();
    for clip in ["blues.00029", "blues.00000", "blues.00012", "blues.00013", "pop.00037"] {
        let genre = clip.split('.').next().unwrap();
        put(root.path(), &format!("{genre}/{clip}.wav"), b"");
    }
    let gtzan = opened(root.path());
    let sides: Vec<_> = gtzan.tracks().iter().map(|track| track.split).collect();
    let [valid, test, train] = [Split::Valid, Split::Test, Split::Train].map(Some);
    assert_eq!(ids(&gtzan)[4], "pop.00037");
    assert_eq!(sides, [valid, test, test, train, None], "pop.00037 is on none of the three lists");
    let sides = official(gtzan.tracks()).unwrap();
    assert_eq!((sides.train(), sides.valid(), sides.test()), (&[3][..], &[0][..], &[1, 2][..]));
}

#[test]
fn replicas_and_versions_are_in_the_group_of_their_artist() {
    let root = tempfile::tempdir().unwrap();
    // exact replicas, versions in two genres, two spellings, two of one title without a name
    let related = [
        ["hiphop.00039", "hiphop.00045"],
        ["metal.00058", "rock.00016"],
        ["metal.00095", "metal.00096"],
        ["country.00046", "country.00047"],
        ["pop.00010", "pop.00014"],
        ["reggae.00028", "reggae.00032"],
    ];
    for clip in related.concat() {
        let genre = clip.split('.').next().unwrap();
        put(root.path(), &format!("{genre}/{clip}.wav"), b"");
    }
    let gtzan = opened(root.path());
    let group = |id: &str| gtzan.tracks().iter().find(|track| track.id == id).unwrap().group.clone();
    for [one, other] in related {
        assert!(group(one).is_some() && group(one) == group(other), "{one} and {other}");
    }
    assert_eq!(group("pop.00014").as_deref(), Some("unnamed pop.00010"));
}

#[test]
fn a_split_of_ones_own_keeps_the_artists_together() {
    let root = tempfile::tempdir().unwrap();
    for number in 0..60 {
        put(root.path(), &format!("reggae/reggae.{number:05}.wav"), b"");
    }
    let gtzan = opened(root.path());
    let sides = split(gtzan.tracks(), &SplitConfig::default()).unwrap();
    let report = SplitReport::new(gtzan.tracks(), 10, &sides);
    assert!(report.groups > 10 && report.crossing.is_empty(), "{report}");
    let plain = split(gtzan.tracks(), &SplitConfig { grouped: false, ..Default::default() }).unwrap();
    assert!(SplitReport::new(gtzan.tracks(), 10, &plain).leaked_test_tracks > 0, "28 of 60 are Bob Marley");
}

#[test]
fn the_official_split_keeps_named_artists_apart_and_divides_two_unnamed_pairs() {
    let root = tempfile::tempdir().unwrap();
    for (genre, count) in Gtzan::INFO.genres {
        (0..*count).for_each(|number| put(root.path(), &format!("{genre}/{genre}.{number:05}.wav"), b""));
    }
    let gtzan = opened(root.path());
    let report = SplitReport::new(gtzan.tracks(), 10, &official(gtzan.tracks()).unwrap());
    let [train, valid, test] = Split::ALL;
    let divided = [("unnamed disco.00057", vec![train, test]), ("unnamed pop.00010", vec![valid, test])];
    assert_eq!(report.crossing, divided.map(|(group, sides)| (group.to_string(), sides)));
}
