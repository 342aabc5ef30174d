//! The header of a frame.

use super::{Info, crc::crc8};

/// The shortest header, bytes.
pub(super) const SHORTEST_HEADER: usize = 6;

#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Whether all frames of the stream but the last have the same length, and are numbered.
    pub(super) is_fixed: bool,
    /// Number of the frame, or of its first sample.
    pub(super) number: u64,
    /// Samples of each channel.
    pub(super) samples: u16,
    /// Bytes of the header.
    pub(super) header: usize,
}

impl Frame {
    /// Parses the header of a frame of this stream at the start of `bytes`.
    pub(super) fn parse(bytes: &[u8], info: &Info) -> Option<Self> {
        let [0xff, sync @ (0xf8 | 0xf9), lengths, kind, lead, ..] = *bytes else { return None };
        let channels = match kind >> 4 {
            independent @ 0..=7 => independent + 1,
            8..=10 => 2,
            _ => return None,
        };
        let bits = *[0, 8, 12, 0xff, 16, 20, 24, 32].get(usize::from(kind >> 1 & 7))?;
        if channels != info.channels() || (bits != 0 && bits != info.bits()) || kind & 1 == 1 {
            return None;
        }
        let (number, mut at) = number(bytes, lead)?;
        let samples = match lengths >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 576 << (code - 2),
            6 => u16::from(*bytes.get(at)?) + 1,
            7 => u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?).checked_add(1)?,
            code => 256 << (code - 8),
        };
        at += [0, 1, 2].get(usize::from(lengths >> 4).saturating_sub(5)).copied().unwrap_or(0);
        at += match lengths & 0x0f {
            12 => 1,
            13 | 14 => 2,
            15 => return None,
            _ => 0,
        };
        let crc = bytes.get(..at)?.iter().fold(0, |crc, byte| crc8(crc, *byte));
        (*bytes.get(at)? == crc).then_some(Self { is_fixed: sync == 0xf8, number, samples, header: at + 1 })
    }
}

/// Reads a number coded as UTF-8 codes characters, of up to 7 bytes, and returns where it ends.
fn number(bytes: &[u8], lead: u8) -> Option<(u64, usize)> {
    let more = match lead.leading_ones() {
        0 => return Some((lead.into(), 5)),
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let high = u64::from(lead) & (0x3f >> more);
    let rest = bytes.get(5..5 + more)?;
    let all = rest.iter().all(|byte| byte >> 6 == 0b10);
    all.then(|| (rest.iter().fold(high, |number, byte| number << 6 | u64::from(byte & 0x3f)), 5 + more))
}
