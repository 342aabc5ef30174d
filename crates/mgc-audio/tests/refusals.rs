//! What is not decoded is named as people name it, and no message carries the texts of a library.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::fixture;
use mgc_audio::{Error, decode_reader};
use proptest::prelude::*;

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

fn message(bytes: Vec<u8>) -> String {
    decode_reader(std::io::Cursor::new(bytes), "x").map(|clip| clip.samples.len()).unwrap_err().to_string()
}

/// A fixture in which the first `old` behind a mark reads `new`.
#[allow(dead_code, reason = "only some formats have such codes, and each is a feature")]
fn replaced(name: &str, mark: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut bytes = read(name);
    let find = |start: usize, text: &[u8]| {
        start + bytes[start..].windows(text.len()).position(|window| window == text).unwrap()
    };
    let at = find(find(0, mark), old);
    bytes[at..at + new.len()].copy_from_slice(new);
    bytes
}

fn assert_refused(bytes: Vec<u8>, codec: &str) {
    let message = message(bytes);
    assert!(message.starts_with("x: ") && message.contains(codec), "{message} for {codec}");
    assert!(message.contains(" is not supported; convert it first"), "{message}");
}

#[test]
fn codecs_in_wav_are_named() {
    // The format code and the bits per sample of the plain header of 44 bytes.
    let wav = |code: u16, bits: u16| {
        let mut bytes = read("triangle_s16.wav");
        bytes[20..22].copy_from_slice(&code.to_le_bytes());
        bytes[34..36].copy_from_slice(&bits.to_le_bytes());
        bytes
    };
    for (code, name) in [
        (0x0002, "ADPCM (Microsoft)"),
        (0x0011, "ADPCM (IMA, also called DVI)"),
        (0x0014, "G.723 ADPCM"),
        (0x0020, "ADPCM (Yamaha)"),
        (0x0022, "TrueSpeech"),
        (0x0031, "GSM 6.10"),
        (0x0040, "G.721 ADPCM"),
        (0x0042, "G.723.1"),
        (0x0045, "G.726 ADPCM"),
        (0x0050, "MPEG audio of layer I or II"),
        (0x0055, "mp3"),
        (0x0057, "AMR"),
        (0x0065, "G.722 ADPCM"),
        (0x00ff, "AAC"),
        (0x0130, "ACELP.net"),
        (0x0161, "Windows Media Audio"),
        (0x0402, "Indeo audio"),
        (0x2000, "Dolby Digital (AC-3)"),
        (0x2001, "DTS"),
        (0xa109, "Speex"),
        (0x1234, "an unknown codec (number 0x1234)"),
    ] {
        assert_refused(wav(code, 0), name);
    }
    assert_refused(wav(1, 40), "wav with samples of 40 bits");
    assert_refused(wav(3, 16), "wav with floating-point samples of 16 bits");
    assert_refused(wav(6, 4), "wav with A-law of 4 bits");
}

#[test]
fn codecs_in_au_are_named() {
    for (code, name) in [(23_u32, "G.721 ADPCM"), (24, "G.722 ADPCM"), (26, "G.723 ADPCM"), (99, "number 99")]
    {
        let mut bytes = read("triangle_s16.au");
        bytes[12..16].copy_from_slice(&code.to_be_bytes());
        assert_refused(bytes, name);
    }
}

/// Codes of four letters, as in QuickTime.
#[allow(dead_code, reason = "only some formats have such codes, and each is a feature")]
const LETTERS: [(&[u8; 4], &str); 9] = [
    (b"ima4", "ADPCM (IMA)"),
    (b"MAC3", "MACE 3:1"),
    (b"QDM2", "QDesign Music 2"),
    (b"agsm", "GSM 6.10"),
    (b"samr", "AMR"),
    (b"ac-3", "Dolby Digital (AC-3)"),
    (b"ms\0\x02", "ADPCM (Microsoft)"),
    (b"Qclp", "QCELP"),
    (b"xyz\x01", "the codec `xyz\\x01`"),
];

#[cfg(feature = "aiff")]
#[test]
fn codecs_in_aiff_are_named() {
    for (letters, name) in LETTERS {
        assert_refused(replaced("triangle_f32.aiff", b"COMM", b"FL32", letters), name);
    }
}

#[cfg(feature = "caf")]
#[test]
fn codecs_in_caf_are_named() {
    for (letters, name) in LETTERS {
        assert_refused(replaced("triangle_alac.caf", b"desc", b"alac", letters), name);
    }
}

#[cfg(feature = "aac")]
#[test]
fn codecs_in_mp4_are_named() {
    // The settings of AAC behind `ac-3` make it AAC.
    for (letters, name) in LETTERS.into_iter().filter(|(letters, _)| *letters != b"ac-3") {
        assert_refused(replaced("triangle_aac.m4a", b"stsd", b"mp4a", letters), name);
    }
}

#[cfg(all(feature = "mkv", feature = "flac"))]
#[test]
fn codecs_in_matroska_are_named() {
    for (id, name) in [
        (b"A_AC3\0", "Dolby Digital (AC-3)"),
        (b"A_TTA1", "True Audio"),
        (b"A_MPC\0", "Musepack"),
        (b"A_MLP\0", "MLP"),
        (b"A_XYZ\0", "the codec `A_XYZ`"),
    ] {
        assert_refused(replaced("triangle_flac.mka", b"matroska", b"A_FLAC", id), name);
    }
}

#[cfg(feature = "vorbis")]
#[test]
fn codecs_in_ogg_are_named() {
    for (magic, name) in [
        (b"Speex  ", "Speex"),
        (b"CELT   ", "CELT"),
        (b"\x80theora", "Theora"),
        (b"unknown", "an unknown codec"),
    ] {
        let mut bytes = replaced("triangle.ogg", b"OggS", b"\x01vorbis", magic);
        // The eighth byte of a name that is filled with blanks.
        let at = bytes.windows(7).position(|window| window == magic).unwrap();
        bytes[at + 7] = b' ';
        assert_refused(bytes, name);
    }
}

#[cfg(all(feature = "mkv", feature = "flac"))]
#[test]
fn codecs_of_windows_in_matroska_are_named_by_their_number() {
    let mut bytes = read("triangle_flac.mka");
    let at = bytes.windows(6).position(|window| window == b"A_FLAC").unwrap();
    // The identifier with its element and length, longer by two bytes: the element behind it is made void.
    let private = at + bytes[at..].windows(2).position(|window| window == [0x63, 0xa2]).unwrap();
    let rest = private - at - 6;
    assert!(rest == 0 || rest >= 2, "{rest} bytes between");
    let size = usize::from(bytes[private + 2] & 0x7f);
    assert!(bytes[private + 2] & 0x80 != 0 && size > 4, "a short element");
    bytes[at - 1] = 0x88;
    bytes[at..at + 8].copy_from_slice(b"A_MS/ACM");
    bytes[at + 8..at + 11].copy_from_slice(&[0x63, 0xa2, 0x80 | (size + rest - 2) as u8]);
    bytes[at + 11..at + 13].copy_from_slice(&2_u16.to_le_bytes());
    assert_refused(bytes, "ADPCM (Microsoft)");
}

/// What ffmpeg writes by default for one channel: 384 kbit/s.
#[cfg(feature = "mp3")]
#[test]
fn a_bit_rate_that_layer_two_rules_out_is_named() {
    let mut frame = vec![0xff, 0xfd, 0xe0, 0xc4];
    frame.resize(144 * 384_000 / 44_100, 0);
    assert_refused(frame.repeat(5), "mp2 of 384 kbit/s for one channel");
}

/// Advice that would not work is not given.
#[cfg(feature = "aac")]
#[test]
fn a_locked_file_is_not_to_be_converted() {
    let message = message(replaced("triangle_aac.m4a", b"stsd", b"mp4a", b"drms"));
    assert!(message.contains("locked by FairPlay") && !message.contains("ffmpeg"), "{message}");
}

/// Beginnings and parts of the texts of symphonia.
const LIBRARY: &[&str] = &[
    "core (",
    "isomp4",
    "mkv",
    "ogg (",
    "caf:",
    "aiff:",
    "aifc:",
    "riff:",
    "mpa:",
    "mp3:",
    "adts:",
    "aac:",
    "flac:",
    "vorbis:",
    "alac",
    "pcm:",
    "common (",
    "malformed stream",
    "unsupported feature",
    "limit reached",
    "seek error",
    "bitstream",
    "underrun",
    "out of bounds",
    "reset",
];

const CONTAINERS: &[&str] = &[
    "triangle_s16.wav",
    "triangle_s16.w64",
    "triangle_s24.au",
    "triangle_f32.aiff",
    "triangle_s16.caf",
    "triangle_alac.caf",
    "triangle_aac.m4a",
    "triangle_alac.m4a",
    "triangle.aac",
    "triangle.mp3",
    "triangle_vorbis.webm",
    "triangle_flac.mka",
    "triangle_flac.oga",
    "triangle_s16.flac",
    "triangle.ogg",
    "triangle.opus",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_brings_the_texts_of_a_library_to_the_user(
        name in prop::sample::select(CONTAINERS),
        damage in prop::collection::vec((0..600_usize, any::<u8>()), 0..8),
        cut in prop::option::of(1..600_usize),
    ) {
        let mut bytes = read(name);
        let length = bytes.len();
        for (at, value) in damage {
            bytes[at % length] = value;
        }
        bytes.truncate(cut.unwrap_or(length));
        let refused = decode_reader(std::io::Cursor::new(bytes), "x").err();
        // Our own text names the feature, which is called as the library calls its reader.
        if let Some(error) = refused.filter(|error| !matches!(error, Error::FeatureDisabled { .. })) {
            prop_assert!(!matches!(error, Error::Io { .. }), "{}: {}", name, error);
            let message = error.to_string();
            prop_assert!(!LIBRARY.iter().any(|text| message.contains(text)), "{}: {}", name, message);
        }
    }
}
