//! mp3 files that are several streams one behind the other, or whose header miscounts: the frames decide.

#![cfg(feature = "mp3")]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{path::Path, time::Duration};

use common::fixture;
use mgc_audio::{Clip, decode, decode_segment, probe};

/// Samples of a frame of MPEG-2, layer III.
const FRAME: usize = 576;
/// Samples that LAME and the decoder put in front.
const DELAY: usize = 576 + 529;
/// Frames of sound in each tone: its 6000 samples, their delay and padding.
const TONE: usize = 13;
const TONE_SAMPLES: usize = 6000;
const ID3V2: &[u8] = b"ID3\x04\0\0\0\0\0\x10TIT2\0\0\0\x06\0\0\x03hello";

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

/// An mp3 without its first frame, which states its length.
fn headless(name: &str) -> Vec<u8> {
    let bytes = read(name);
    let second = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&[0xff, 0xf3])).nth(1).unwrap();
    bytes[second..].to_vec()
}

fn id3v1() -> Vec<u8> {
    let mut tag = b"TAG".to_vec();
    tag.resize(128, b'x');
    tag
}

fn ape() -> Vec<u8> {
    // 32 bytes of header; then length, flags, name and value; then the footer, which counts itself.
    let item = b"\x05\0\0\0\0\0\0\0Title\0hello";
    let end = |flags: u32| {
        let words = [2000, 32 + item.len() as u32, 1, flags, 0, 0];
        let words = words.iter().flat_map(|word: &u32| word.to_le_bytes());
        b"APETAGEX".iter().copied().chain(words).collect::<Vec<u8>>()
    };
    [end(0xa000_0000), item.to_vec(), end(0x8000_0000)].concat()
}

fn on_disk<T>(bytes: &[u8], use_it: impl FnOnce(&Path) -> T) -> T {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    use_it(file.path())
}

/// Decodes, and asserts that segments and the probed length agree with that.
fn consistent(name: &str, bytes: &[u8]) -> Clip {
    on_disk(bytes, |path| {
        let whole = decode(path).unwrap();
        let rate = u128::from(whole.sample_rate);
        for eighth in 0..8 {
            let offset = whole.duration() * eighth / 8;
            let part = decode_segment(path, offset, Duration::from_millis(50)).unwrap();
            let start = (offset.as_nanos() * rate / 1_000_000_000) as usize;
            let end = (start + (rate / 20) as usize).min(whole.samples.len());
            assert!(part.samples == whole.samples[start..end], "{name}: at {eighth}/8");
        }
        let stated = probe(path).unwrap().duration.unwrap();
        assert!(stated.abs_diff(whole.duration()) < Duration::from_micros(1), "{name}: {stated:?}");
        assert_eq!(whole.skipped_packets, 0, "{name}");
        whole
    })
}

#[test]
fn joined_files_are_as_long_as_their_frames() {
    let (one, two) = (read("tone_22050_mono.mp3"), read("tone_22050_stereo.mp3"));
    let bare = headless("tone_22050_mono.mp3");
    let behind_tags: Vec<Vec<u8>> = vec![id3v1(), ID3V2.to_vec(), ape(), [id3v1(), ID3V2.to_vec()].concat()];
    // The second header is a frame of silence where no tag marks the border, as for ffmpeg.
    let mut cases = vec![
        ("alike", [&one[..], &one].concat(), 2 * TONE + 1),
        ("mono, then stereo", [&one[..], &two].concat(), 2 * TONE + 1),
        ("stereo, then mono", [&two[..], &one].concat(), 2 * TONE + 1),
        ("three", [&one[..], &two, &one].concat(), 3 * TONE + 2),
        ("the second without header", [&one[..], &bare].concat(), 2 * TONE),
        ("zeros between", [&one[..], &[0; 700], &one].concat(), 2 * TONE + 1),
    ];
    cases.extend(behind_tags.iter().map(|tag| ("a tag between", [&one[..], tag, &two].concat(), 2 * TONE)));
    let zeros = [&one[..], &[0; 100], &id3v1(), ID3V2, &two].concat();
    cases.push(("junk and tags between", zeros, 2 * TONE));
    for (name, bytes, frames) in cases {
        assert_eq!(consistent(name, &bytes).samples.len(), frames * FRAME - DELAY, "{name}");
    }
    let no_header = consistent("no header at all", &[&bare[..], &bare].concat());
    assert_eq!(no_header.samples.len(), 2 * TONE * FRAME);
}

#[test]
fn each_part_sounds_as_it_does_alone() {
    let alone = |name: &str| decode(fixture(name)).unwrap().samples;
    for names in [["tone_22050_mono.mp3", "tone_22050_stereo.mp3"], ["tone_22050_stereo.mp3", "triangle.mp3"]]
    {
        let [first, second] = names.map(alone);
        let joined = consistent("joined", &names.map(read).concat()).samples;
        assert!(joined[..first.len()] == first, "{names:?}");
        let start = (TONE + 1) * FRAME;
        assert!(joined[start..start + second.len()] == second, "{names:?}");
    }
}

#[test]
fn another_layer_goes_on_with_its_own_decoder() {
    let (layer_three, layer_two) = (headless("tone_22050_stereo.mp3"), read("triangle.mp2"));
    let alone = decode(fixture("triangle.mp2")).unwrap().samples;
    let joined = consistent("III, II", &[&layer_three[..], &layer_two].concat()).samples;
    assert!(joined[TONE * FRAME..] == alone);
    let joined = consistent("II, III", &[&layer_two[..], &layer_three].concat()).samples;
    assert_eq!(joined.len(), alone.len() + TONE * FRAME);
    assert!(joined[..alone.len()] == alone);
}

#[test]
fn a_part_of_another_sample_rate_is_converted_to_the_first() {
    let (slow, fast) = (headless("tone_22050_mono.mp3"), headless("tone_24000_mono.mp3"));
    let part = on_disk(&fast, |path| decode(path).unwrap().resampled(22_050).unwrap().samples);
    let slow_samples = TONE * FRAME;
    let clip = consistent("slow, fast", &[&slow[..], &fast].concat());
    assert_eq!(clip.sample_rate, 22_050);
    assert!(clip.samples[slow_samples..] == part);
    let clip = consistent("slow, fast, slow", &[&slow[..], &fast, &slow].concat());
    assert!(clip.samples[slow_samples..slow_samples + part.len()] == part);
    assert_eq!(clip.samples.len(), 2 * slow_samples + part.len());
    let clip = consistent("fast, slow", &[&fast[..], &slow].concat());
    assert_eq!(clip.sample_rate, 24_000);
}

/// Spoils the side information of one frame, so that it has a length that no frame has.
fn spoil(bytes: &mut [u8], frame: usize) {
    let frames = |at: &usize| bytes[*at..].starts_with(&[0xff, 0xf3]);
    let at = (0..bytes.len()).filter(frames).nth(frame).unwrap();
    bytes[at + 4..at + 13].fill(0xff);
}

#[test]
fn damage_in_a_part_of_another_sample_rate_keeps_the_time_of_the_first() {
    let (slow, fast) = (headless("tone_22050_mono.mp3"), headless("tone_24000_mono.mp3"));
    let joined = [&slow[..], &fast, &slow].concat();
    let whole = consistent("intact", &joined).samples;
    // In the middle of the part, at its two ends, and at the first frame behind it.
    for frame in [TONE, TONE + 6, 2 * TONE - 1, 2 * TONE] {
        let mut bytes = joined.clone();
        spoil(&mut bytes, frame);
        let clip = on_disk(&bytes, |path| {
            let clip = decode(path).unwrap();
            assert_eq!(probe(path).unwrap().duration, Some(clip.duration()), "{frame}");
            clip
        });
        assert_eq!(clip.skipped_packets, 1, "{frame}");
        assert_eq!(clip.samples.len(), whole.len(), "{frame}");
        // A frame is damaged, the next one lacks half of its overlap, and the filter of the resampler rings.
        let damage = FRAME * frame.saturating_sub(2)..FRAME * (frame + 4);
        for (index, (sample, right)) in clip.samples.iter().zip(&whole).enumerate() {
            assert!(damage.contains(&index) || (sample - right).abs() < 1e-4, "{frame}: at {index}");
        }
    }
}

/// The two bytes that begin AAC in ADTS may be junk in front of an mp3, whose frames decide as ever.
#[test]
fn junk_that_looks_like_aac_hides_no_mp3() {
    let (slow, fast) = (read("tone_22050_mono.mp3"), headless("tone_24000_mono.mp3"));
    for junk in [&[0xff, 0xf1, 0x50, 0x80, 0x04, 0x00, 0xfc][..], &[0xff, 0xf8], &[0xff, 0xf9, 0, 0]] {
        let alone = consistent("one", &[junk, &slow].concat());
        assert!(alone == consistent("without junk", &slow));
        let joined = consistent("two", &[junk, &slow, &fast].concat());
        assert!(joined == consistent("two without junk", &[&slow[..], &fast].concat()));
    }
}

/// Positions behind a stated end that lie further than a jump runs up.
#[test]
fn segments_far_behind_the_stated_end_are_parts_of_the_whole() {
    let (one, long) = (read("tone_22050_mono.mp3"), read("bursts.mp3"));
    let stereo = read("triangle.mp3");
    consistent("short, long", &[&one[..], &long].concat());
    consistent("long twice", &[&long[..], &long].concat());
    consistent("channels change late", &[&long[..], &stereo, &long, &stereo].concat());
    let (slow, fast) = (headless("bursts.mp3"), headless("tone_24000_mono.mp3"));
    consistent("rates change late", &[&slow[..], &fast, &slow].concat());
}

/// The number of frames that the header of a tone states.
fn with_stated_frames(frames: u32) -> Vec<u8> {
    let mut bytes = read("tone_22050_mono.mp3");
    let at = bytes.windows(4).position(|window| window == b"Info").unwrap() + 8;
    assert_eq!(bytes[at..at + 4], (TONE as u32).to_be_bytes());
    bytes[at..at + 4].copy_from_slice(&frames.to_be_bytes());
    bytes
}

#[test]
fn a_header_that_miscounts_costs_no_sound() {
    let whole = decode(fixture("tone_22050_mono.mp3")).unwrap();
    assert_eq!(whole.samples.len(), TONE_SAMPLES);
    for frames in [TONE as u32 - 1, TONE as u32 - 3] {
        assert!(consistent("too few", &with_stated_frames(frames)) == whole, "{frames}");
    }
    let more = consistent("one too many", &with_stated_frames(TONE as u32 + 1)).samples;
    assert!(more[..TONE_SAMPLES] == whole.samples && more.len() <= TONE * FRAME - DELAY);
    on_disk(&with_stated_frames(TONE as u32 + 9), |path| {
        let clip = decode(path).unwrap();
        assert!(clip.samples[..TONE_SAMPLES] == whole.samples && clip.skipped_packets == 1, "cut off");
        assert_eq!(probe(path).unwrap().duration.unwrap().as_micros(), clip.duration().as_micros());
    });
}

/// Fraunhofer's header, 32 bytes behind that of its frame.
fn vbri(frames: u32) -> Vec<u8> {
    let sound = headless("tone_22050_mono.mp3");
    let mut header = sound[..4].to_vec();
    header.resize(36, 0);
    header.extend(b"VBRI\0\x01\0\0\0\0");
    header.extend([2924_u32, frames].iter().flat_map(|word| word.to_be_bytes()));
    header.resize(208, 0);
    [header, sound].concat()
}

#[test]
fn the_header_of_fraunhofer_is_no_sound_and_may_miscount() {
    let frames = decode(fixture("tone_22050_mono.mp3")).unwrap();
    for stated in [TONE as u32, TONE as u32 - 5, TONE as u32 + 1] {
        let clip = consistent("VBRI", &vbri(stated));
        assert_eq!(clip.samples.len(), TONE * FRAME, "{stated}");
        assert!(clip.samples[DELAY..DELAY + TONE_SAMPLES] == frames.samples);
    }
    let joined = [vbri(TONE as u32), vbri(TONE as u32)].concat();
    assert_eq!(consistent("VBRI twice", &joined).samples.len(), (2 * TONE + 1) * FRAME);
}

#[test]
fn tags_at_the_end_are_no_sound_and_no_damage() {
    let tone = read("tone_22050_mono.mp3");
    let whole = decode(fixture("tone_22050_mono.mp3")).unwrap();
    let footer_only = ape()[32..].to_vec();
    let mut lyrics = b"LYRICSBEGININD0000200".to_vec();
    lyrics.extend(format!("{:06}LYRICS200", lyrics.len()).bytes());
    // Sync words in a tag are no frames.
    let picture =
        [&b"ID3\x04\0\x10\0\0\x20\0"[..], &[0xff, 0xf3, 0x88, 0xc4].repeat(1024), b"3DI\x04\0\x10\0\0\x20\0"];
    let tags = [id3v1(), ape(), footer_only, lyrics.clone(), picture.concat()];
    for first in &tags {
        for second in &tags {
            let bytes = [&tone[..], first, second].concat();
            assert!(consistent("tags", &bytes) == whole);
        }
        assert!(consistent("front", &[ape(), tone.clone()].concat()) == whole);
        assert!(consistent("front", &[ape(), ID3V2.to_vec(), tone.clone(), first.clone()].concat()) == whole);
    }
}

/// A header whose channels differ for one frame is damaged: silence of its length, as for any damage.
#[test]
fn one_frame_of_other_channels_is_damage() {
    let mut bytes = headless("tone_22050_stereo.mp3");
    let whole = on_disk(&bytes, |path| decode(path).unwrap());
    let frame = (4 * 261..).find(|at| bytes[*at..].starts_with(&[0xff, 0xf3])).unwrap();
    bytes[frame + 3] |= 0xc0;
    let clip = on_disk(&bytes, |path| decode(path).unwrap());
    assert_eq!((clip.samples.len(), clip.skipped_packets), (whole.samples.len(), 1));
}

#[test]
fn a_wav_file_with_mp3_in_it_is_that_mp3() {
    let mp3 = headless("tone_22050_stereo.mp3");
    let format =
        [&[0x55, 0, 2, 0][..], &22_050_u32.to_le_bytes(), &10_000_u32.to_le_bytes(), &[1, 0, 0, 0]].concat();
    let chunk = |tag: &[u8; 4], body: &[u8]| [tag, &(body.len() as u32).to_le_bytes()[..], body].concat();
    let body =
        [&b"WAVE"[..], &chunk(b"fmt ", &format), &chunk(b"data", &mp3), &chunk(b"LIST", b"INFO")].concat();
    let clip = consistent("wav", &chunk(b"RIFF", &body));
    assert!(clip == on_disk(&mp3, |path| decode(path).unwrap()));
}
