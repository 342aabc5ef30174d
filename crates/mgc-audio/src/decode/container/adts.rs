//! Headers of AAC frames in ADTS.

use std::io;

use crate::decode::source::Source;

/// Bytes of a header without its checksum.
const HEADER: usize = 7;

/// Whether the bytes begin with the sync word of a frame.
pub(super) fn begins(bytes: &[u8]) -> bool {
    matches!(*bytes, [0xff, second, ..] if second & 0xf6 == 0xf0)
}

/// Whether another frame of the same kind follows the one at this place, as its header says where.
pub(super) fn is_followed(source: &mut Source, start: u64) -> io::Result<bool> {
    let Some(first) = source.array_at::<HEADER>(start)? else { return Ok(false) };
    let [_, _, kind, high, middle, low, _] = first;
    let length = u64::from(u32::from_be_bytes([0, high & 3, middle, low]) >> 5);
    let next = source.array_at::<3>(start + length)?;
    Ok(length >= HEADER as u64 && next.is_some_and(|next| begins(&next) && next[2] == kind))
}
