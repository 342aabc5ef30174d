//! What a file is, without decoding it.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::time::Duration;

use common::fixture;
use mgc_audio::{AudioInfo, Error, decode, probe};

fn info(name: &str) -> AudioInfo {
    probe(fixture(name)).unwrap()
}

/// Against what decoding gives.
fn assert_true(name: &str, codec: &str, tolerance: Duration) {
    let (info, clip) = (info(name), decode(fixture(name)).unwrap());
    assert_eq!((info.codec.as_str(), info.sample_rate, info.channels), (codec, 22_050, 2), "{name}");
    let duration = info.duration.unwrap();
    assert!(
        duration.abs_diff(clip.duration()) <= tolerance,
        "{name}: {duration:?} for {:?}",
        clip.duration()
    );
}

/// A duration is rounded down to nanoseconds.
const EXACT: Duration = Duration::from_nanos(1);
/// Matroska counts in milliseconds, and its last packet may be cut.
#[cfg(feature = "mkv")]
const PACKET: Duration = Duration::from_millis(25);

#[test]
fn plain_samples_are_described_as_they_decode() {
    for (name, codec) in [
        ("triangle_s16.wav", "pcm_s16le"),
        ("triangle_u8.wav", "pcm_u8"),
        ("triangle_f64.wav", "pcm_f64le"),
        ("triangle_mulaw.wav", "pcm_mulaw"),
        ("triangle_s16_rf64.wav", "pcm_s16le"),
        ("triangle_s24.w64", "pcm_s24le"),
        ("triangle_s8.au", "pcm_s8"),
        ("triangle_f32.au", "pcm_f32be"),
    ] {
        assert_true(name, codec, EXACT);
    }
}

#[cfg(all(feature = "mp3", feature = "flac", feature = "vorbis", feature = "aac", feature = "alac"))]
#[test]
fn codecs_are_described_as_they_decode() {
    for (name, codec) in [
        ("triangle.mp3", "mp3"),
        ("triangle.mp2", "mp2"),
        ("triangle_s16.flac", "flac"),
        ("triangle.ogg", "vorbis"),
        ("triangle_aac.m4a", "aac"),
        ("triangle.aac", "aac"),
        ("triangle_alac.m4a", "alac"),
    ] {
        assert_true(name, codec, EXACT);
    }
}

#[cfg(all(feature = "aiff", feature = "caf", feature = "mkv", feature = "vorbis"))]
#[test]
fn other_containers_are_described_as_they_decode() {
    assert_true("triangle_s24.aiff", "pcm_s24be", EXACT);
    assert_true("triangle_f32.caf", "pcm_f32be", EXACT);
    assert_true("triangle_vorbis.webm", "vorbis", PACKET);
    assert_true("triangle_flac.mka", "flac", PACKET);
}

/// Title, artist, album and genre.
fn tags(name: &str) -> [Option<String>; 4] {
    let tags = info(name).tags;
    [tags.title, tags.artist, tags.album, tags.genre]
}

const ALL: [&str; 4] = ["Four Corners", "The Triangles", "Straight Lines", "Geometry"];

#[test]
fn tags_of_wav_are_read() {
    assert_eq!(tags("tagged.wav"), ALL.map(|tag| Some(tag.into())));
    assert_eq!(tags("triangle_s16.wav"), [None, None, None, None]);
}

#[cfg(all(feature = "mp3", feature = "flac", feature = "vorbis", feature = "aac", feature = "alac"))]
#[test]
fn tags_of_every_kind_are_read() {
    for name in ["tagged.mp3", "tagged.flac", "tagged.ogg", "triangle_aac.m4a", "triangle_alac.m4a"] {
        assert_eq!(tags(name), ALL.map(|tag| Some(tag.into())), "{name}");
    }
}

#[cfg(feature = "mkv")]
#[test]
fn matroska_tells_album_and_genre() {
    let [_, _, album, genre] = tags("triangle_flac.mka");
    assert_eq!((album.as_deref(), genre.as_deref()), (Some(ALL[2]), Some(ALL[3])));
}

/// ID3v1 stands at the end of a file, in fields of 30 bytes, and always has a genre.
#[cfg(feature = "mp3")]
#[test]
fn a_short_tag_at_the_end_only_fills_what_the_long_one_in_front_leaves_open() {
    let mut end = [0_u8; 128];
    end[..9].copy_from_slice(b"TAGFour C");
    end[33..40].copy_from_slice(b"Triangl");
    end[127] = 17;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.mp3");
    for (front, title, genre) in
        [("tagged.mp3", "Four Corners", "Geometry"), ("triangle.mp3", "Four C", "Rock")]
    {
        let bytes = [std::fs::read(fixture(front)).unwrap(), end.to_vec()].concat();
        std::fs::write(&path, bytes).unwrap();
        let tags = probe(&path).unwrap().tags;
        assert_eq!((tags.title.as_deref(), tags.genre.as_deref()), (Some(title), Some(genre)), "{front}");
        assert_eq!(decode(&path).unwrap().samples.len(), 3000, "a tag is no sound");
    }
}

/// An APE tag: each item has a length, flags, a name that ends in a zero, and a value.
fn ape(items: &[(&str, &[u8], u32)], header: bool) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value, flags) in items {
        body.extend((value.len() as u32).to_le_bytes());
        body.extend(flags.to_le_bytes());
        body.extend(name.bytes().chain([0]).chain(value.iter().copied()));
    }
    let end = |flags: u32| {
        let words = [2000, 32 + body.len() as u32, items.len() as u32, flags, 0, 0];
        let words = words.iter().flat_map(|word| word.to_le_bytes());
        b"APETAGEX".iter().copied().chain(words).collect::<Vec<u8>>()
    };
    let front = if header { end(0xa000_0000) } else { Vec::new() };
    [front, body.clone(), end(if header { 0x8000_0000 } else { 0 })].concat()
}

/// Every fixture whose sound must not change by a tag behind it.
const TAGGED: &[&str] = &[
    "triangle_s16.wav",
    "triangle_s16.au",
    #[cfg(feature = "mp3")]
    "triangle.mp3",
    #[cfg(feature = "flac")]
    "triangle_s16.flac",
    #[cfg(feature = "vorbis")]
    "triangle.ogg",
    #[cfg(feature = "aac")]
    "triangle.aac",
    #[cfg(feature = "aiff")]
    "triangle_s16.aiff",
    #[cfg(feature = "caf")]
    "triangle_s16.caf",
];

/// Tags of a file with something behind its sound, which must not change.
fn tags_behind(name: &str, tag: &[u8]) -> [Option<String>; 4] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, [std::fs::read(fixture(name)).unwrap(), tag.to_vec()].concat()).unwrap();
    assert!(decode(&path).unwrap() == decode(fixture(name)).unwrap(), "{name}: a tag is no sound");
    let tags = probe(&path).unwrap().tags;
    [tags.title, tags.artist, tags.album, tags.genre]
}

#[test]
fn ape_tags_are_read_wherever_they_are() {
    let picture = [&b"cover.jpg\0"[..], &[0xff, 0xfb, 0x90, 0x44].repeat(500)].concat();
    let items: &[(&str, &[u8], u32)] = &[
        ("Cover Art (Front)", &picture, 2),
        ("TITLE", b"Four Corners", 0),
        ("artist", b"The Triangles\0The Squares", 0),
        ("aLbUm", "Straight Lines".as_bytes(), 1), // read-only
        ("Genre", b"Geometry", 0),
        ("Title", b"a second title", 0),
        ("Genre", b"http://example.org", 4), // a link
    ];
    for name in TAGGED {
        for tag in [ape(items, true), ape(items, false)] {
            assert_eq!(tags_behind(name, &tag), ALL.map(|tag| Some(tag.into())), "{name}");
            let with_id3 = [&tag[..], &id3v1("T", "A", 17)].concat();
            assert_eq!(tags_behind(name, &with_id3), ALL.map(|tag| Some(tag.into())), "{name}");
        }
    }
}

/// A tag of 128 bytes: title, artist and the number of a genre.
fn id3v1(title: &str, artist: &str, genre: u8) -> Vec<u8> {
    let mut tag = b"TAG".to_vec();
    tag.extend(title.bytes());
    tag.resize(33, 0);
    tag.extend(artist.bytes());
    tag.resize(127, 0);
    tag.push(genre);
    tag
}

/// `TAG` stands in the name of an APE tag: here exactly where a tag of 128 bytes would begin.
#[test]
fn an_ape_tag_is_not_taken_for_a_short_tag() {
    let value = [b'x'; 67 - 8 - 6];
    let tag = ape(&[("Title", &value, 0)], true);
    assert_eq!((tag.len(), &tag[3..6]), (131, &b"TAG"[..]));
    for name in TAGGED {
        let title = String::from_utf8(value.to_vec()).unwrap();
        assert_eq!(tags_behind(name, &tag), [Some(title), None, None, None], "{name}");
    }
    // One without text says nothing.
    let binary = ape(&[("Title", &value, 2)], true);
    assert!(TAGGED.iter().all(|name| tags_behind(name, &binary) == [None, None, None, None]));
}

#[test]
fn a_damaged_ape_tag_says_nothing() {
    let whole = ape(&[("Title", b"Four Corners", 0), ("Artist", b"The Triangles", 0)], true);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.wav");
    for (at, byte) in (0..whole.len()).flat_map(|at| [(at, 0xff), (at, 0), (at, 0x80)]) {
        let mut tag = whole.clone();
        tag[at] = byte;
        std::fs::write(&path, [std::fs::read(fixture("triangle_s16.wav")).unwrap(), tag].concat()).unwrap();
        assert_eq!(probe(&path).unwrap().duration, info("triangle_s16.wav").duration);
    }
}

#[test]
fn what_is_no_sound_is_the_error_of_decoding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.mp3");
    std::fs::write(&path, "<html>").unwrap();
    assert!(matches!(probe(&path), Err(Error::NotAudio { .. })));
    assert!(matches!(probe(folder.path()), Err(Error::Directory { .. })));
}
