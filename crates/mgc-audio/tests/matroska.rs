//! Matroska and WebM that were cut off, or with something behind their end.

#![cfg(all(feature = "mkv", feature = "vorbis", feature = "flac"))]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::io::Cursor;

use common::fixture;
use mgc_audio::{Clip, Error, Result, decode, decode_reader, probe};

/// Several packets and one; in the third the padding of the last is stated.
const NAMES: &[&str] = &[
    "triangle_vorbis.webm",
    "triangle_flac.mka",
    #[cfg(feature = "opus")]
    "tone_opus.webm",
];

const CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];
/// What stands behind the last cluster, to find one's way.
const CUES: [u8; 4] = [0x1c, 0x53, 0xbb, 0x6b];

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn decoded(bytes: &[u8]) -> Result<Clip> {
    decode_reader(Cursor::new(bytes.to_vec()), "test.mka")
}

fn last(file: &[u8], id: [u8; 4]) -> usize {
    file.windows(4).rposition(|window| window == id).unwrap()
}

#[test]
fn a_file_that_was_cut_off_keeps_its_whole_packets_and_counts_as_damaged() {
    for name in NAMES {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap().samples);
        let (start, end) = (last(&file, CLUSTER), last(&file, CUES));
        let mut length = 0;
        for cut in start + 12..end {
            match decoded(&file[..cut]) {
                Ok(clip) => {
                    let kept = clip.samples.len().min(whole.len()); // the padding is no longer known
                    assert!(clip.samples[..kept] == whole[..kept], "{name} cut at {cut}");
                    assert!(clip.samples.len() >= length, "{name} cut at {cut}");
                    assert_eq!(clip.skipped_packets, 1, "{name} cut at {cut}");
                    length = clip.samples.len();
                }
                Err(error) => {
                    assert!(matches!(error, Error::Empty { .. } | Error::Malformed { .. }), "{error}");
                    assert_eq!(length, 0, "{name} cut at {cut}: {error}");
                }
            }
        }
        assert!(length > whole.len() / 2 || name.contains("flac"), "{name}: {length}");
    }
}

#[test]
fn a_file_that_lost_only_what_follows_its_sound_is_whole() {
    for name in NAMES {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap());
        for cut in [last(&file, CUES) + 10, file.len() - 1] {
            let clip = decoded(&file[..cut]).unwrap();
            assert!(clip == whole, "{name} cut at {cut}: {} {}", clip.samples.len(), clip.skipped_packets);
        }
    }
}

#[test]
fn junk_behind_the_end_is_no_damage() {
    let noise: Vec<u8> = (0..700_u32).map(|n| ((n * n) >> 3) as u8).collect();
    for name in NAMES {
        let whole = decode(fixture(name)).unwrap();
        for junk in [&[0; 300][..], b"abc", &noise, &[&b"TAG"[..], &[b'x'; 125]].concat()] {
            assert!(decoded(&[&read(name)[..], junk].concat()).unwrap() == whole, "{name}");
        }
    }
}

/// The headers still state the length of the whole.
#[test]
fn a_file_that_was_cut_off_is_described_by_its_headers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.webm");
    let file = read("triangle_vorbis.webm");
    std::fs::write(&path, &file[..last(&file, CUES) - 100]).unwrap();
    let (info, whole) = (probe(&path).unwrap(), probe(fixture("triangle_vorbis.webm")).unwrap());
    assert_eq!((info.codec, info.sample_rate, info.duration), (whole.codec, 22_050, whole.duration));
}
