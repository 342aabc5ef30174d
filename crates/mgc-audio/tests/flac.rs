//! FLAC whose header is wrong or whose last frame is followed by something: a sound file is never called
//! damaged.

#![cfg(feature = "flac")]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{io::Cursor, time::Duration};

use common::{fixture, flac};
use mgc_audio::{Blocks, Clip, decode, decode_reader, decode_segment, probe};

/// Offsets in a file whose first block is the stream information.
const BLOCK_LENGTHS: usize = 8;
const FRAME_SIZES: usize = 12;
const TOTAL: usize = 18;
const CHECKSUM: usize = 26;
/// Samples of one frame of the fixtures, as libFLAC chose.
const FRAME: usize = 4096;

/// Durations are rounded to nanoseconds, down and to the nearest.
const ROUNDING: Duration = Duration::from_nanos(1);

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn decoded(bytes: &[u8]) -> Clip {
    decode_reader(Cursor::new(bytes.to_vec()), "test.flac").unwrap()
}

/// One frame, in stereo of 16 and 24 bits; forty frames, mono.
const NAMES: [&str; 3] = ["triangle_s16.flac", "triangle_s24.flac", "bursts.flac"];

fn patched(file: &[u8], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[offset..offset + bytes.len()].copy_from_slice(bytes);
    file
}

/// The file with this number of samples in its header.
fn with_total(file: &[u8], change: impl Fn(u64) -> u64) -> Vec<u8> {
    const BITS: u64 = (1 << 36) - 1;
    let field = u64::from_be_bytes(*file[TOTAL..].first_chunk().unwrap());
    patched(file, TOTAL, &(field & !BITS | change(field & BITS) & BITS).to_be_bytes())
}

/// Tags and junk of every kind that is found behind the last frame.
fn trailers() -> Vec<(&'static str, Vec<u8>)> {
    let id3v1 = [&b"TAG"[..], &[b'x'; 124], &[17]].concat();
    let item = b"\x04\0\0\0\0\0\0\0Title\0Song";
    let footer = |flags: [u8; 4]| {
        let length = (item.len() as u32 + 32).to_le_bytes();
        [&b"APETAGEX\xd0\x07\0\0"[..], &length, &[1, 0, 0, 0], &flags, &[0; 8]].concat()
    };
    let ape = [&footer([0, 0, 0, 0xa0])[..], item, &footer([0, 0, 0, 0x80])].concat();
    let ape_without_header = [&item[..], &footer([0; 4])].concat();
    let lyrics = b"LYRICSBEGININD0000200000021LYRICS200".to_vec();
    let noise = (0..700_u32).map(|n| ((n * n * 7) >> 3) as u8).collect();
    vec![
        ("ID3v1", id3v1.clone()),
        ("APE", ape.clone()),
        ("APE without header", ape_without_header),
        ("APE and ID3v1", [ape, id3v1.clone()].concat()),
        ("Lyrics3 and ID3v1", [lyrics, id3v1].concat()),
        ("zeros", vec![0; 1000]),
        ("noise", noise),
        ("one byte", vec![0x55]),
    ]
}

#[test]
fn what_follows_the_last_frame_is_no_damage() {
    for name in NAMES {
        let whole = decode(fixture(name)).unwrap();
        for (what, trailer) in trailers() {
            let clip = decoded(&[read(name), trailer].concat());
            assert!(clip == whole, "{name}, {what}: {} {}", clip.samples.len(), clip.skipped_packets);
        }
    }
}

#[test]
fn a_tag_in_front_and_one_behind_are_no_damage() {
    for name in NAMES {
        let file = [&b"ID3\x04\0\0\0\0\0\x05hello"[..], &read(name), &trailers()[0].1].concat();
        assert!(decoded(&file) == decode(fixture(name)).unwrap(), "{name}");
    }
}

#[test]
fn block_lengths_come_from_the_frames() {
    for name in NAMES {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap());
        for lengths in
            [[0, 4096], [0, 0], [1, 4096], [16, 4096], [4096, 65_535], [65_535, 65_535], [4097, 16]]
        {
            let bytes = lengths.map(u16::to_be_bytes).concat();
            for file in [
                patched(&file, BLOCK_LENGTHS, &bytes),
                [&patched(&file, BLOCK_LENGTHS, &bytes)[..], &trailers()[0].1].concat(),
            ] {
                let clip = decoded(&file);
                assert!(
                    clip == whole,
                    "{name}, {lengths:?}: {} {}",
                    clip.samples.len(),
                    clip.skipped_packets
                );
            }
        }
    }
}

#[test]
fn sizes_of_frames_and_the_checksum_of_the_sound_do_not_matter() {
    for name in NAMES {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap());
        for sizes in [[0; 6], [0, 0x10, 0, 0, 0, 0x10], [0, 0, 0x10, 0, 0, 0x10], [0xff, 0xff, 0xff, 0, 0, 1]]
        {
            assert!(decoded(&patched(&file, FRAME_SIZES, &sizes)) == whole, "{name}, {sizes:?}");
        }
        assert!(decoded(&patched(&file, CHECKSUM, &[0x55; 16])) == whole, "{name}");
    }
}

#[test]
fn the_number_of_samples_comes_from_the_frames() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("total.flac");
    for name in NAMES {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap());
        let duration = probe(fixture(name)).unwrap().duration;
        let changes: [&dyn Fn(u64) -> u64; 7] =
            [&|_| 0, &|_| 1, &|n| n - 1, &|n| n + 1, &|n| n - 2000, &|n| n + 50_000, &|_| u64::MAX];
        for (index, change) in changes.iter().enumerate() {
            std::fs::write(&path, with_total(&file, change)).unwrap();
            assert!(decode(&path).unwrap() == whole, "{name}, change {index}");
            assert_eq!(probe(&path).unwrap().duration, duration, "{name}, change {index}");
            std::fs::write(&path, [with_total(&file, change), trailers()[0].1.clone()].concat()).unwrap();
            assert!(decode(&path).unwrap() == whole, "{name}, change {index}, with a tag");
        }
    }
}

#[test]
fn a_file_that_was_cut_off_keeps_its_whole_frames_and_counts_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.flac");
    let (file, whole) = (read("bursts.flac"), decode(fixture("bursts.flac")).unwrap().samples);
    let mut lengths = Vec::new();
    for cut in (1..40).map(|part| file.len() * part / 40).filter(|cut| *cut > 10_000).chain([file.len() - 1])
    {
        for total in [true, false] {
            let file = if total { file.clone() } else { with_total(&file, |_| 0) };
            std::fs::write(&path, &file[..cut]).unwrap();
            let clip = decode(&path).unwrap();
            assert_eq!(clip.samples.len() % FRAME, 0, "cut at {cut}");
            assert!(clip.samples == whole[..clip.samples.len()], "cut at {cut}");
            assert_eq!(clip.skipped_packets, 1, "cut at {cut}");
            let told = probe(&path).unwrap().duration.unwrap();
            assert!(told.abs_diff(clip.duration()) <= ROUNDING, "cut at {cut}: {told:?}");
            lengths.push(clip.samples.len());
        }
    }
    assert!(lengths.is_sorted() && lengths.last() == Some(&(whole.len() / FRAME * FRAME)), "{lengths:?}");
}

#[test]
fn frames_numbered_by_samples_are_read_whatever_the_header_says() {
    let file = flac::silence_counted_in_samples(12);
    let samples = 12 * flac::FRAME;
    for lengths in [[16, 4096], [0, 4096], [4096, 4096], [0, 0], [16, 192]] {
        let file = patched(&file, BLOCK_LENGTHS, &lengths.map(u16::to_be_bytes).concat());
        for (what, file) in [("plain", file.clone()), ("tagged", [&file[..], &trailers()[0].1].concat())] {
            let clip = decoded(&file);
            assert_eq!((clip.samples.len(), clip.skipped_packets), (samples, 0), "{what}, {lengths:?}");
        }
    }
}

#[test]
fn a_segment_behind_a_wrong_header_is_that_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.flac");
    let whole = decode(fixture("bursts.flac")).unwrap();
    let file = with_total(&patched(&read("bursts.flac"), BLOCK_LENGTHS, &[0; 4]), |_| 1);
    std::fs::write(&path, [file, trailers()[3].1.clone()].concat()).unwrap();
    let part = decode_segment(&path, Duration::from_secs(6), Duration::from_secs(1)).unwrap();
    assert!(part.samples == whole.samples[132_300..154_350] && part.skipped_packets == 0);
}

/// Memory and time do not depend on where the last frame is.
#[test]
fn a_stream_without_a_whole_frame_near_its_end_is_read_as_before() {
    let file = flac::silence(100);
    let padded = [&file[..], &[0xa5; 400_000]].concat();
    let blocks = Blocks::from_reader(Cursor::new(padded), "padded.flac").unwrap();
    let samples: usize = blocks.map_while(Result::ok).map(|block| block.len()).sum();
    assert!(samples >= 99 * flac::FRAME, "{samples}");
}
