//! Extended Ballroom: its list, its links and any part of its clips.

#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a failed unwrap is the finding itself")]

mod support;

use std::path::Path;

use mgc_datasets::{Checksum, Dataset, Error, ExtendedBallroom, LinkKinds, Source};
use proptest::prelude::*;
use support::{groups, ids, put};

/// As the published file is written: no declaration, tabs and spaces, entities, every kind of link.
const LIST: &str = r#"<ballroom>
  <Waltz>
    <song album="Ballroom Magic" artist="Sherman" bpm="90" id="101003" title="Hushabye &amp; Mountain" hash="0c27b13d929859ac78b75762d5b232a4">
    	<version id="101018"/><exact id="113108"/>
    </song>
    <song album="Ballroom Magic" artist="Sherman" bpm="90" id="101018" title="Theme From &quot;Shrek&quot;" hash="d41d8cd98f00b204e9800998ecf8427e"><version id="101003"/></song>
    <song album="Énigme" artist="演歌" bpm="87" id="113108" title="C" hash="d41d8cd98f00b204e9800998ecf8427e"><exact id="101003"/></song>
    <song album="A" artist="B" bpm="87" id="100601" title="D" hash="d41d8cd98f00b204e9800998ecf8427e"/>
  </Waltz>
  <Salsa>
    <song album="A" artist="B" bpm="180" id="200001" title="E" hash="d41d8cd98f00b204e9800998ecf8427e"><karaoke id="200002" voiced="yes"/></song>
    <song album="A" artist="B" bpm="180" id="200002" title="F" hash="d41d8cd98f00b204e9800998ecf8427e"><time id="200003"/></song>
    <song album="A" artist="B" bpm="190" id="200003" title="G" hash="d41d8cd98f00b204e9800998ecf8427e"/>
  </Salsa>
</ballroom>
"#;

const WALTZES: [&str; 4] = ["Waltz/101003.mp3", "Waltz/101018.mp3", "Waltz/113108.mp3", "Waltz/100601.mp3"];
const SALSAS: [&str; 3] = ["Salsa/200001.mp3", "Salsa/200002.mp3", "Salsa/200003.mp3"];

fn put_list(root: &Path) {
    put(root, "extendedballroom_v1.1.xml", LIST.as_bytes());
}

#[test]
fn all_links_make_groups_named_by_the_smallest_id() {
    let root = tempfile::tempdir().unwrap();
    put_list(root.path());
    WALTZES.iter().chain(&SALSAS).for_each(|file| put(root.path(), file, b""));
    let ballroom = ExtendedBallroom::open(root.path()).unwrap();
    assert_eq!(ids(&ballroom), ["101003", "101018", "113108", "100601", "200001", "200002", "200003"]);
    let expected = ["101003", "101003", "101003", "100601", "200001", "200001", "200001"].map(Some);
    assert_eq!(groups(&ballroom), expected);
    assert_eq!(ballroom.genres()[ballroom.tracks()[4].genre.unwrap()], "Salsa");
}

#[test]
fn exact_links_alone_leave_versions_tempos_and_karaoke_apart() {
    let root = tempfile::tempdir().unwrap();
    put_list(root.path());
    WALTZES.iter().chain(&SALSAS).for_each(|file| put(root.path(), file, b""));
    let ballroom = ExtendedBallroom::open_with(root.path(), LinkKinds::Exact).unwrap();
    let expected = ["101003", "101018", "101003", "100601", "200001", "200002", "200003"].map(Some);
    assert_eq!(groups(&ballroom), expected);
}

#[test]
fn songs_stay_one_group_when_the_song_that_links_them_is_absent() {
    let root = tempfile::tempdir().unwrap();
    put_list(root.path());
    for file in ["Waltz/101018.mp3", "Waltz/113108.mp3"] {
        put(root.path(), file, b"");
    }
    assert_eq!(groups(&ExtendedBallroom::open(root.path()).unwrap()), [Some("101003"); 2]);
}

#[test]
fn list_and_clips_may_lie_one_folder_below_together_or_apart() {
    for (list, clips) in [("", ""), ("", "audio"), ("lists", "audio"), ("all", "all"), ("lists", "")] {
        let root = tempfile::tempdir().unwrap();
        put_list(&root.path().join(list));
        put(&root.path().join(clips), SALSAS[0], b"");
        let ballroom = ExtendedBallroom::open(root.path()).unwrap();
        let expected = root.path().join(clips).join(SALSAS[0]);
        assert_eq!(ballroom.tracks()[0].source, Source::Audio(expected), "{list} {clips}");
    }
}

#[test]
fn a_part_of_the_classes_keeps_all_indices_and_misses_the_others_as_a_whole() {
    let root = tempfile::tempdir().unwrap();
    put_list(root.path());
    for file in [SALSAS[1], "Salsa/._200001.mp3", "Salsa/.DS_Store", "Salsa/200003.mp3/inside"] {
        put(root.path(), file, b"");
    }
    let ballroom = ExtendedBallroom::open(root.path()).unwrap();
    assert_eq!(ids(&ballroom), ["200002"]);
    assert_eq!(ballroom.tracks()[0].genre, Some(6));
    assert_eq!(ballroom.genres().len(), 13);
    let inventory = ballroom.inventory().unwrap();
    let missing: Vec<_> = inventory.missing.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(missing, ["Waltz", "200001", "200003"]);
    let empty = Checksum::Md5("d41d8cd98f00b204e9800998ecf8427e".to_string());
    assert_eq!(inventory.checksums.get("200002"), Some(&empty));
}

#[test]
fn a_root_without_the_list_or_without_any_clip_is_told_apart() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), WALTZES[0], b"");
    let error = ExtendedBallroom::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("no extendedballroom_v1.1.xml"), "{error}");
    let root = tempfile::tempdir().unwrap();
    put_list(root.path());
    put(root.path(), "Waltz/999999.mp3", b"");
    let error = ExtendedBallroom::open(root.path()).unwrap_err();
    assert!(error.to_string().contains("none of its clips"), "{error}");
}

#[test]
fn a_list_as_deep_as_it_is_long_does_not_exhaust_the_stack() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "extendedballroom_v1.1.xml", "<a>".repeat(200_000).as_bytes());
    put(root.path(), WALTZES[0], b"");
    assert!(matches!(ExtendedBallroom::open(root.path()), Err(Error::Table { .. })));
    let whole = "<a>".repeat(200_000) + &"</a>".repeat(200_000);
    put(root.path(), "extendedballroom_v1.1.xml", whole.as_bytes());
    assert!(matches!(ExtendedBallroom::open(root.path()), Err(Error::Table { .. })));
}

#[test]
fn a_list_that_is_not_what_it_should_be_is_an_error_with_its_line() {
    let cut = &LIST[..LIST.len() / 2];
    for (list, line, found) in [
        (cut.as_bytes(), cut.lines().count() as u64, "never closed"),
        (&b"<ballroom>\n<Lambada/></ballroom>"[..], 2, "<Lambada>"),
        (b"<ballroom><Waltz>\n<song/></Waltz></ballroom>", 2, "without one"),
        (b"<ballroom><Waltz>\n\n<song id=\"../../secret\"/></Waltz></ballroom>", 3, "without one"),
        (b"<ballroom><Waltz><song id=\"1\"/>\n<song id=\"1\"/></Waltz></ballroom>", 2, "song 1 again"),
        (b"<ballroom title=\"\xff\"/>", 1, "utf-8"),
        (b"", 1, ""),
    ] {
        let root = tempfile::tempdir().unwrap();
        put(root.path(), "extendedballroom_v1.1.xml", list);
        put(root.path(), WALTZES[0], b"");
        let error = ExtendedBallroom::open(root.path()).unwrap_err();
        let Error::Table { line: at, found: what, .. } = &error else { panic!("{error}") };
        assert_eq!(*at, line, "{error}");
        assert!(what.contains(found), "{error}");
    }
}

#[test]
fn nested_entities_do_not_explode() {
    let mut list = String::from("<!DOCTYPE b [<!ENTITY a0 \"aaaaaaaaaa\">");
    for level in 1..12 {
        let inner = format!("&a{};", level - 1).repeat(10);
        list += &format!("<!ENTITY a{level} \"{inner}\">");
    }
    list += "]><ballroom><Waltz><song id=\"1\" title=\"&a11;\"/></Waltz></ballroom>";
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "extendedballroom_v1.1.xml", list.as_bytes());
    let error = ExtendedBallroom::open(root.path()).unwrap_err();
    assert!(matches!(error, Error::Table { .. }), "{error}");
}

proptest! {
    #[test]
    fn any_damage_to_the_list_gives_a_dataset_or_a_typed_error(
        at in 0..LIST.len(),
        bytes in proptest::collection::vec(any::<u8>(), 0..8),
    ) {
        let root = tempfile::tempdir().unwrap();
        let mut damaged = LIST.as_bytes().to_vec();
        damaged.splice(at..(at + bytes.len()).min(LIST.len()), bytes);
        put(root.path(), "extendedballroom_v1.1.xml", &damaged);
        put(root.path(), SALSAS[0], b"");
        match ExtendedBallroom::open(root.path()) {
            Ok(ballroom) => prop_assert_eq!(ids(&ballroom), ["200001"]),
            Err(Error::Table { .. } | Error::Layout { .. }) => {}
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }
}
