//! What a file is told to be without decoding it is what it decodes to.

#![cfg(all(
    feature = "mp3",
    feature = "flac",
    feature = "vorbis",
    feature = "aac",
    feature = "alac",
    feature = "aiff",
    feature = "caf",
    feature = "mkv"
))]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use common::fixture;
use mgc_audio::{decode, probe};

/// Durations are rounded to nanoseconds, down and to the nearest.
const ROUNDING: Duration = Duration::from_nanos(1);
/// Frames of two packets of mp3, the longest of the codecs that these containers hold but one: Matroska
/// counts in milliseconds, and it and fragments of MP4 count delay and padding of the encoder or do not.
const PACKETS: u32 = 2 * 1152;
/// Frames of a packet of ALAC, of which CAF as ffmpeg writes it counts the last as whole.
const ALAC_PACKET: u32 = 4096;

const EXTENSIONS: [&str; 17] = [
    "aac", "aif", "aiff", "au", "caf", "flac", "m4a", "mka", "mov", "mp2", "mp3", "mp4", "oga", "ogg", "w64",
    "wav", "webm",
];

fn fixtures() -> Vec<PathBuf> {
    let is_sound =
        |path: &PathBuf| path.extension().is_some_and(|e| EXTENSIONS.contains(&e.to_str().unwrap()));
    let mut paths: Vec<_> =
        std::fs::read_dir(fixture("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        is_sound(path) || (cfg!(feature = "opus") && path.extension().is_some_and(|e| e == "opus"))
    });
    paths.sort();
    paths
}

/// How far the length that is told may be from that of decoding.
fn tolerance(name: &str, codec: &str, sample_rate: u32) -> Duration {
    let is_fragmented = name.contains("fragment") || name.contains("segment_index");
    let frames = match name.rsplit('.').next() {
        Some("caf") if codec == "alac" => ALAC_PACKET,
        Some("mka" | "webm") => PACKETS,
        _ if is_fragmented => PACKETS,
        _ => return ROUNDING,
    };
    Duration::from_secs_f64(f64::from(frames) / f64::from(sample_rate))
}

/// Channels that the name of a fixture tells.
fn channels(name: &str) -> Option<u32> {
    match name {
        _ if name.contains("_mono") || name.starts_with("bursts") => Some(1),
        _ if name.starts_with("triangle") || name.contains("_stereo") => Some(2),
        _ if name.contains("3_channels") => Some(3),
        _ if name.contains("6_channels") => Some(6),
        _ => None,
    }
}

/// Compares what is told of the file with what it decodes to; returns whether its length is told.
fn assert_agrees(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    let (info, clip) = match (probe(path), decode(path)) {
        (Ok(info), Ok(clip)) => (info, clip),
        (Err(told), Err(error)) => {
            assert_eq!(told.to_string(), error.to_string(), "{name}");
            return false;
        }
        (info, clip) => {
            unreachable!("{name}: told {info:?}, decoded {:?}", clip.map(|clip| clip.samples.len()))
        }
    };
    assert_eq!(info.sample_rate, clip.sample_rate, "{name}");
    assert!(
        info.channels > 0 && channels(name).is_none_or(|channels| channels == info.channels),
        "{name}: {info:?}"
    );
    let Some(duration) = info.duration else { return false };
    let difference = duration.abs_diff(clip.duration());
    let allowed = tolerance(name, &info.codec, info.sample_rate);
    assert!(difference <= allowed, "{name}: {duration:?} for {:?}", clip.duration());
    true
}

/// Live recordings in Matroska state no length, and their packets none before they are decoded.
const LIVE: [&str; 1] = ["tone_opus_live.webm"];

#[test]
fn every_fixture_is_told_as_it_is_decoded() {
    let fixtures = fixtures();
    assert!(fixtures.len() > 80, "{}", fixtures.len());
    for path in fixtures {
        let name = path.file_name().unwrap().to_str().unwrap();
        let told = assert_agrees(&path);
        assert!(told || LIVE.contains(&name) || decode(&path).is_err(), "{name}: no length is told");
    }
}

/// Streams one behind the other, as radio is recorded: of other lengths, or the same once more.
#[test]
fn a_chain_of_ogg_streams_is_told_as_long_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let chains: &[&[&str]] = &[
        &["triangle.ogg", "bursts.ogg"],
        &["bursts.ogg", "triangle.ogg"],
        &["triangle.ogg", "triangle.ogg"],
        &["bursts.ogg", "triangle.ogg", "bursts.ogg"],
        &["triangle_flac.oga", "triangle_flac.oga", "triangle_flac.oga"],
        #[cfg(feature = "opus")]
        &["triangle.opus", "triangle.opus"],
    ];
    for chain in chains {
        let path = folder.path().join(format!("{}.ogg", chain.join("_")));
        let parts: Vec<u8> = chain.iter().flat_map(|name| std::fs::read(fixture(name)).unwrap()).collect();
        std::fs::write(&path, parts).unwrap();
        assert!(assert_agrees(&path), "{chain:?}");
        let frames: usize = chain.iter().map(|name| decode(fixture(name)).unwrap().samples.len()).sum();
        assert_eq!(decode(&path).unwrap().samples.len(), frames, "{chain:?}");
    }
}

/// Its last page, which states the length, is missing, or a part of it.
#[test]
fn the_length_of_an_ogg_file_that_was_cut_off_is_that_of_its_packets() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("bursts.ogg"), std::fs::read(fixture("bursts.ogg")).unwrap());
    let last = file.windows(4).rposition(|window| window == b"OggS").unwrap();
    for length in [last, last + 40, file.len() - 1, last * 2 / 3] {
        std::fs::write(&path, &file[..length]).unwrap();
        assert!(assert_agrees(&path), "{length} bytes");
    }
}

/// Headers of FLAC and plain samples state what is missing; the bytes decide.
#[test]
fn a_file_of_lossless_samples_that_was_cut_off_is_told_as_it_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "bursts.flac",
        "triangle_s16.wav",
        "triangle_s16.aiff",
        "triangle_s16.caf",
        "triangle_s16.au",
        "triangle_s16.w64",
        "triangle_s16_rf64.wav",
    ] {
        let (path, file) = (folder.path().join(name), std::fs::read(fixture(name)).unwrap());
        for missing in [1, 100, 333] {
            std::fs::write(&path, &file[..file.len() - missing]).unwrap();
            assert!(assert_agrees(&path), "{name} without {missing} bytes");
        }
    }
}
