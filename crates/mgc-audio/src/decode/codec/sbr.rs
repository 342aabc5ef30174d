//! Tells HE-AAC from AAC.
//!
//! HE-AAC is an AAC stream of half the sample rate with a fill element in each packet, from which its decoder
//! reconstructs the upper half of the spectrum. symphonia decodes the lower half and silently drops the rest,
//! so a classifier would get muffled music at half the rate. MP4 mostly states HE-AAC in its header; ADTS
//! cannot.

use super::bits::bits;

/// Number of packets that are examined.
pub(super) const PACKETS: usize = 6;
/// Shorter packets are ignored: they hold silence.
const MIN_BYTES: usize = 16;
/// Fewer packets do not decide: one in hundreds looks like this by chance.
const MIN_PACKETS: usize = 2;

/// Whether all of the first packets of an AAC stream end in spectral band replication.
pub(super) fn is_he_aac<'a>(packets: impl Iterator<Item = &'a [u8]>) -> bool {
    let (mut seen, mut with_sbr) = (0, 0);
    for packet in packets.filter(|packet| packet.len() >= MIN_BYTES) {
        seen += 1;
        with_sbr += usize::from(ends_in_sbr(packet));
    }
    seen >= MIN_PACKETS && with_sbr == seen
}

const FILL: u32 = 6;
const END: u32 = 7;
/// Types of a fill element with spectral band replication, without and with checksum.
const SBR: [u32; 2] = [13, 14];

/// Whether a fill element of that type begins somewhere in the packet and ends exactly at the end mark.
///
/// The end of the elements before it is unknown without decoding them, so every bit is tried.
fn ends_in_sbr(packet: &[u8]) -> bool {
    let Some(end) = end_mark(packet) else { return false };
    (0..end).any(|start| {
        let (id, mut count, mut body) = (value(packet, start, 3), value(packet, start + 3, 4), start + 7);
        if count == 15 {
            (count, body) = (14 + value(packet, body, 8), body + 8);
        }
        id == FILL && count > 0 && body + 8 * count as usize == end && SBR.contains(&value(packet, body, 4))
    })
}

/// Returns the position of the end mark: the last bits of the packet before less than a byte of zeros.
fn end_mark(packet: &[u8]) -> Option<usize> {
    let padding = packet.last()?.trailing_zeros() as usize;
    let mark = (8 * packet.len()).checked_sub(padding + 3)?;
    (value(packet, mark, 3) == END).then_some(mark)
}

/// Reads a number; bits beyond the end are 0.
fn value(packet: &[u8], start: usize, count: usize) -> u32 {
    bits(packet, start, count).unwrap_or(0)
}
