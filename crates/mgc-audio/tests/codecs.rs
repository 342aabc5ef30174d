//! Decoding of every format against the triangle signal of `fixtures/generate_codecs.py`.

#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use common::fixture;
use mgc_audio::write_wav;
use mgc_audio::{Clip, decode};

/// Half a step of 8-bit samples, floored by the writer: at most one step of 1/128.
const EIGHT_BITS: f32 = 1.0 / 128.0;
/// G.711 keeps 12 bits near silence and 4 significant bits at full scale: half of 1/16 of the level, here
/// below 0.31.
const G711: f32 = 0.31 / 32.0;
/// Of the root mean square: lossy, and a triangle has overtones up to the Nyquist frequency.
#[cfg(any(feature = "mp3", feature = "vorbis", feature = "aac", feature = "opus"))]
const LOSSY_RMS: f32 = 0.05;

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

#[test]
fn wav_of_every_width_decodes() {
    for kind in ["s16", "s24", "s32", "f32", "f64", "s16_extensible", "s16_rf64"] {
        assert_near(&format!("triangle_{kind}.wav"), 0.0);
    }
    assert_near("triangle_u8.wav", EIGHT_BITS);
    for kind in ["s16", "s24", "f32"] {
        assert_near(&format!("triangle_{kind}.w64"), 0.0);
    }
}

#[cfg(feature = "aiff")]
#[test]
fn aiff_and_aifc_of_every_width_decode() {
    for width in ["s16", "s24", "s32", "f32", "f64"] {
        assert_near(&format!("triangle_{width}.aiff"), 0.0);
    }
}

#[cfg(feature = "caf")]
#[test]
fn caf_of_every_width_decodes() {
    for width in ["s16", "s24", "s32", "f32", "f64"] {
        assert_near(&format!("triangle_{width}.caf"), 0.0);
    }
}

#[test]
fn the_companding_laws_agree_exactly_in_every_container() {
    let others: &[&str] = &[
        "wav",
        #[cfg(feature = "aiff")]
        "aiff",
        #[cfg(feature = "caf")]
        "caf",
    ];
    for law in ["mulaw", "alaw"] {
        let au = decoded(&format!("triangle_{law}.au"));
        for other in others {
            assert!(au == decoded(&format!("triangle_{law}.{other}")), "{law} {other}");
        }
    }
}

#[cfg(feature = "flac")]
#[test]
fn flac_is_lossless() {
    for width in ["s16", "s24"] {
        assert_eq!(decoded(&format!("triangle_{width}.flac")).samples, triangle(3000));
    }
}

#[cfg(all(feature = "flac", feature = "vorbis", feature = "mkv"))]
#[test]
fn flac_is_the_same_in_ogg_and_matroska() {
    for name in ["triangle_flac.oga", "triangle_flac.mka"] {
        assert!(decoded(name).samples == triangle(3000), "{name}");
    }
}

#[cfg(all(feature = "alac", feature = "caf"))]
#[test]
fn alac_is_lossless() {
    for name in ["triangle_alac.m4a", "triangle_alac.caf"] {
        assert!(decoded(name).samples == triangle(3000), "{name}");
    }
}

/// Error relative to the triangle, both root mean square, if the clip lags by `delay` frames; away from the
/// ends.
#[cfg(any(feature = "mp3", feature = "vorbis", feature = "aac", feature = "opus"))]
fn error(clip: &Clip, delay: usize) -> f32 {
    let exact = &triangle(2000)[500..];
    let differences = exact.iter().zip(&clip.samples[500 + delay..]).map(|(a, b)| (a - b).powi(2));
    (differences.sum::<f32>() / exact.iter().map(|s| s.powi(2)).sum::<f32>()).sqrt()
}

#[cfg(any(feature = "mp3", feature = "vorbis", feature = "aac", feature = "opus"))]
fn delay(clip: &Clip) -> Option<usize> {
    (0..900).min_by(|a, b| error(clip, *a).total_cmp(&error(clip, *b)))
}

#[cfg(any(feature = "mp3", feature = "vorbis", feature = "aac", feature = "opus"))]
fn assert_lossy(name: &str) {
    let clip = decoded(name);
    assert_eq!(clip.samples.len(), 3000, "{name}: delay and padding");
    assert_eq!(delay(&clip), Some(0), "{name}");
    println!("{name}: {:.4}", error(&clip, 0));
    assert!(error(&clip, 0) <= LOSSY_RMS, "{name}: {}", error(&clip, 0));
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

#[cfg(feature = "aac")]
#[test]
fn aac_in_mp4_is_aligned_and_as_long_as_what_was_encoded() {
    assert_lossy("triangle_aac.m4a");
}

/// Plain ADTS says nothing of the 1024 frames that its encoder put in front.
#[cfg(feature = "aac")]
#[test]
fn aac_in_adts_is_the_same_behind_the_delay_of_its_encoder() {
    let (adts, mp4) = (decoded("triangle.aac"), decoded("triangle_aac.m4a"));
    assert_eq!(adts.samples.len(), 4096);
    assert!(adts.samples[1024..4024] == mp4.samples);
}

#[cfg(all(feature = "vorbis", feature = "mkv"))]
#[test]
fn vorbis_in_webm_is_the_same_up_to_its_padding() {
    let (webm, ogg) = (decoded("triangle_vorbis.webm"), decoded("triangle.ogg"));
    assert!(webm.samples[..3000] == ogg.samples);
    assert_eq!(webm.samples.len(), 3072, "whole packets");
}

#[cfg(feature = "opus")]
#[test]
fn opus_is_aligned_and_as_long_as_what_was_encoded() {
    let clip = decode(fixture("triangle.opus")).unwrap();
    assert_eq!((clip.sample_rate, clip.samples.len(), clip.skipped_packets), (48_000, 3000, 0));
    assert_eq!(delay(&clip), Some(0));
    println!("triangle.opus: {:.4}", error(&clip, 0));
    assert!(error(&clip, 0) <= LOSSY_RMS, "{}", error(&clip, 0));
}

/// RFC 7845: the header may ask for another loudness, in 1/256 dB.
#[cfg(feature = "opus")]
#[test]
fn the_output_gain_of_opus_is_applied() {
    let mut bytes = std::fs::read(fixture("triangle.opus")).unwrap();
    let header = bytes.windows(8).position(|w| w == b"OpusHead").unwrap();
    bytes[header + 16..header + 18].copy_from_slice(&(-256 * 20_i16).to_le_bytes());
    bytes[22..26].fill(0);
    let crc = common::checksum(&bytes[..header + 19], 0x04c1_1db7, 32);
    bytes[22..26].copy_from_slice(&crc.to_le_bytes());
    let quiet = mgc_audio::decode_reader(std::io::Cursor::new(bytes), "quiet.opus").unwrap();
    let clip = decode(fixture("triangle.opus")).unwrap();
    assert!(clip.samples.iter().zip(&quiet.samples).all(|(a, b)| (a / 10.0 - b).abs() < 1e-6));
}

/// No tag tells of the 481 frames of delay of the decoder's filter bank.
#[cfg(feature = "mp3")]
#[test]
fn mpeg_layer_two_decodes_to_whole_packets() {
    let clip = decoded("triangle.mp2");
    assert_eq!((clip.samples.len(), delay(&clip)), (3 * 1152, Some(481)));
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

#[test]
fn writing_clips_what_is_too_loud() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loud.wav");
    write_wav(&path, &Clip::new(vec![2.0, 1.0, -1.0, -7.5], 8000)).unwrap();
    let highest = 32_767.0 / 32_768.0;
    assert_eq!(decode(&path).unwrap().samples, [highest, highest, -1.0, -1.0]);
}
