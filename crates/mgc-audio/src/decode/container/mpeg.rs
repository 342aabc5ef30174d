//! Headers of MPEG audio frames, to tell audio from other bytes.

/// The properties that all frames of a stream share, and the length of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// MPEG 1, 2 or 2.5.
    version: Version,
    /// Layer I, II or III.
    layer: u8,
    /// Hz.
    sample_rate: u32,
    /// Bytes from this header to the next.
    length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
    TwoAndAHalf,
}

impl FrameHeader {
    /// Parses a frame header; `None` if there is none, or if it has the rare free format, which states no
    /// length.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let [first, second, third, _] = *bytes.first_chunk()?;
        if first != 0xff || second & 0xe0 != 0xe0 {
            return None;
        }
        let version = match (second >> 3) & 0b11 {
            0b00 => Version::TwoAndAHalf,
            0b10 => Version::Two,
            0b11 => Version::One,
            _ => return None,
        };
        let layer = 4 - ((second >> 1) & 0b11);
        let sample_rate = *[44_100, 48_000, 32_000].get(usize::from((third >> 2) & 0b11))?;
        let sample_rate = match version {
            Version::One => sample_rate,
            Version::Two => sample_rate / 2,
            Version::TwoAndAHalf => sample_rate / 4,
        };
        let bits = 1000 * bit_rate(version, layer, third >> 4)?;
        let padding = u32::from((third >> 1) & 1);
        let length = match (layer, version) {
            (1, _) => 4 * (12 * bits / sample_rate + padding),
            (3, Version::Two | Version::TwoAndAHalf) => 72 * bits / sample_rate + padding,
            _ => 144 * bits / sample_rate + padding,
        };
        Some(Self { version, layer, sample_rate, length: length as usize })
    }

    fn same_stream(&self, other: &Self) -> bool {
        Self { length: 0, ..*self } == Self { length: 0, ..*other }
    }
}

/// kbit/s, by the tables of ISO 11172-3 and 13818-3; `None` for the free and the forbidden index, and for no
/// layer.
fn bit_rate(version: Version, layer: u8, index: u8) -> Option<u32> {
    let table: &[u32; 14] = match (version, layer) {
        (Version::One, 1) => &[32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        (Version::One, 2) => &[32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        (Version::One, 3) => &[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        (_, 1) => &[32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        (_, 2 | 3) => &[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        _ => return None,
    };
    table.get(usize::from(index).checked_sub(1)?).copied()
}

/// Frames in a row that leave no doubt: each further one occurs by chance in 1 of 10,000 places.
const CHAIN: usize = 4;

/// Returns the offset of the first frame that is followed by others of its kind.
pub(crate) fn find_frames(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&start| is_chain(&bytes[start..]))
}

fn is_chain(mut bytes: &[u8]) -> bool {
    let Some(first) = FrameHeader::parse(bytes) else { return false };
    let mut header = first;
    for _ in 1..CHAIN {
        bytes = bytes.get(header.length..).unwrap_or_default();
        match FrameHeader::parse(bytes) {
            Some(next) if next.same_stream(&first) && next.length > 0 => header = next,
            _ => return false,
        }
    }
    true
}
