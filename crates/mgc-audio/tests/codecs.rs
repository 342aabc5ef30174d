//! Decoding of every format against the triangle signal of `fixtures/generate_codecs.py`.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::fixture;
#[cfg(feature = "wav")]
use mgc_audio::write_wav;
use mgc_audio::{Clip, decode};

/// Half a step of 8-bit samples, floored by the writer: at most one step of 1/128.
const EIGHT_BITS: f32 = 1.0 / 128.0;
/// G.711 keeps 12 bits near silence and 4 significant bits at full scale: half of 1/16 of the level, here below 0.31.
const G711: f32 = 0.31 / 32.0;
/// Of the root mean square: lossy, and a triangle has overtones up to the Nyquist frequency.
#[cfg(any(feature = "mp3", feature = "vorbis"))]
const LOSSY_RMS: f64 = 0.06;

/// Mean of both channels, as `generate_codecs.py` makes them.
fn triangle(frames: i32) -> Vec<f32> {
    let sample = |n: i32| {
        let left = ((n % 100 - 50).abs() * 400 - 10_000) as f32 / 32_768.0;
        let right = ((n % 64 - 32).abs() * 500 - 8_000) as f32 / 32_768.0;
        (left + right) / 2.0
    };
    (0..frames).map(sample).collect()
}

fn decoded(name: &str) -> Clip {
    let clip = decode(fixture(name)).unwrap();
    assert_eq!((clip.sample_rate, clip.skipped_packets), (22_050, 0), "{name}");
    clip
}

fn assert_near(name: &str, tolerance: f32) {
    let (clip, expected) = (decoded(name), triangle(300));
    assert_eq!(clip.samples.len(), expected.len(), "{name}");
    for (ours, exact) in clip.samples.iter().zip(&expected) {
        assert!((ours - exact).abs() <= tolerance, "{name}: {ours} against {exact}");
    }
}

#[test]
fn au_of_every_width_decodes() {
    for width in ["s16", "s24", "s32", "f32", "f64"] {
        assert_near(&format!("triangle_{width}.au"), 0.0);
    }
    assert_near("triangle_s8.au", EIGHT_BITS);
    assert_near("triangle_mulaw.au", G711);
    assert_near("triangle_alaw.au", G711);
}

#[cfg(feature = "wav")]
#[test]
fn wav_of_every_width_decodes() {
    for kind in ["s16", "s24", "s32", "f32", "f64", "s16_extensible", "s16_rf64"] {
        assert_near(&format!("triangle_{kind}.wav"), 0.0);
    }
    assert_near("triangle_u8.wav", EIGHT_BITS);
}

#[cfg(feature = "wav")]
#[test]
fn the_companding_laws_of_au_and_wav_agree_exactly() {
    for law in ["mulaw", "alaw"] {
        let [au, wav] = ["au", "wav"].map(|format| decoded(&format!("triangle_{law}.{format}")));
        assert_eq!(au.samples, wav.samples, "{law}");
    }
}

#[cfg(feature = "flac")]
#[test]
fn flac_is_lossless() {
    for width in ["s16", "s24"] {
        assert_eq!(decoded(&format!("triangle_{width}.flac")).samples, triangle(3000));
    }
}

#[cfg(any(feature = "mp3", feature = "vorbis"))]
fn assert_lossy(name: &str) {
    let (clip, exact) = (decoded(name), triangle(3000));
    assert_eq!(clip.samples.len(), exact.len(), "{name}: delay and padding");
    let squares = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>();
    let error = squares(&mut clip.samples.iter().zip(&exact).map(|(a, b)| a - b));
    let relative = (error / squares(&mut exact.iter().copied())).sqrt();
    println!("{name}: {relative:.4}");
    assert!(relative <= LOSSY_RMS, "{name}: {relative}");
}

#[cfg(feature = "mp3")]
#[test]
fn mp3_is_aligned_and_as_long_as_what_was_encoded() {
    assert_lossy("triangle.mp3");
}

#[cfg(feature = "vorbis")]
#[test]
fn vorbis_is_aligned_and_as_long_as_what_was_encoded() {
    assert_lossy("triangle.ogg");
}

#[cfg(feature = "vorbis")]
#[test]
fn vorbis_loses_nothing_where_a_page_is_stamped_too_early() {
    let bursts = decoded("bursts.ogg");
    assert_eq!(bursts.samples.len(), 160_000);
    assert!(bursts == decoded("bursts_page_stamped_early.ogg"));
}

#[cfg(feature = "mp3")]
#[test]
fn an_mp3_without_a_length_header_is_decoded_to_its_end() {
    let bytes = std::fs::read(fixture("loud_then_silent_vbr.mp3")).unwrap();
    assert_eq!(decoded("loud_then_silent_vbr.mp3").samples.len(), 21_000);
    let is_header = |at: &usize| bytes[*at] == 0xff && bytes[at + 1] == bytes[1];
    let second = (4..bytes.len() - 1).find(is_header).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes[second..]).unwrap();
    let clip = decode(file.path()).unwrap();
    assert_eq!(clip.samples.len() % 576, 0, "whole packets");
    assert!((21_000..21_000 + 5 * 576).contains(&clip.samples.len()), "{}", clip.samples.len());
}

#[cfg(all(feature = "mp3", feature = "flac"))]
#[test]
fn the_name_of_a_file_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    for (original, name) in
        [("triangle.mp3", "a.wav"), ("triangle_s16.flac", "b.mp3"), ("triangle_s16.au", "c")]
    {
        let path = folder.path().join(name);
        std::fs::copy(fixture(original), &path).unwrap();
        assert_eq!(decode(&path).unwrap(), decoded(original));
    }
}

#[cfg(feature = "wav")]
#[test]
fn sixteen_bit_samples_survive_writing_and_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.wav");
    let samples = (i16::MIN..=i16::MAX).map(|s| f32::from(s) / 32_768.0).collect();
    let clip = Clip::new(samples, 22_050);
    write_wav(&path, &clip).unwrap();
    assert_eq!(decode(&path).unwrap(), clip);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file stays");
}

#[cfg(feature = "wav")]
#[test]
fn writing_clips_what_is_too_loud() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loud.wav");
    write_wav(&path, &Clip::new(vec![2.0, 1.0, -1.0, -7.5], 8000)).unwrap();
    let highest = 32_767.0 / 32_768.0;
    assert_eq!(decode(&path).unwrap().samples, [highest, highest, -1.0, -1.0]);
}
