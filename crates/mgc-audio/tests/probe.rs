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

#[test]
fn what_is_no_sound_is_the_error_of_decoding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.mp3");
    std::fs::write(&path, "<html>").unwrap();
    assert!(matches!(probe(&path), Err(Error::NotAudio { .. })));
    assert!(matches!(probe(folder.path()), Err(Error::Directory { .. })));
}
