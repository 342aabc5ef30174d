//! Parts of a file, blocks and readers against the whole.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{io::Cursor, path::PathBuf, sync::atomic::Ordering, time::Duration};

use common::{counting::Counting, fixture};
use mgc_audio::{Blocks, Clip, Error, decode, decode_reader, decode_segment};
use proptest::prelude::*;

/// Every fixture that decodes.
fn sounds() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(fixture("")).unwrap().map(|entry| entry.unwrap().path());
    let mut sounds: Vec<_> = folder.filter(|path| decode(path).is_ok()).collect();
    sounds.sort();
    sounds
}

fn part(clip: &Clip, offset: Duration, duration: Duration) -> &[f32] {
    let frames = |time: Duration| (time.as_nanos() * u128::from(clip.sample_rate) / 1_000_000_000) as usize;
    let start = frames(offset).min(clip.samples.len());
    &clip.samples[start..(start + frames(duration)).min(clip.samples.len())]
}

#[test]
fn there_are_sounds_to_test_with() {
    assert!(sounds().len() > 40 || cfg!(not(feature = "mkv")), "{}", sounds().len());
}

#[cfg(all(feature = "mp3", feature = "flac", feature = "aac", feature = "alac", feature = "vorbis"))]
#[test]
fn every_way_to_jump_has_a_long_sound() {
    let names: Vec<_> = long_sounds().iter().map(|p| p.file_name().unwrap().to_owned()).collect();
    for name in ["bursts.mp3", "bursts.flac", "bursts.ogg", "bursts_aac.m4a", "bursts_alac.m4a"] {
        assert!(names.iter().any(|n| n == name), "{name} of {names:?}");
    }
}

#[test]
fn all_blocks_together_are_the_clip() {
    for path in sounds() {
        let blocks = Blocks::open(&path).unwrap();
        assert_eq!(blocks.sample_rate(), decode(&path).unwrap().sample_rate);
        let joined: Vec<f32> = blocks.flat_map(|block| block.unwrap()).collect();
        assert!(joined == decode(&path).unwrap().samples, "{}", path.display());
    }
}

#[test]
fn no_block_is_longer_than_a_flac_frame_or_empty() {
    for path in sounds() {
        let lengths: Vec<_> = Blocks::open(&path).unwrap().map(|block| block.unwrap().len()).collect();
        assert!(lengths.iter().all(|length| (1..=65_535).contains(length)), "{}", path.display());
    }
}

#[test]
fn a_reader_gives_what_the_file_gives() {
    for path in sounds() {
        let bytes = Cursor::new(std::fs::read(&path).unwrap());
        assert!(decode_reader(bytes, "name").unwrap() == decode(&path).unwrap(), "{}", path.display());
    }
}

#[test]
fn errors_of_a_reader_carry_its_name() {
    let message = decode_reader(Cursor::new(b"hello".to_vec()), "upload 7").unwrap_err().to_string();
    assert!(message.starts_with("upload 7: not an audio file"), "{message}");
}

#[test]
fn segments_of_every_fixture_are_parts_of_the_whole() {
    for path in sounds() {
        let whole = decode(&path).unwrap();
        for (start, length) in [(0, 1), (0, 7), (3, 2), (5, 1), (7, 9)] {
            let (offset, duration) = (whole.duration() * start / 8, whole.duration() * length / 8);
            let segment = decode_segment(&path, offset, duration).unwrap();
            assert!(segment.samples == part(&whole, offset, duration), "{} {start}/8", path.display());
        }
    }
}

/// Longer than the run-up of a jump, so that each format jumps in its own way.
fn long_sounds() -> Vec<PathBuf> {
    sounds().into_iter().filter(|path| decode(path).unwrap().samples.len() > 100_000).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_segment_of_a_long_file_is_a_part_of_the_whole(start in 0.0..1.0_f64, millis in 1_u64..2000) {
        for path in long_sounds() {
            let whole = decode(&path).unwrap();
            let (offset, duration) = (whole.duration().mul_f64(start), Duration::from_millis(millis));
            let segment = decode_segment(&path, offset, duration).unwrap();
            prop_assert!(segment.samples == part(&whole, offset, duration), "{} {:?}", path.display(), offset);
            prop_assert_eq!(segment.skipped_packets, 0);
        }
    }
}

/// Two ogg streams one behind the other in one file, as radio recorders write them.
#[cfg(feature = "vorbis")]
#[test]
fn segments_of_a_chained_ogg_are_parts_of_the_whole() {
    let link = std::fs::read(fixture("bursts.ogg")).unwrap();
    let mut second = link.clone();
    renumber(&mut second);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chain.ogg");
    std::fs::write(&path, [link, second].concat()).unwrap();
    let whole = decode(&path).unwrap();
    assert_eq!((whole.samples.len(), whole.skipped_packets), (320_000, 0));
    for start in [0.1, 0.45, 0.499, 0.5, 0.7, 0.9] {
        let (offset, duration) = (whole.duration().mul_f64(start), Duration::from_millis(300));
        let segment = decode_segment(&path, offset, duration).unwrap();
        assert!(segment.samples == part(&whole, offset, duration), "{start}");
    }
}

/// Gives the pages of an ogg stream another serial number.
#[cfg(feature = "vorbis")]
fn renumber(stream: &mut [u8]) {
    let starts: Vec<usize> =
        stream.windows(4).enumerate().filter(|(_, w)| w == b"OggS").map(|(at, _)| at).collect();
    for start in starts {
        let segments = usize::from(stream[start + 26]);
        let table = &stream[start + 27..start + 27 + segments];
        let length = 27 + segments + table.iter().map(|s| usize::from(*s)).sum::<usize>();
        let page = &mut stream[start..start + length];
        page[14..18].copy_from_slice(&7_u32.to_le_bytes());
        page[22..26].fill(0);
        let crc = common::checksum(page, 0x04c1_1db7, 32);
        page[22..26].copy_from_slice(&crc.to_le_bytes());
    }
}

#[cfg(feature = "mp3")]
#[test]
fn a_packet_that_cannot_be_decoded_is_silence_so_that_segments_keep_their_time() {
    let mut bytes = std::fs::read(fixture("bursts.mp3")).unwrap();
    // The side information of a frame a second in: a length that no frame has.
    let frames: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at] == 0xff && bytes[at + 1] & 0xfe == 0xf2).collect();
    for at in &frames[40..43] {
        bytes[at + 4..at + 13].fill(0xff);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.mp3");
    std::fs::write(&path, bytes).unwrap();
    let (whole, clean) = (decode(&path).unwrap(), decode(fixture("bursts.mp3")).unwrap());
    assert!(whole.skipped_packets > 0);
    assert_eq!(whole.samples.len(), clean.samples.len());
    assert!(whole.samples[100_000..] == clean.samples[100_000..], "what follows keeps its time");
    let (offset, duration) = (Duration::from_secs(5), Duration::from_secs(1));
    assert!(decode_segment(&path, offset, duration).unwrap().samples == part(&whole, offset, duration));
}

/// The header may state fewer samples than there are.
#[cfg(feature = "flac")]
#[test]
fn a_wrong_length_in_a_flac_header_ends_no_segment() {
    let mut bytes = std::fs::read(fixture("bursts.flac")).unwrap();
    bytes[22..26].copy_from_slice(&1000_u32.to_be_bytes());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.flac");
    std::fs::write(&path, bytes).unwrap();
    let whole = decode(&path).unwrap();
    assert_eq!(whole.samples.len(), 160_000);
    let (offset, duration) = (Duration::from_secs(6), Duration::from_millis(500));
    assert!(decode_segment(&path, offset, duration).unwrap().samples == part(&whole, offset, duration));
}

#[test]
fn a_segment_behind_the_end_is_a_typed_error_and_one_over_the_end_is_short() {
    for path in sounds() {
        let whole = decode(&path).unwrap();
        let length = whole.duration();
        let beyond = decode_segment(&path, length + Duration::from_secs(1), Duration::from_secs(1));
        assert!(matches!(beyond, Err(Error::BeyondEnd { .. })), "{}: {beyond:?}", path.display());
        let over = decode_segment(&path, length / 2, Duration::from_secs(60)).unwrap();
        assert!(over.samples == part(&whole, length / 2, length), "{}", path.display());
        assert!(decode_segment(&path, length / 2, Duration::ZERO).unwrap().samples.is_empty());
    }
}

/// Bytes read for the first block from `offset` on, of an .au file of a minute at 44.1 kHz.
fn bytes_read_for_a_block(offset: Duration) -> u64 {
    let header = [u32::from_be_bytes(*b".snd"), 24, u32::MAX, 3, 44_100, 1];
    let header = header.iter().flat_map(|word| word.to_be_bytes());
    let bytes = header.chain(std::iter::repeat_n(1, 60 * 44_100 * 2)).collect();
    let (reader, read) = Counting::new(bytes);
    let mut blocks = Blocks::from_reader(reader, "counted").unwrap().starting_at(offset).unwrap();
    blocks.next().unwrap().unwrap();
    read.load(Ordering::Relaxed)
}

#[test]
fn a_segment_is_read_without_what_lies_around_it() {
    for seconds in [0, 30, 59] {
        let bytes = bytes_read_for_a_block(Duration::from_secs(seconds));
        assert!(bytes < 40_000, "{bytes} of 5,292,024 bytes for a block at {seconds} s");
    }
}

#[test]
fn an_iterator_ends_after_an_error() {
    let header = [u32::from_be_bytes(*b".snd"), 24, u32::MAX, 6, 8000, 1];
    let samples = [0.5_f32.to_bits(), f32::NAN.to_bits(), 0.5_f32.to_bits()];
    let bytes = header.iter().chain(&samples).flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let mut blocks = Blocks::from_reader(Cursor::new(bytes), "nan.au").unwrap();
    assert!(matches!(blocks.next(), Some(Err(Error::FileNotFinite { index: 1, .. }))));
    assert!(blocks.next().is_none() && blocks.next().is_none());
}
