//! MP4 files as they are found: cut off, with sizes that are wrong, in fragments, at rates that their headers
//! cannot hold.

#![cfg(all(feature = "aac", feature = "alac"))]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{io::Cursor, path::PathBuf};

use common::fixture;
use mgc_audio::{Blocks, Clip, Error, Result, decode, decode_reader, decode_segment, probe};

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn decoded(bytes: &[u8]) -> Result<Clip> {
    decode_reader(Cursor::new(bytes.to_vec()), "test.m4a")
}

/// Type, start and end of each box on the highest level.
fn boxes(file: &[u8]) -> Vec<([u8; 4], usize, usize)> {
    let (mut boxes, mut start) = (Vec::new(), 0);
    while start < file.len() {
        let size = u32::from_be_bytes(*file[start..].first_chunk().unwrap()) as usize;
        boxes.push((*file[start + 4..].first_chunk().unwrap(), start, start + size));
        start += size;
    }
    boxes
}

fn find(file: &[u8], kind: &[u8; 4]) -> (usize, usize) {
    let found = boxes(file).into_iter().find(|(found, ..)| found == kind);
    found.map(|(_, start, end)| (start, end)).unwrap()
}

/// Moves all places in the file that the headers name.
fn move_samples(file: &mut [u8], distance: u32) {
    let table = file.windows(4).position(|window| window == b"stco").unwrap() + 4;
    let count = u32::from_be_bytes(*file[table + 4..].first_chunk().unwrap()) as usize;
    for place in file[table + 8..].as_chunks_mut::<4>().0.iter_mut().take(count) {
        *place = (u32::from_be_bytes(*place) + distance).to_be_bytes();
    }
}

/// The file with its headers in front of its samples, as it is published for downloads.
fn headers_first(name: &str) -> Vec<u8> {
    let file = read(name);
    let ((start, end), (samples, _)) = (find(&file, b"moov"), find(&file, b"mdat"));
    let mut headers = file[start..end].to_vec();
    move_samples(&mut headers, (end - start) as u32);
    [&file[..samples], &headers, &file[samples..start], &file[end..]].concat()
}

/// The file with `size` in the header of this box.
fn with_size(file: &[u8], kind: &[u8; 4], size: u32) -> Vec<u8> {
    let mut file = file.to_vec();
    let start = find(&file, kind).0;
    file[start..start + 4].copy_from_slice(&size.to_be_bytes());
    file
}

/// The file with a size of 64 bits for this box, which lies behind the headers or is them.
fn with_wide_size(file: &[u8], kind: &[u8; 4]) -> Vec<u8> {
    let (start, end) = find(file, kind);
    let size = (end - start + 8) as u64;
    let mut file = [&file[..start], &[0, 0, 0, 1], kind, &size.to_be_bytes(), &file[start + 8..]].concat();
    if kind == b"mdat" {
        move_samples(&mut file, 8);
    }
    file
}

const PACKET_FRAMES: [(&str, usize); 2] = [("bursts_aac.m4a", 1024), ("bursts_alac.m4a", 4096)];

#[test]
fn a_download_that_was_cut_off_keeps_its_whole_packets_and_counts_as_damaged() {
    for (name, packet) in PACKET_FRAMES {
        let (file, whole) = (headers_first(name), decode(fixture(name)).unwrap().samples);
        assert!(decoded(&file).unwrap().samples == whole, "{name}");
        let (samples, end) = find(&file, b"mdat");
        let mut last = 0;
        for part in 1..10 {
            let cut = samples + 8 + (end - samples - 8) * part / 10;
            for file in [&file[..cut], &with_wide_size(&file, b"mdat")[..cut + 8]] {
                let clip = decoded(file).unwrap();
                let length = clip.samples.len();
                assert_eq!(clip.skipped_packets, 1, "{name} cut at {cut}");
                assert!(clip.samples == whole[..length], "{name} cut at {cut}");
                assert!(length >= last && length + packet > last, "{name} cut at {cut}: {length}");
                last = length;
            }
        }
        assert!(last > whole.len() * 3 / 4, "{name}: {last} of {}", whole.len());
        let clip = decoded(&file[..end - 1]).unwrap();
        assert!(clip.samples.len() + 2 * packet > whole.len() && clip.skipped_packets == 1, "{name}");
    }
}

#[test]
fn no_size_of_the_samples_matters_where_they_are_there() {
    for (name, _) in PACKET_FRAMES {
        let (file, whole) = (headers_first(name), decode(fixture(name)).unwrap());
        let (start, end) = find(&file, b"mdat");
        let right = (end - start) as u32;
        for size in [0, right - 1000, right + 1, right + 5000, u32::MAX] {
            let clip = decoded(&with_size(&file[..end], b"mdat", size)).unwrap();
            assert!(clip == whole, "{name}, size {size}: {} damaged", clip.skipped_packets);
        }
        assert!(decoded(&with_wide_size(&file, b"mdat")).unwrap() == whole, "{name}");
    }
}

#[test]
fn headers_at_the_end_may_have_any_form_of_size() {
    for (name, _) in PACKET_FRAMES {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap());
        let end = find(&file, b"moov").1;
        assert_eq!(end, file.len(), "{name}");
        assert!(decoded(&with_size(&file, b"moov", 0)).unwrap() == whole, "{name}");
        assert!(decoded(&with_wide_size(&file, b"moov")).unwrap() == whole, "{name}");
    }
}

#[test]
fn a_file_that_ends_inside_its_headers_says_so() {
    for name in ["bursts_aac.m4a", "tones_aac_headers_first.m4a"] {
        let file = read(name);
        let (start, end) = find(&file, b"moov");
        for kept in [20, (end - start) / 4, (end - start) / 2] {
            let message = decoded(&file[..start + kept]).unwrap_err().to_string();
            assert!(message.contains("`moov`"), "{name}, {kept} bytes: {message}");
        }
    }
}

/// The tags stand at the end of the headers.
#[test]
fn headers_that_lost_their_last_bytes_are_read_as_far_as_they_go() {
    let file = read("triangle_aac.m4a");
    let whole = decode(fixture("triangle_aac.m4a")).unwrap();
    assert!(decoded(&file[..file.len() - 5]).unwrap() == whole);
}

#[test]
fn junk_at_the_end_is_no_damage() {
    let noise: Vec<u8> = (0..700_u32).map(|n| ((n * n) >> 3) as u8).collect();
    let names = [
        "bursts_aac.m4a",
        "tones_aac_headers_first.m4a",
        "tones_aac_fragmented.m4a",
        "tones_flac_fragmented.mp4",
        "tones_opus_fragmented.mp4",
    ];
    for name in names.iter().filter(|name| cfg!(feature = "opus") || !name.contains("opus")) {
        let whole = decode(fixture(name)).unwrap();
        for junk in [&[0; 300][..], b"abc", &noise, &[&b"TAG"[..], &[b'x'; 125]].concat()] {
            let clip = decoded(&[&read(name)[..], junk].concat()).unwrap();
            assert!(clip == whole, "{name}: {} damaged", clip.skipped_packets);
        }
    }
}

/// Frames of the whole files as ffmpeg decodes them, with the delay of the encoder, which no header states.
const FRAGMENTED: &[(&str, usize)] = &[
    ("tones_aac_fragmented.m4a", 23_552),
    ("tones_aac_first_part_and_fragments.m4a", 23_552),
    ("tones_flac_fragmented.mp4", 4000),
    #[cfg(feature = "opus")]
    ("tones_opus_fragmented.mp4", 48_648),
];

#[test]
fn a_fragmented_file_is_decoded_to_its_end() {
    for (name, frames) in FRAGMENTED {
        let clip = decode(fixture(name)).unwrap();
        assert_eq!((clip.samples.len(), clip.skipped_packets), (*frames, 0), "{name}");
    }
    // Its index says how much of the last packet is sound.
    assert_eq!(decode(fixture("tones_aac_segment_index.m4a")).unwrap().samples.len(), 22_050 + 1024);
}

#[test]
fn a_fragmented_file_that_was_cut_off_keeps_the_packets_of_its_last_fragment() {
    for (name, frames) in FRAGMENTED {
        let (file, whole) = (read(name), decode(fixture(name)).unwrap().samples);
        let places = boxes(&file);
        let last = places.iter().rposition(|(kind, ..)| kind == b"mdat").unwrap();
        let ((_, header, _), (_, start, end)) = (places[last - 1], places[last]);
        let before = decoded(&file[..header]).unwrap().samples.len();
        for cut in [header + 60, start, start + 8, start + 9] {
            let clip = decoded(&file[..cut]).unwrap();
            assert_eq!((clip.samples.len(), clip.skipped_packets), (before, 1), "{name} cut at {cut}");
        }
        let clip = decoded(&file[..end - 1]).unwrap();
        assert!(clip.samples == whole[..clip.samples.len()] && clip.skipped_packets == 1, "{name}");
        assert!(clip.samples.len() < *frames, "{name}: {}", clip.samples.len());
        let one_packet = places.len() > 4 && name.contains("flac");
        assert!(clip.samples.len() > before || one_packet, "{name}: {} {before}", clip.samples.len());
    }
}

/// Two packets: one of delay and one of padding that the headers count as sound, or not.
const PACKETS: f64 = 2.0 * 1024.0;

#[test]
fn the_length_of_a_fragmented_file_is_told_without_decoding_it() {
    for (name, _) in FRAGMENTED.iter().chain(&[("tones_aac_segment_index.m4a", 0)]) {
        let (info, clip) = (probe(fixture(name)).unwrap(), decode(fixture(name)).unwrap());
        let told = info.duration.unwrap().as_secs_f64();
        let difference = (told - clip.duration().as_secs_f64()).abs() * f64::from(clip.sample_rate);
        assert!(difference < PACKETS, "{name}: {difference} frames");
        assert_eq!((info.sample_rate, info.channels), (clip.sample_rate, 1), "{name}");
    }
}

/// The sample entry has 16 bits for the rate; that of decoding is in the configuration of the codec.
#[test]
fn a_rate_above_65_khz_is_told_as_it_is_decoded() {
    for (name, rate, channels, frames) in [
        ("tones_aac_88200.m4a", 88_200, 2, 88_200),
        ("tones_aac_96000_fragmented.m4a", 96_000, 1, 97_280), // with delay and padding, as above
    ] {
        let (info, clip) = (probe(fixture(name)).unwrap(), decode(fixture(name)).unwrap());
        assert_eq!((info.sample_rate, info.channels), (rate, channels), "{name}");
        assert_eq!((clip.sample_rate, clip.samples.len()), (rate, frames), "{name}");
        let difference = info.duration.unwrap().as_secs_f64() - clip.duration().as_secs_f64();
        assert!(difference.abs() * f64::from(rate) < PACKETS, "{name}: {difference} s");
    }
}

/// What writers put there instead: nothing, the largest number, the lower 16 bits, half the rate.
#[test]
fn no_rate_of_a_sample_entry_matters_beside_the_configuration_of_the_codec() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rate.m4a");
    for name in ["tones_aac_88200.m4a", "bursts_aac.m4a"] {
        let (info, whole) = (probe(fixture(name)).unwrap(), decode(fixture(name)).unwrap());
        let entry = read(name).windows(4).position(|window| window == b"mp4a").unwrap();
        for rate in [0, 1, 22_664, 44_100, u16::MAX] {
            let mut file = read(name);
            file[entry + 28..entry + 30].copy_from_slice(&rate.to_be_bytes());
            std::fs::write(&path, file).unwrap();
            assert!(decode(&path).unwrap() == whole, "{name}, {rate} Hz");
            assert_eq!(probe(&path).unwrap(), info, "{name}, {rate} Hz");
        }
    }
}

#[test]
fn a_segment_of_a_high_rate_is_that_of_the_whole() {
    use std::time::Duration;
    let whole = decode(fixture("tones_aac_88200.m4a")).unwrap();
    let (offset, length) = (Duration::from_millis(900), Duration::from_millis(50));
    let part = decode_segment(fixture("tones_aac_88200.m4a"), offset, length).unwrap();
    assert!(part.samples == whole.samples[79_380..79_380 + 4410]);
}

/// The same type of samples with either byte first: to half a step of 24 bits, both are the same tone.
#[test]
fn quicktime_samples_are_read_in_their_byte_order() {
    let [big, little] = ["tones_s24be.mov", "tones_s24le.mov"].map(|name| decode(fixture(name)).unwrap());
    assert_eq!((big.samples.len(), big.skipped_packets), (1000, 0));
    assert!(big == little);
    let loudest = big.samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    assert!((0.39..0.41).contains(&loudest), "{loudest}");
    assert_eq!(probe(fixture("tones_s24be.mov")).unwrap().codec, "pcm_s24be");
}

/// HE-AAC as its header names it, and a codec of more channels than can be decoded.
#[test]
fn what_cannot_be_decoded_is_refused_before_decoding() {
    let folder = tempfile::tempdir().unwrap();
    let patched = |name: &str, change: &dyn Fn(&mut Vec<u8>)| -> PathBuf {
        let (mut file, path) = (read(name), folder.path().join(name));
        change(&mut file);
        std::fs::write(&path, file).unwrap();
        path
    };
    let path = patched("bursts_aac.m4a", &|file| {
        // The first five bits of the configuration, behind the tag of its descriptor.
        let config = file.windows(4).position(|window| window == [5, 0x80, 0x80, 0x80]).unwrap() + 5;
        file[config] = file[config] & 0x07 | 5 << 3;
    });
    let errors = [decode(&path).map(|_| ()), probe(&path).map(|_| ())].map(|result| result.unwrap_err());
    assert!(errors.iter().all(|error| matches!(error, Error::Unsupported { .. })), "{errors:?}");
    assert_eq!(errors[0].to_string(), errors[1].to_string());
}

/// A fragment with a run of `count` samples without a byte, each of which states that it lasts as long as any.
fn with_empty_samples(count: u32) -> Vec<u8> {
    let mut file = read("tones_aac_fragmented.m4a");
    let place = |file: &[u8], kind: &[u8]| file.windows(4).position(|window| window == kind).unwrap() + 4;
    let at = place(&file, b"trex"); // its defaults: duration, then size
    file[at + 12..at + 20].copy_from_slice(&[0, 0, 4, 0, 0, 0, 0, 0]);
    let at = place(&file, b"tfhd");
    file[at..at + 4].fill(0);
    let at = place(&file, b"trun");
    file[at..at + 4].fill(0);
    file[at + 4..at + 8].copy_from_slice(&count.to_be_bytes());
    file
}

#[test]
fn a_file_ends_where_its_headers_claim_samples_without_end() {
    /// Longer than the silence before a file counts as damaged to its end.
    const LONG: usize = 600 * 44_100;
    for count in [5_000, 1 << 20, u32::MAX] {
        let file = with_empty_samples(count);
        let mut blocks = Blocks::from_reader(Cursor::new(file), "x.m4a").unwrap();
        let samples: usize = blocks.by_ref().map(|block| block.unwrap().len()).sum();
        assert!(samples < LONG, "{count}: {samples}");
    }
}
