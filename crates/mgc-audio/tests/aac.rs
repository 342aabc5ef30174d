//! AAC that is more than AAC, and streams without a length.

#![cfg(feature = "aac")]
#![allow(clippy::unwrap_used, reason = "in a test a failed unwrap is the finding itself")]

mod common;

use std::io::Cursor;

use common::fixture;
use mgc_audio::{Blocks, Clip, Error, Result, decode, decode_reader};

/// Bytes of an ADTS header without checksum.
const HEADER: usize = 7;

/// The frames of an ADTS stream with their headers.
fn frames(stream: &[u8]) -> Vec<&[u8]> {
    let (mut frames, mut rest) = (Vec::new(), stream);
    while rest.len() >= HEADER {
        let length = usize::from(rest[3] & 3) << 11 | usize::from(rest[4]) << 3 | usize::from(rest[5]) >> 5;
        let (frame, after) = rest.split_at(length);
        frames.push(frame);
        rest = after;
    }
    frames
}

fn to_bits(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect()
}

fn to_bytes(bits: &[u8]) -> Vec<u8> {
    let byte = |bits: &[u8]| (0..8).fold(0, |byte, at| byte << 1 | bits.get(at).unwrap_or(&0));
    bits.chunks(8).map(byte).collect()
}

/// The frame with a fill element of this type and length in front of its end mark, as an encoder of HE-AAC
/// puts it there.
fn with_fill_element(frame: &[u8], kind: u8, count: u8) -> Vec<u8> {
    let mut payload = to_bits(&frame[HEADER..]);
    let end = payload.iter().rposition(|bit| *bit == 1).unwrap() + 1;
    payload.truncate(end - 3);
    let number = |value: u8, width: u32| (0..width).rev().map(move |bit| value >> bit & 1);
    payload.extend(number(6, 3)); // a fill element
    if count < 15 {
        payload.extend(number(count, 4));
    } else {
        payload.extend(number(15, 4).chain(number(count - 14, 8)));
    }
    payload.extend(number(kind, 4));
    payload.extend((0..8 * usize::from(count) - 4).map(|n| (n % 3 == 0) as u8));
    payload.extend([1, 1, 1]);
    let payload = to_bytes(&payload);
    let length = HEADER + payload.len();
    let mut header = frame[..HEADER].to_vec();
    header[3] = header[3] & !3 | (length >> 11) as u8;
    header[4] = (length >> 3) as u8;
    header[5] = header[5] & 0x1f | (length << 5) as u8;
    [header, payload].concat()
}

fn decode_with_fill_elements(kind: u8, count: u8) -> Result<Clip> {
    let stream = std::fs::read(fixture("bursts.aac")).unwrap();
    let stream: Vec<u8> =
        frames(&stream).into_iter().flat_map(|f| with_fill_element(f, kind, count)).collect();
    decode_reader(Cursor::new(stream), "test.aac")
}

#[test]
fn he_aac_is_refused_by_name() {
    for (kind, count) in [(13, 5), (13, 14), (13, 15), (14, 40), (13, 200)] {
        let result = decode_with_fill_elements(kind, count);
        let Err(Error::Unsupported { format, .. }) = result else {
            unreachable!("{kind} {count}: {result:?}")
        };
        assert_eq!(format, "HE-AAC");
    }
}

#[test]
fn he_aac_is_refused_before_its_first_sample() {
    let stream = std::fs::read(fixture("bursts.aac")).unwrap();
    let first: Vec<u8> = frames(&stream)[3..7].iter().flat_map(|f| with_fill_element(f, 13, 20)).collect();
    let result = Blocks::from_reader(Cursor::new(first), "short.aac");
    assert!(matches!(result, Err(Error::Unsupported { .. })), "{result:?}");
}

#[test]
fn fill_elements_of_another_kind_are_no_sound_and_no_reason_to_refuse() {
    let plain = decode(fixture("bursts.aac")).unwrap();
    for (kind, count) in [(0, 5), (1, 20), (11, 100)] {
        assert!(decode_with_fill_elements(kind, count).unwrap() == plain, "{kind} {count}");
    }
}

#[test]
fn a_stream_of_uneven_packets_is_decoded_to_its_end() {
    let stream = std::fs::read(fixture("bursts.aac")).unwrap();
    assert_eq!(decode(fixture("bursts.aac")).unwrap().samples.len(), 1024 * frames(&stream).len());
}
