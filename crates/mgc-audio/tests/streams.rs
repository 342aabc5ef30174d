//! Files that hold more than the sound: pictures, text, tracks that nobody here decodes; and live recordings
//! (`fixtures/generate_streams.py`).

#![cfg(all(feature = "vorbis", feature = "flac", feature = "aac", feature = "mp3", feature = "mkv"))]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::{f32::consts::TAU, io::Cursor};

use common::{fixture, ogg};
use mgc_audio::{Clip, Error, decode, decode_reader, probe};

/// Frames of the tone.
const FRAMES: usize = 12_000;
/// The part of a lossy tone that is something else, as a root mean square; it starts and ends hard.
const LOSSY: f32 = 0.12;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn decoded(file: Vec<u8>) -> Clip {
    decode_reader(Cursor::new(file), "x").unwrap()
}

/// Asserts that a clip is the tone of 300 Hz at 48 kHz, from `delay` frames on, and intact.
fn assert_is_the_tone(name: &str, clip: &Clip, delay: usize) {
    assert_eq!((clip.sample_rate, clip.skipped_packets), (48_000, 0), "{name}");
    let tone = |frame: usize| (TAU * 300.0 * frame as f32 / 48_000.0).sin() / 8.0;
    let sound = &clip.samples[delay..delay + FRAMES];
    let error: f32 = sound.iter().enumerate().map(|(frame, sample)| (sample - tone(frame)).powi(2)).sum();
    let level: f32 = (0..FRAMES).map(|frame| tone(frame).powi(2)).sum();
    assert!((error / level).sqrt() < LOSSY, "{name}: {}", (error / level).sqrt());
}

#[test]
fn the_first_track_that_can_be_decoded_is_the_one_that_is() {
    for (name, codec, frames, delay) in [
        ("text_ac3_aac.mp4", "aac", FRAMES, 0),
        // No edit list: with the delay of the encoder.
        ("text_ac3_aac_fragments.mp4", "aac", FRAMES + 288, 0),
        ("ac3_mp3.mka", "mp3", 13_824, 1105),
    ] {
        let clip = decode(fixture(name)).unwrap();
        assert_eq!(clip.samples.len(), frames, "{name}");
        assert_is_the_tone(name, &clip, delay);
        assert_eq!(probe(fixture(name)).unwrap().codec, codec, "{name}");
    }
}

/// Where the table of sample entries of each track counts them.
fn entry_counts(file: &[u8]) -> Vec<usize> {
    (4..file.len()).filter(|at| file[at - 4..].starts_with(b"stsd")).map(|at| at + 4).collect()
}

#[test]
fn a_second_entry_in_the_table_of_a_text_track_does_not_matter() {
    for name in ["text_ac3_aac.mp4", "text_ac3_aac_fragments.mp4"] {
        let mut file = read(name);
        let counts = entry_counts(&file);
        assert_eq!(counts.len(), 3, "{name}");
        for count in &counts[..2] {
            file[count + 3] = 2;
        }
        assert_eq!(decoded(file), decode(fixture(name)).unwrap(), "{name}");
    }
}

#[test]
fn a_second_entry_for_the_sound_itself_is_refused_unless_it_is_the_same() {
    let mut file = read("text_ac3_aac.mp4");
    let count = entry_counts(&file)[2];
    file[count + 3] = 2;
    let error = decode_reader(Cursor::new(file.clone()), "x").unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    // The same entry once more, and every box around it longer by it.
    let entry =
        count + 4..count + 4 + u32::from_be_bytes(file[count + 4..count + 8].try_into().unwrap()) as usize;
    let (copy, end) = (file[entry.clone()].to_vec(), entry.end);
    let around = [&b"moov"[..], b"trak", b"mdia", b"minf", b"stbl", b"stsd"];
    for tag in around {
        let at = (0..count).rev().find(|at| file[at + 4..].starts_with(tag)).unwrap();
        let size = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) + copy.len() as u32;
        file[at..at + 4].copy_from_slice(&size.to_be_bytes());
    }
    file.splice(end..end, copy);
    assert!(file.windows(4).position(|w| w == b"mdat").unwrap() < count, "the sound lies before the tables");
    assert_eq!(decoded(file), decode(fixture("text_ac3_aac.mp4")).unwrap());
}

#[test]
fn an_ogg_whose_first_stream_is_a_picture_is_decoded() {
    let clip = decode(fixture("picture_vorbis.ogg")).unwrap();
    assert_eq!(clip.samples.len(), FRAMES);
    assert_is_the_tone("picture_vorbis.ogg", &clip, 0);
    assert_eq!(probe(fixture("picture_vorbis.ogg")).unwrap().codec, "vorbis");
}

/// A page with one packet.
fn page(serial: u32, number: u32, flags: u8, packet: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend([0; 8]);
    page.extend(serial.to_le_bytes());
    page.extend(number.to_le_bytes());
    page.extend([0; 4]);
    page.extend([2, 255, u8::try_from(packet.len() - 255).unwrap()]);
    page.extend(packet);
    ogg::seal(&mut page);
    page
}

const FIRST: u8 = 2;
const LAST: u8 = 4;

/// Puts another stream before the sound, with a page between every two pages of that.
fn with_another_stream(sound: &[u8], start: &[u8]) -> Vec<u8> {
    let packet = |start: &[u8]| [start, &[7; 300][start.len()..]].concat();
    let mut file = page(7, 0, FIRST, &packet(start));
    let pages = ogg::pages(sound);
    for (index, own) in pages.iter().enumerate() {
        file.extend(own);
        if index > 0 {
            let flags = if index + 1 == pages.len() { LAST } else { 0 };
            file.extend(page(7, index as u32, flags, &packet(b"x")));
        }
    }
    file
}

#[test]
fn streams_beside_the_sound_of_an_ogg_change_no_sample() {
    let sounds = ["triangle.ogg", "bursts.ogg", "triangle_flac.oga"];
    for sound in sounds.into_iter().chain(cfg!(feature = "opus").then_some("triangle.opus")) {
        let alone = decode(fixture(sound)).unwrap();
        for start in [&b"fishead\0\x03\0\0\0"[..], b"\x80theora\x03\x02", b"Speex   1.2", b"of no known kind"]
        {
            let file = with_another_stream(&read(sound), start);
            assert_eq!(decoded(file), alone, "{sound} with {:?}", String::from_utf8_lossy(start));
        }
    }
}

#[test]
fn of_two_streams_with_sound_in_an_ogg_the_first_is_decoded() {
    let numbered = |name: &str, number: u32| {
        let mut pages = ogg::pages(&read(name));
        for page in &mut pages {
            page[14..18].copy_from_slice(&number.to_le_bytes());
            ogg::seal(page);
        }
        pages
    };
    let names = ["triangle.ogg", "tagged.ogg", "triangle_flac.oga"];
    for (first, second) in [(0, 1), (1, 0), (0, 2), (2, 0)] {
        for numbers in [(1, 9), (9, 1)] {
            let mut first_pages = numbered(names[first], numbers.0);
            let mut second_pages = numbered(names[second], numbers.1);
            // The starts of both, then their headers, then the sound.
            let starts = [first_pages.remove(0), second_pages.remove(0)].concat();
            let headers = [first_pages.remove(0), second_pages.remove(0)].concat();
            let sound = [first_pages.concat(), second_pages.concat()].concat();
            let clip = decoded([starts, headers, sound].concat());
            let alone = decode(fixture(names[first])).unwrap();
            assert_eq!(clip, alone, "{} before {}, as {numbers:?}", names[first], names[second]);
        }
    }
}

#[test]
fn an_ogg_without_sound_that_can_be_decoded_names_what_it_holds() {
    for (start, name) in [(&b"\x80theora\x03"[..], "Theora video"), (b"Speex   1.2", "Speex")] {
        let packet = [start, &[7; 300][start.len()..]].concat();
        let file = [page(7, 0, FIRST, &packet), page(7, 1, LAST, &packet)].concat();
        match decode_reader(Cursor::new(file), "x") {
            Err(Error::Unsupported { format, .. }) => assert_eq!(format, name),
            other => panic!("{other:?}"),
        }
    }
}

/// Has the size of every element with this identifier unknown.
fn without_sizes(mut file: Vec<u8>, id: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..file.len()).filter(|at| file[*at..].starts_with(id)).collect();
    for at in places {
        let size = at + id.len();
        let width = file[size].leading_zeros() as usize + 1;
        file[size] = (0xff_u16 >> (width - 1)) as u8;
        file[size + 1..size + width].fill(0xff);
    }
    file
}

const SEGMENT: &[u8] = b"\x18\x53\x80\x67";
const CLUSTER: &[u8] = b"\x1f\x43\xb6\x75";

#[test]
fn a_live_recording_without_sizes_is_intact() {
    for name in ["triangle_vorbis.webm", "triangle_flac.mka", "ac3_mp3.mka"] {
        let whole = decode(fixture(name)).unwrap();
        assert_eq!(whole.skipped_packets, 0, "{name}");
        let segment = without_sizes(read(name), SEGMENT);
        assert_eq!(decoded(segment.clone()), whole, "{name}, segment");
        // Only what belongs to a cluster may follow it there.
        let clusters = without_sizes(segment, CLUSTER);
        assert_eq!(decoded(clusters), whole, "{name}, clusters");
    }
}

#[test]
fn a_live_recording_that_is_cut_inside_a_block_is_damaged() {
    let file = without_sizes(without_sizes(read("triangle_flac.mka"), SEGMENT), CLUSTER);
    let block = file.windows(2).rposition(|bytes| bytes == b"\xff\xf8").unwrap();
    let clip = decode_reader(Cursor::new(file[..block + 20].to_vec()), "x");
    assert!(clip.map_or(true, |clip| clip.skipped_packets > 0));
}

#[test]
fn blocks_that_belong_to_no_track_are_passed_over() {
    let mut file = read("ac3_mp3.mka");
    // The first track gets another number; its blocks keep the old one.
    let entry = file.windows(3).position(|bytes| bytes == b"\xd7\x81\x01").unwrap();
    file[entry + 2] = 9;
    assert_eq!(decoded(file), decode(fixture("ac3_mp3.mka")).unwrap());
}

#[test]
fn what_matroska_holds_besides_its_tracks_does_not_matter() {
    let sound = read("ac3_mp3.mka");
    let cluster = sound.windows(4).position(|bytes| bytes == CLUSTER).unwrap();
    let void = (0..cluster).rfind(|at| sound[*at] == 0xec && sound[at + 1] == 0x01).unwrap();
    let length = usize::from(u16::from_be_bytes([sound[void + 7], sound[void + 8]])) + 9;
    for id in [b"\x1c\x53\xbb\x6b", b"\x10\x43\xa7\x70", b"\x19\x41\xa4\x69"] {
        let mut file = sound.clone();
        file[void..void + 4].copy_from_slice(id);
        let size = length - 6;
        file[void + 4..void + 6].copy_from_slice(&[0x40 | (size >> 8) as u8, size as u8]);
        // A part that ends nowhere.
        file[void + 6..void + length].fill(0x01);
        assert_eq!(decoded(file), decode(fixture("ac3_mp3.mka")).unwrap(), "{id:x?}");
    }
}

#[cfg(feature = "opus")]
#[test]
fn opus_in_webm_has_the_length_of_the_recording() {
    for name in ["tone_opus.webm", "tone_opus_live.webm"] {
        let clip = decode(fixture(name)).unwrap();
        assert_eq!(clip.samples.len(), FRAMES, "{name}: without the padding that its last block states");
        assert_is_the_tone(name, &clip, 0);
    }
    assert_eq!(decode(fixture("tone_opus.webm")).unwrap(), decode(fixture("tone_opus_live.webm")).unwrap());
}
