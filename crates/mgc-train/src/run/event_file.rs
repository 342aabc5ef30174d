//! TensorBoard's event files: protocol buffers in the records of TensorFlow.
//!
//! A record is the length of its data (u64), a checksum of these eight bytes (u32), the data, and a checksum
//! of the data (u32), all little endian. The data is an `Event` of `tensorflow/core/util/event.proto`, with the
//! values in a `Summary` of `tensorflow/core/framework/summary.proto`.

/// Returns the record that a file begins with.
pub(super) fn version(time: f64) -> Vec<u8> {
    let mut event = double(1, time);
    event.extend(bytes(3, b"brain.Event:2"));
    record(&event)
}

/// Returns a record with the values of one step by their tags.
pub(super) fn scalars(time: f64, step: u64, values: &[(&str, f64)]) -> Vec<u8> {
    let value = |(tag, value): &(&str, f64)| {
        let mut fields = bytes(1, tag.as_bytes());
        fields.extend(float(2, *value as f32));
        bytes(1, &fields)
    };
    let summary: Vec<u8> = values.iter().flat_map(value).collect();
    let mut event = double(1, time);
    event.extend(key(2, VARINT));
    event.extend(varint(step));
    event.extend(bytes(5, &summary));
    record(&event)
}

fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length[..], &checksum(&length), data, &checksum(data)].concat()
}

/// Wire types of protocol buffers.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const BYTES: u64 = 2;
const FIXED32: u64 = 5;

fn key(field: u64, wire: u64) -> Vec<u8> {
    varint(field << 3 | wire)
}

fn double(field: u64, value: f64) -> Vec<u8> {
    [&key(field, FIXED64)[..], &value.to_le_bytes()].concat()
}

fn float(field: u64, value: f32) -> Vec<u8> {
    [&key(field, FIXED32)[..], &value.to_le_bytes()].concat()
}

fn bytes(field: u64, value: &[u8]) -> Vec<u8> {
    [&key(field, BYTES)[..], &varint(value.len() as u64), value].concat()
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// Returns the masked checksum of TensorFlow's records.
fn checksum(data: &[u8]) -> [u8; 4] {
    crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// CRC-32C (Castagnoli), a bit at a time: the records of an epoch have about a hundred bytes.
fn crc32c(data: &[u8]) -> u32 {
    let bit = |crc: u32, _| crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
    !data.iter().fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_equals_the_published_values() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283); // the check value of the catalogue of CRCs
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa); // RFC 3720, B.4
    }

    #[test]
    fn long_numbers_take_several_bytes() {
        assert_eq!(varint(1), [1]);
        assert_eq!(varint(300), [0xac, 0x02]); // the example of the protocol's documentation
        assert_eq!(varint(u64::MAX).len(), 10);
    }
}
