//! The sample entry: how samples that are not coded are stored.

use std::{io, ops::Range};

use crate::decode::source::Source;

use super::boxes::sample_entries;

/// Bytes of sample entries that are looked at.
const LENGTH: usize = 1 << 12;

/// Whether the samples of a QuickTime track are stored with their upper byte first.
///
/// Those of these types are unless an `enda` box says otherwise; symphonia 0.6.1 takes them all for the
/// opposite.
pub(super) fn is_big_endian(source: &mut Source, track: Range<u64>) -> io::Result<bool> {
    let Some(body) = sample_entries(source, track)? else { return Ok(false) };
    let length = usize::try_from(body.end - body.start).unwrap_or(LENGTH).min(LENGTH);
    let entries = source.bytes_at(body.start, length)?;
    let either = entries
        .get(12..16)
        .is_some_and(|kind| [b"in24", b"in32", b"fl32", b"fl64"].iter().any(|either| *either == kind));
    let order = entries.windows(4).position(|window| window == b"enda");
    let little = order.and_then(|at| entries.get(at + 4..at + 6)).is_some_and(|order| order == [0, 1]);
    Ok(either && !little)
}
