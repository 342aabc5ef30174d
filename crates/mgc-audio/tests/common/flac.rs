//! Writes FLAC streams of digital silence: a few bytes for thousands of samples.

use super::checksum;

/// Samples of one frame.
pub(crate) const FRAME: usize = 4096;

/// A mono 16-bit stream at 44.1 kHz of `frames` constant frames.
pub(crate) fn silence(frames: u32) -> Vec<u8> {
    stream(*b"\x10\0\x10\0", frames, |index| frame(0xf8, index))
}

/// The same, but with the number of its first sample in each frame, as where their lengths may differ.
pub(crate) fn silence_counted_in_samples(frames: u32) -> Vec<u8> {
    stream(*b"\0\x10\x10\0", frames, |index| frame(0xf9, index * FRAME as u32))
}

fn stream(lengths: [u8; 4], frames: u32, frame: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    let mut stream = [b"fLaC\x80\0\0\x22", &lengths[..], &[0; 6]].concat();
    let samples = u64::from(frames) * FRAME as u64;
    // 20 bits of rate, 3 of channels less one, 5 of width less one, 36 of samples.
    stream.extend((44_100 << 44 | 15 << 36 | samples).to_be_bytes());
    stream.extend([0; 16]); // no checksum
    (0..frames).for_each(|index| stream.extend(frame(index)));
    stream
}

fn frame(sync: u8, number: u32) -> Vec<u8> {
    // Sync word, 4096 samples at 44.1 kHz, mono of 16 bits, and a number, coded as UTF-8 codes characters.
    let mut frame = vec![0xff, sync, 0xc9, 0x08];
    let character = char::from_u32(number).unwrap_or('?');
    let mut number = [0; 4];
    frame.extend(character.encode_utf8(&mut number).as_bytes());
    frame.push(checksum(&frame, 0x07, 8) as u8);
    frame.extend([0, 0, 0]); // a constant subframe of the sample 0
    let crc = checksum(&frame, 0x8005, 16);
    frame.extend((crc as u16).to_be_bytes());
    frame
}
