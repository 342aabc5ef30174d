//! Core Audio Format with packets of a codec, whose sizes are wrong.
//!
//! symphonia 0.6.1 refuses a file whose last chunk does not end with it.

use std::io;

use crate::decode::source::Source;

/// More chunks than any file has; limits the search in a damaged file.
const MAX_CHUNKS: usize = 4096;
/// Bytes of the file header.
const FILE_HEADER: u64 = 8;
/// Bytes of a chunk header: a tag and a size.
const CHUNK_HEADER: u64 = 12;
/// Where the description holds the frames of a packet.
const FRAMES_PER_PACKET: u64 = 20;
/// Where the packet table holds the frames that are sound, behind the number of packets.
const VALID_FRAMES: u64 = 8;

/// Bytes of a packet table before the sizes, each in bytes of 7 bits of which all but the last have the
/// highest set.
const TABLE_HEADER: usize = 24;
/// The longest table that is read, bytes: days of packets.
const MAX_TABLE: usize = 1 << 24;

/// Has the sound end with the file where its size reaches beyond it or is not stated, and hides what is no
/// chunk.
pub(super) fn mend(source: &mut Source) -> io::Result<()> {
    let (mut position, mut has_data, mut frames, mut table) = (FILE_HEADER, false, 0, None);
    for _ in 0..MAX_CHUNKS {
        let Some([a, b, c, d, size @ ..]) = source.array_at::<{ CHUNK_HEADER as usize }>(position)? else {
            break;
        };
        let (tag, body) = ([a, b, c, d], position + CHUNK_HEADER);
        let end = body
            .checked_add_signed(i64::from_be_bytes(size))
            .filter(|end| (body..=source.len()).contains(end));
        match (&tag, end) {
            (b"data", end) => {
                has_data = true;
                if end.is_none_or(|end| end < body + 4) {
                    end_with_whole_packet(source, body + 4, table.filter(|_| frames > 0))?;
                    source.correct(position + 4, &(source.len() - body).to_be_bytes());
                    return Ok(());
                }
            }
            (b"desc", Some(_)) => {
                frames = source.array_at(body + FRAMES_PER_PACKET)?.map_or(0, u32::from_be_bytes);
            }
            (b"pakt", Some(end)) => {
                table = Some((body, end));
                forget_rounded_length(source, body, frames)?;
            }
            _ => {}
        }
        let is_tag = tag.iter().all(|byte| (b' '..=b'~').contains(byte));
        let Some(end) = end.filter(|_| is_tag) else { break };
        position = end;
    }
    if has_data {
        source.truncate(position);
    }
    Ok(())
}

/// Takes a length away that counts the last packet as a whole one: some writers do not know better.
fn forget_rounded_length(source: &mut Source, table: u64, frames_per_packet: u32) -> io::Result<()> {
    let [packets, frames] = [source.array_at(table)?, source.array_at(table + VALID_FRAMES)?];
    let whole = packets.and_then(|n| u64::from_be_bytes(n).checked_mul(frames_per_packet.into()));
    if frames_per_packet > 0 && frames.map(u64::from_be_bytes) == whole {
        source.correct(table + VALID_FRAMES, &[0; 8]);
    }
    Ok(())
}

/// Removes the part of a packet at the end of the file. `table` is that of the packets, where it lies before
/// the data and holds nothing but sizes.
fn end_with_whole_packet(source: &mut Source, data: u64, table: Option<(u64, u64)>) -> io::Result<()> {
    let Some((start, end)) = table else { return Ok(()) };
    let length = usize::try_from(end - start).unwrap_or(MAX_TABLE).min(MAX_TABLE);
    let table = source.bytes_at(start, length)?;
    let (mut place, mut size) = (data, 0_u64);
    for byte in table.iter().skip(TABLE_HEADER) {
        size = size << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if place.saturating_add(size) > source.len() {
            source.truncate(place);
            break;
        }
        (place, size) = (place + size, 0);
    }
    Ok(())
}
