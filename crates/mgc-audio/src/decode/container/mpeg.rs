//! Headers of MPEG audio frames.

/// The properties of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// MPEG 1, 2 or 2.5.
    version: Version,
    /// Layer I, II or III.
    pub(crate) layer: u8,
    /// Hz.
    pub(crate) sample_rate: u32,
    /// One or two.
    pub(crate) channels: u8,
    /// kbit/s; 0 in the free format.
    bit_rate: u32,
    /// Whether a checksum of two bytes follows the header.
    pub(crate) checksum: bool,
    /// Bytes from this header to the next; `None` in the free format, which does not state it.
    length: Option<usize>,
    /// Bytes of padding in this frame.
    padding: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
    TwoAndAHalf,
}

impl FrameHeader {
    /// Parses a frame header that states its length; `None` if there is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        Self::parse_any(bytes).filter(|header| header.length.is_some())
    }

    /// Parses a frame header in the free format, whose bit rate is none of the table; `None` if there is
    /// none.
    pub(super) fn parse_free(bytes: &[u8]) -> Option<Self> {
        Self::parse_any(bytes).filter(|header| header.length.is_none())
    }

    fn parse_any(bytes: &[u8]) -> Option<Self> {
        let [first, second, third, fourth] = *bytes.first_chunk()?;
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
        let padding = u32::from((third >> 1) & 1) * if layer == 1 { 4 } else { 1 };
        let bit_rate = bit_rate(version, layer, third >> 4)?;
        let bits = 1000 * bit_rate;
        let length = match (layer, version) {
            (1, _) => 4 * (12 * bits / sample_rate),
            (3, Version::Two | Version::TwoAndAHalf) => 72 * bits / sample_rate,
            _ => 144 * bits / sample_rate,
        };
        Some(Self {
            version,
            layer,
            sample_rate,
            channels: if fourth >> 6 == 0b11 { 1 } else { 2 },
            bit_rate,
            checksum: second & 1 == 0,
            length: (bits > 0).then_some((length + padding) as usize),
            padding: padding as usize,
        })
    }

    /// Returns the bytes from this header to the next, at least one; 1 in the free format.
    pub(crate) fn length(&self) -> usize {
        self.length.unwrap_or(1).max(1)
    }

    /// Returns the bytes of padding.
    pub(super) fn padding(&self) -> usize {
        self.padding
    }

    /// Returns the samples of each channel.
    pub(crate) fn samples(&self) -> u64 {
        match (self.layer, self.version) {
            (1, _) => 384,
            (3, Version::Two | Version::TwoAndAHalf) => 576,
            _ => 1152,
        }
    }

    /// Returns the bytes of the side information of layer III, which follows the header.
    pub(crate) fn side_information(&self) -> usize {
        match (self.version, self.channels) {
            (Version::One, 1) => 17,
            (Version::One, _) => 32,
            (_, 1) => 9,
            _ => 17,
        }
    }

    /// Says which combination of bit rate and channels the standard rules out for layer II, if it is one.
    pub(crate) fn ruled_out(&self) -> Option<String> {
        let (bad, channels): (&[u32], _) = match self.channels {
            1 => (&[224, 256, 320, 384], "one channel"),
            _ => (&[32, 48, 56, 80], "two channels"),
        };
        let ruled_out = self.layer == 2 && bad.contains(&self.bit_rate);
        ruled_out
            .then(|| format!("mp2 of {} kbit/s for {channels}, which the standard rules out,", self.bit_rate))
    }

    /// Whether both are frames of one stream, as far as what cannot change inside a stream tells.
    pub(crate) fn same_stream(&self, other: &Self) -> bool {
        let kind =
            |header: &Self| (header.version, header.layer, header.sample_rate, header.length.is_some());
        kind(self) == kind(other)
    }
}

/// kbit/s, by the tables of ISO 11172-3 and 13818-3, 0 for the free format; `None` for the forbidden index,
/// and for no layer.
fn bit_rate(version: Version, layer: u8, index: u8) -> Option<u32> {
    let table: &[u32; 15] = match (version, layer) {
        (Version::One, 1) => &[0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        (Version::One, 2) => &[0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        (Version::One, 3) => &[0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        (_, 1) => &[0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        (_, 2 | 3) => &[0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        _ => return None,
    };
    table.get(usize::from(index)).copied()
}
