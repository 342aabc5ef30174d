//! Numbers in AAC: bits that begin at the highest of each byte.

/// Reads `count` bits at `start`; `None` beyond the end.
pub(super) fn bits(bytes: &[u8], start: usize, count: usize) -> Option<u32> {
    let bit = |at: usize| bytes.get(at / 8).map(|byte| u32::from(byte >> (7 - at % 8)) & 1);
    (start..start + count).try_fold(0, |value, at| Some(value << 1 | bit(at)?))
}
