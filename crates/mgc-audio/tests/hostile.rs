//! Files that are not what they claim: a typed error or a usable clip, never a panic.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::path::Path;

use common::fixture;
use mgc_audio::{Clip, Error, Result, decode, write_wav};
use proptest::prelude::*;
#[cfg(feature = "flac")]
use {common::flac, mgc_audio::Blocks, std::io::Cursor};

fn decode_bytes(bytes: &[u8]) -> Result<Clip> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    decode(file.path())
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn au(offset: u32, length: u32, encoding: u32, rate: u32, channels: u32, data: &[u8]) -> Vec<u8> {
    let words = [offset, length, encoding, rate, channels];
    let words = words.iter().flat_map(|w| w.to_be_bytes());
    b".snd".iter().copied().chain(words).chain(data.iter().copied()).collect()
}

#[test]
fn what_is_not_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(decode(folder.path()), Err(Error::Directory { .. })));
    let missing = folder.path().join("missing.wav");
    assert!(matches!(decode(&missing), Err(Error::NotFound { path }) if path == missing));
    assert!(matches!(decode(Path::new("")), Err(Error::NotFound { .. })));
}

#[test]
fn an_empty_file_is_empty_and_text_is_not_audio() {
    assert!(matches!(decode_bytes(b""), Err(Error::Empty { .. })));
    assert!(matches!(decode_bytes(b"<html><body>404</body></html>"), Err(Error::NotAudio { .. })));
    assert!(matches!(decode_bytes(b"x"), Err(Error::NotAudio { .. })));
}

#[test]
fn a_format_without_a_decoder_is_named_with_the_way_out() {
    for (start, format) in
        [(&b"MThd\0\0\0\x06"[..], "MIDI"), (b"wvpk\0\0\0\0", "WavPack"), (b"MAC \x96\x0f", "Monkey")]
    {
        let message = decode_bytes(start).unwrap_err().to_string();
        assert!(message.contains(format) && message.contains("not supported"), "{message}");
    }
}

#[test]
fn an_au_of_unknown_length_is_read_to_its_end() {
    for unknown in [u32::MAX, 0] {
        let clip = decode_bytes(&au(24, unknown, 3, 8000, 1, &[0x40, 0, 0xc0, 0, 0x40])).unwrap();
        assert_eq!((clip.samples, clip.skipped_packets), (vec![0.5, -0.5], 0));
    }
}

#[test]
fn an_au_shorter_than_promised_counts_as_damaged() {
    let clip = decode_bytes(&au(24, 400, 3, 8000, 1, &[0x40, 0])).unwrap();
    assert_eq!((clip.samples, clip.skipped_packets), (vec![0.5], 1));
}

#[test]
fn au_headers_that_lie_are_typed_errors() {
    let data = [0; 64];
    assert!(matches!(decode_bytes(&au(24, 64, 99, 8000, 1, &data)), Err(Error::Unsupported { .. })));
    assert!(matches!(decode_bytes(&au(24, 64, 3, 8000, 0, &data)), Err(Error::Channels { channels: 0, .. })));
    assert!(matches!(decode_bytes(&au(24, 64, 3, 8000, u32::MAX, &data)), Err(Error::Channels { .. })));
    assert!(matches!(decode_bytes(&au(24, 64, 3, 0, 1, &data)), Err(Error::FileSampleRate { rate: 0, .. })));
    assert!(matches!(decode_bytes(&au(8, 64, 3, 8000, 1, &data)), Err(Error::Malformed { .. })));
    assert!(matches!(decode_bytes(&au(900, 64, 3, 8000, 1, &data)), Err(Error::Malformed { .. })));
    assert!(matches!(decode_bytes(&au(24, 0, 3, 8000, 1, &[])), Err(Error::Empty { .. })));
    assert!(matches!(decode_bytes(b".snd\0\0"), Err(Error::Malformed { .. })));
}

#[test]
fn samples_that_are_not_finite_are_found() {
    let data: Vec<u8> = [0.5_f32, f32::NAN, 0.5].iter().flat_map(|s| s.to_be_bytes()).collect();
    let result = decode_bytes(&au(24, 12, 6, 8000, 1, &data));
    assert!(matches!(result, Err(Error::FileNotFinite { index: 1, .. })), "{result:?}");
}

#[test]
fn a_codec_left_out_names_its_feature() {
    for (name, feature, enabled) in [
        ("triangle.mp3", "mp3", cfg!(feature = "mp3")),
        ("triangle_s16.flac", "flac", cfg!(feature = "flac")),
        ("triangle.ogg", "vorbis", cfg!(feature = "vorbis")),
        ("triangle.aac", "aac", cfg!(feature = "aac")),
        ("triangle_alac.m4a", "alac", cfg!(feature = "alac")),
        ("triangle_s16.aiff", "aiff", cfg!(feature = "aiff")),
        ("triangle_s16.caf", "caf", cfg!(feature = "caf")),
        ("triangle_vorbis.webm", "mkv", cfg!(feature = "mkv")),
        ("triangle.opus", "opus", cfg!(feature = "opus")),
    ] {
        let Err(error) = decode(fixture(name)) else {
            assert!(enabled, "{name} decodes without its feature");
            continue;
        };
        assert!(!enabled && matches!(error, Error::FeatureDisabled { .. }), "{error}");
        let message = error.to_string();
        // In an MP4 the codec is only found once one of the two is there to look for it.
        assert!(
            message.contains(&format!("feature `{feature}`")) || name == "triangle_alac.m4a",
            "{message}"
        );
    }
}

#[test]
fn writing_refuses_what_a_wav_file_cannot_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.wav");
    let nan = Clip::new(vec![0.0, f32::NAN], 8000);
    assert!(matches!(write_wav(&path, &nan), Err(Error::NotFinite { index: 1 })));
    for rate in [0, 999, u32::MAX] {
        let result = write_wav(&path, &Clip::new(vec![0.0], rate));
        assert!(matches!(result, Err(Error::SampleRate { rate: r }) if r == rate));
    }
    let nowhere = folder.path().join("no/such/folder.wav");
    assert!(matches!(write_wav(&nowhere, &Clip::new(vec![0.0], 8000)), Err(Error::NotFound { .. })));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is left behind");
}

mod wav {
    use super::*;

    /// Offsets in the plain 44-byte header of `triangle_s16.wav`.
    const RIFF_SIZE: usize = 4;
    const CHANNELS: usize = 22;
    const RATE: usize = 24;
    const BITS: usize = 34;
    const DATA_SIZE: usize = 40;

    fn patched(offset: usize, bytes: &[u8]) -> Vec<u8> {
        let mut file = read("triangle_s16.wav");
        file[offset..offset + bytes.len()].copy_from_slice(bytes);
        file
    }

    fn whole() -> Vec<f32> {
        decode(fixture("triangle_s16.wav")).unwrap().samples
    }

    #[test]
    fn wrong_sizes_do_not_matter_where_the_bytes_are_there() {
        for (offset, size) in [(RIFF_SIZE, 10), (RIFF_SIZE, u32::MAX), (DATA_SIZE, u32::MAX), (DATA_SIZE, 0)]
        {
            let clip = decode_bytes(&patched(offset, &size.to_le_bytes())).unwrap();
            assert_eq!((clip.samples, clip.skipped_packets), (whole(), 0));
        }
    }

    #[test]
    fn a_width_between_two_bytes_lies_in_the_upper_bits() {
        assert_eq!(decode_bytes(&patched(BITS, &12_u16.to_le_bytes())).unwrap().samples, whole());
    }

    #[test]
    fn a_truncated_file_keeps_its_whole_frames_and_counts_as_damaged() {
        let file = read("triangle_s16.wav");
        let clip = decode_bytes(&file[..file.len() - 403]).unwrap();
        assert_eq!((&clip.samples[..], clip.skipped_packets), (&whole()[..199], 1));
    }

    #[test]
    fn other_chunks_and_trailing_junk_are_no_sound() {
        let file = read("triangle_s16.wav");
        let odd = b"LIST\x05\0\0\0INFO!"; // odd, and its pad byte forgotten
        let junk = [&file[..36], odd, &file[36..], &[0x55; 99]].concat();
        assert_eq!(decode_bytes(&junk).unwrap().samples, whole());
    }

    #[test]
    fn headers_that_lie_are_typed_errors() {
        let channels = |n: u16| decode_bytes(&patched(CHANNELS, &n.to_le_bytes()));
        assert!(matches!(channels(0), Err(Error::Channels { channels: 0, .. })));
        assert!(matches!(channels(65_535), Err(Error::Channels { channels: 65_535, .. })));
        assert!(matches!(channels(3), Err(Error::Malformed { .. })));
        for rate in [0, 999, 4_000_000_000] {
            let result = decode_bytes(&patched(RATE, &u32::to_le_bytes(rate)));
            assert!(matches!(result, Err(Error::FileSampleRate { rate: r, .. }) if r == rate));
        }
        // Block align and byte rate agree with each other: the width is wrong.
        for (offset, value) in [(BITS, 24), (BITS, 8)] {
            let result = decode_bytes(&patched(offset, &u16::to_le_bytes(value)));
            assert!(matches!(result, Err(Error::Malformed { .. })), "{offset} {value}: {result:?}");
        }
        for bits in [0, 33, 64] {
            let result = decode_bytes(&patched(BITS, &u16::to_le_bytes(bits)));
            assert!(matches!(result, Err(Error::Unsupported { .. })), "{bits} bits: {result:?}");
        }
        let codec = decode_bytes(&patched(20, &[0x55, 0]));
        assert!(codec.unwrap_err().to_string().contains("wav with mp3 in it"));
    }

    #[test]
    fn a_file_without_data_is_a_typed_error() {
        let file = read("triangle_s16.wav");
        assert!(matches!(decode_bytes(&file[..12]), Err(Error::Malformed { .. })));
        assert!(matches!(decode_bytes(&file[..36]), Err(Error::Malformed { .. })));
        assert!(matches!(decode_bytes(&file[..44]), Err(Error::Empty { .. })));
        let no_format = [&file[..12], &file[36..]].concat();
        assert!(matches!(decode_bytes(&no_format), Err(Error::Malformed { .. })));
    }
}

#[cfg(feature = "mp3")]
#[test]
fn a_truncated_mp3_keeps_its_whole_packets_and_counts_as_damaged() {
    let file = read("loud_then_silent_vbr.mp3");
    let clip = decode_bytes(&file[..file.len() / 2]).unwrap();
    assert!((3000..18_000).contains(&clip.samples.len()), "{}", clip.samples.len());
    assert!(clip.skipped_packets > 0);
}

#[cfg(feature = "mp3")]
#[test]
fn a_tag_that_claims_more_than_the_file_holds_is_a_typed_error() {
    let huge = b"ID3\x03\0\0\x7f\x7f\x7f\x7f".iter().copied().chain([0; 5000]).collect::<Vec<u8>>();
    let result = decode_bytes(&huge);
    assert!(matches!(result, Err(Error::Malformed { .. } | Error::Unsupported { .. })), "{result:?}");
}

#[cfg(feature = "mp3")]
#[test]
fn junk_before_the_first_frame_is_passed_over() {
    let clean = decode(fixture("triangle.mp3")).unwrap();
    for junk in [vec![0; 3000], (0..60_000_u32).map(|n| ((n * n) >> 7) as u8).collect()] {
        assert!(decode_bytes(&[junk, read("triangle.mp3")].concat()).unwrap() == clean);
    }
    let tag = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
    assert!(decode_bytes(&[tag.clone(), tag, read("triangle.mp3")].concat()).unwrap() == clean);
}

#[cfg(feature = "mp3")]
#[test]
fn bytes_that_look_like_one_frame_are_junk() {
    let clean = decode(fixture("triangle.mp3")).unwrap();
    let mut lone = vec![0xff, 0xf3, 0x88, 0xc4];
    for length in [4, 100, 208, 209, 700, 5000] {
        lone.resize(length, 0);
        assert!(decode_bytes(&[lone.clone(), read("triangle.mp3")].concat()).unwrap() == clean, "{length}");
    }
}

/// Behind that much junk a length header is a frame of sound, and says nothing: as to ffmpeg.
#[cfg(feature = "mp3")]
#[test]
fn an_mp3_behind_much_junk_is_found() {
    let clean = decode(fixture("triangle.mp3")).unwrap().samples;
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 23) as u8).collect();
    let tag = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
    for junk in [vec![0; 70_000], noise.clone(), [tag, vec![0; 3_000_000]].concat()] {
        let samples = decode_bytes(&[junk, read("triangle.mp3")].concat()).unwrap().samples;
        assert_eq!(samples.len(), 9 * 576);
        assert!(samples[576 + 1105..][..3000] == clean);
    }
    for nothing in [vec![0; 3_000_000], noise, [0xff, 0xfb].repeat(100_000), vec![0xff; 100_000]] {
        assert!(matches!(decode_bytes(&nothing), Err(Error::NotAudio { .. })));
    }
}

#[cfg(feature = "mp3")]
#[test]
fn an_mp3_in_free_format_is_named_with_a_program_that_reads_it() {
    let message = decode(fixture("tone_free_format.mp3")).unwrap_err().to_string();
    assert!(message.contains("free format") && message.contains("lame --decode"), "{message}");
    let junk = [vec![0; 3000], read("tone_free_format.mp3")].concat();
    assert!(decode_bytes(&junk).unwrap_err().to_string().contains("free format"));
}

/// Some taggers write ID3 in front of anything.
#[test]
fn a_tag_in_front_is_passed_over_whatever_follows() {
    let tag = b"ID3\x04\0\0\0\0\0\x05hello".to_vec();
    let names: &[&str] = &[
        "triangle_s16.wav",
        "triangle_s16.au",
        #[cfg(feature = "flac")]
        "triangle_s16.flac",
        #[cfg(feature = "aac")]
        "triangle_aac.m4a",
        #[cfg(feature = "aiff")]
        "triangle_s16.aiff",
    ];
    for name in names {
        assert!(
            decode_bytes(&[tag.clone(), read(name)].concat()).unwrap() == decode(fixture(name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn thousands_of_empty_tags_are_refused_at_once() {
    let result = decode_bytes(&b"ID3\x04\0\0\0\0\0\0".repeat(100_000));
    assert!(matches!(result, Err(Error::Malformed { .. } | Error::NotAudio { .. })), "{result:?}");
}

#[test]
fn text_with_a_byte_order_mark_is_not_audio() {
    let text: Vec<u8> = "\u{feff}Lorem ipsum dolor sit amet. "
        .repeat(500)
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(matches!(decode_bytes(&text), Err(Error::NotAudio { .. })));
}

#[cfg(feature = "mp3")]
#[test]
fn a_tag_without_sound_is_a_typed_error() {
    let result = decode_bytes(b"ID3\x04\0\0\0\0\0\x05hello");
    assert!(matches!(result, Err(Error::Malformed { .. })), "{result:?}");
}

/// A music video stores half a minute and shows a part of it.
#[cfg(feature = "aac")]
#[test]
fn an_edit_list_says_which_part_of_an_mp4_is_heard() {
    let mut file = read("bursts_aac.m4a");
    let whole = decode(fixture("bursts_aac.m4a")).unwrap();
    let list = file.windows(4).position(|w| w == b"elst").unwrap();
    let duration = list + 12;
    assert_eq!(file[duration + 4..duration + 8], 1024_u32.to_be_bytes(), "the delay of the encoder");
    file[duration..duration + 4].copy_from_slice(&2000_u32.to_be_bytes()); // of 7256 ms
    let part = decode_bytes(&file).unwrap();
    assert_eq!(part.samples.len(), 44_100);
    assert!(part.samples == whole.samples[..44_100]);
}

#[cfg(feature = "aac")]
#[test]
fn an_mp4_that_was_never_finished_is_a_typed_error() {
    let file = read("triangle_aac.m4a");
    let moov = file.windows(4).position(|w| w == b"moov").unwrap();
    let message = decode_bytes(&file[..moov - 4]).unwrap_err().to_string();
    assert!(message.contains("`moov`"), "{message}");
}

/// A quarter of an hour of silence in 130 kB of constant FLAC frames.
#[cfg(feature = "flac")]
#[test]
fn a_small_file_that_claims_hours_is_a_typed_error_and_still_streams() {
    let bytes = flac::silence(10_000);
    assert!(bytes.len() < 150_000, "{}", bytes.len());
    let result = decode_bytes(&bytes);
    assert!(matches!(result, Err(Error::FileTooLarge { .. })), "{:?}", result.map(|c| c.samples.len()));
    let blocks = Blocks::from_reader(Cursor::new(bytes), "silence.flac").unwrap();
    assert_eq!(blocks.map(|block| block.unwrap().len()).sum::<usize>(), 10_000 * flac::FRAME);
}

#[cfg(feature = "flac")]
#[test]
fn a_flac_with_a_damaged_frame_says_so() {
    let mut file = read("triangle_s16.flac");
    let middle = file.len() / 2;
    file[middle..middle + 40].fill(0x5a);
    match decode_bytes(&file) {
        Ok(clip) => assert!(clip.skipped_packets > 0 && clip.samples.len() < 3000),
        Err(error) => assert!(matches!(error, Error::Malformed { .. } | Error::Empty { .. }), "{error}"),
    }
}

const SOUND: &[&str] = &[
    "triangle_s16.wav",
    "triangle_alaw.wav",
    "triangle_s16_extensible.wav",
    "triangle_s16_rf64.wav",
    "triangle_s16.w64",
    "triangle_s24.au",
    "triangle_s16.aiff",
    "triangle_s16.caf",
    "triangle_alac.caf",
    "triangle_aac.m4a",
    "triangle_alac.m4a",
    "triangle.aac",
    "triangle.mp2",
    "triangle_vorbis.webm",
    "triangle_flac.mka",
    "ac3_mp3.mka",
    "text_ac3_aac.mp4",
    "picture_vorbis.ogg",
    "vorbis_3_channels.ogg",
    "triangle_flac.oga",
    "triangle_s16.flac",
    "bursts.flac",
    "tones_aac_fragmented.m4a",
    "tones_aac_segment_index.m4a",
    "tones_flac_fragmented.mp4",
    "tones_s24be.mov",
    "triangle.ogg",
    "bursts.ogg",
    "triangle.mp3",
    "loud_then_silent_vbr.mp3",
];

/// More would be memory taken by a lying header: the longest fixture has 160,000 samples.
const PLENTY: usize = 1_000_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_makes_decoding_panic_or_hang(
        name in prop::sample::select(SOUND),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<u8>()), 1..20),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = read(name);
        for (at, in_header, value) in damage {
            let span = if in_header { bytes.len().min(200) } else { bytes.len() };
            bytes[at.index(span)] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(clip) = decode_bytes(&bytes) {
            prop_assert!(!clip.samples.is_empty() && clip.samples.len() < PLENTY);
            prop_assert!(clip.samples.iter().all(|s| s.is_finite()));
        }
    }
}
