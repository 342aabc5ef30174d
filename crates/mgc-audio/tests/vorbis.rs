//! Vorbis of more than two channels against libvorbis (`fixtures/generate_vorbis.py`).

#![cfg(feature = "vorbis")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "in a test they are the finding itself")]

mod common;
#[path = "common/npy.rs"]
mod npy;

use std::io::Cursor;

use common::{fixture, ogg};
use mgc_audio::{Clip, Error, decode, decode_reader};

/// Samples of a fixture between two whose right value is kept.
const STEP: usize = 17;
/// Both decoders calculate in f32.
const ROUNDING: f32 = 1e-6;
/// The coupling steps of 5.1: pairs of numbers of 3 bits, the lowest bit first.
const STEPS_OF_5_1: [[u8; 2]; 4] = [[0, 2], [3, 4], [0, 1], [0, 3]];

fn assert_is_what_libvorbis_decodes(name: &str, clip: &Clip) {
    let right: ndarray::Array1<f32> = npy::read(fixture(&format!("{name}.npy")));
    assert_eq!((clip.sample_rate, clip.skipped_packets), (44_100, 0), "{name}");
    let ours: Vec<f32> = clip.samples.iter().step_by(STEP).copied().collect();
    assert_eq!(ours.len(), right.len(), "{name}");
    for (index, (ours, right)) in ours.iter().zip(&right).enumerate() {
        assert!((ours - right).abs() < ROUNDING, "{name}, sample {index}: {ours}, libvorbis has {right}");
    }
}

#[test]
fn channels_coupled_in_a_chain_decode_as_libvorbis_decodes_them() {
    let name = "vorbis_6_channels";
    assert_is_what_libvorbis_decodes(name, &decode(fixture(&format!("{name}.ogg"))).unwrap());
}

#[test]
fn channels_with_more_classes_than_partitions_decode_as_libvorbis_decodes_them() {
    let name = "vorbis_3_channels";
    assert_is_what_libvorbis_decodes(name, &decode(fixture(&format!("{name}.ogg"))).unwrap());
}

fn bits(bytes: &[u8]) -> Vec<bool> {
    (0..8 * bytes.len()).map(|at| bytes[at / 8] >> (at % 8) & 1 == 1).collect()
}

/// The 5.1 fixture with other submaps for its channels.
fn with_submaps(submaps: [u8; 6]) -> Vec<u8> {
    let number = |value: u8, count: usize| (0..count).map(move |bit| value >> bit & 1 == 1);
    let steps: Vec<bool> = STEPS_OF_5_1.iter().flatten().flat_map(|channel| number(*channel, 3)).collect();
    let mut pages = ogg::pages(&std::fs::read(fixture("vorbis_6_channels.ogg")).unwrap());
    let mut changed = 0;
    for page in pages.iter_mut().take(4) {
        let body = ogg::body(page);
        let before = bits(body);
        for at in (0..before.len()).filter(|at| before[*at..].starts_with(&steps)) {
            let place = at + steps.len() + 2; // two reserved bits
            for (offset, bit) in submaps.iter().flat_map(|submap| number(*submap, 4)).enumerate() {
                let (byte, mask) = ((place + offset) / 8, 1 << ((place + offset) % 8));
                body[byte] = if bit { body[byte] | mask } else { body[byte] & !mask };
            }
            changed += 1;
        }
        ogg::seal(page);
    }
    assert_eq!(changed, 2, "mappings of short and of long blocks");
    pages.concat()
}

fn refusal(file: Vec<u8>) -> String {
    match decode_reader(Cursor::new(file), "x.ogg") {
        Err(Error::Unsupported { format, .. }) => format,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_helper_of_these_tests_changes_nothing_but_the_submaps() {
    let same = with_submaps([0, 0, 0, 0, 0, 1]);
    assert_is_what_libvorbis_decodes(
        "vorbis_6_channels",
        &decode_reader(Cursor::new(same), "x.ogg").unwrap(),
    );
}

#[test]
fn what_cannot_be_mended_is_refused_by_name() {
    // A chain across submaps, of which a packet may hold one and not the other.
    assert_eq!(refusal(with_submaps([1, 0, 0, 0, 0, 1])), "Vorbis with channels coupled in this way");
    // The interleaved submap has two channels, and the first is not the first of the stream.
    assert_eq!(
        refusal(with_submaps([1, 0, 0, 1, 1, 1])),
        "Vorbis with a pair of channels that is not the first"
    );
}

#[test]
fn a_damaged_setup_header_is_an_error_and_no_panic() {
    let sound = ogg::pages(&std::fs::read(fixture("vorbis_3_channels.ogg")).unwrap());
    for flip in 0..64 {
        let mut pages = sound.clone();
        let body = ogg::body(&mut pages[1]);
        let at = flip * 67 % body.len();
        body[at] ^= 1 << (flip % 8);
        ogg::seal(&mut pages[1]);
        let _ = decode_reader(Cursor::new(pages.concat()), "x.ogg");
    }
}
