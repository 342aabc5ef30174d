//! Sun/NeXT `.au`, the format in which GTZAN was first published.
//!
//! A header of six big-endian words (magic, data offset, data length, encoding, sample rate, channels), then interleaved samples.

use std::path::Path;

use crate::{Clip, Error, Result, stream::MAX_CHANNELS};

/// Data length of a file whose writer did not know it.
const UNKNOWN_LENGTH: u32 = u32::MAX;
const HEADER: usize = 24;

pub(crate) fn decode(path: &Path, bytes: &[u8]) -> Result<Clip> {
    let word = |index: usize| {
        let word = bytes.get(4 * index..)?.first_chunk()?;
        Some(u32::from_be_bytes(*word))
    };
    let (Some(offset), Some(length), Some(encoding), Some(rate), Some(channels)) =
        (word(1), word(2), word(3), word(4), word(5))
    else {
        return Err(Error::malformed(path, "the .au header is cut short"));
    };
    if !(1..=MAX_CHANNELS).contains(&channels) {
        return Err(Error::Channels { path: path.into(), channels });
    }
    let encoding = Encoding::new(encoding)
        .ok_or_else(|| Error::unsupported(path, format!(".au with encoding {encoding}")))?;
    let data = (offset as usize >= HEADER)
        .then(|| bytes.get(offset as usize..))
        .flatten()
        .ok_or_else(|| Error::malformed(path, "the .au data lies outside the file"))?;
    Ok(Clip {
        skipped_packets: usize::from(length != UNKNOWN_LENGTH && length as usize > data.len()),
        ..Clip::new(encoding.mix(data, length, channels as usize), rate)
    })
}

/// How one sample is stored.
#[derive(Clone, Copy)]
enum Encoding {
    MuLaw,
    ALaw,
    Integer { bytes: usize },
    F32,
    F64,
}

impl Encoding {
    fn new(code: u32) -> Option<Self> {
        Some(match code {
            1 => Self::MuLaw,
            2..=5 => Self::Integer { bytes: code as usize - 1 },
            6 => Self::F32,
            7 => Self::F64,
            27 => Self::ALaw,
            _ => return None,
        })
    }

    fn width(self) -> usize {
        match self {
            Self::MuLaw | Self::ALaw => 1,
            Self::Integer { bytes } => bytes,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// Mean over channels of the whole frames among the first `length` bytes of `data`.
    fn mix(self, data: &[u8], length: u32, channels: usize) -> Vec<f32> {
        let data = &data[..data.len().min(length as usize)];
        data.chunks_exact(self.width() * channels)
            .map(|frame| {
                let sum: f32 = frame.chunks_exact(self.width()).map(|s| self.sample(s)).sum();
                sum / channels as f32
            })
            .collect()
    }

    /// One sample of [`width`](Self::width) big-endian bytes.
    fn sample(self, bytes: &[u8]) -> f32 {
        let bits = bytes.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        match self {
            Self::MuLaw => mu_law(bits as u8),
            Self::ALaw => a_law(bits as u8),
            Self::Integer { bytes } => {
                let shift = 64 - 8 * bytes as u32;
                ((bits << shift) as i64 >> shift) as f32 / (1_i64 << (8 * bytes - 1)) as f32
            }
            Self::F32 => f32::from_bits(bits as u32),
            Self::F64 => f64::from_bits(bits) as f32,
        }
    }
}

/// ITU-T G.711 mu-law: sign, 3 bits of segment, 4 bits of step, all inverted.
fn mu_law(code: u8) -> f32 {
    let code = !code;
    let magnitude = ((((i32::from(code) & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
    signed(magnitude, code & 0x80 == 0)
}

/// ITU-T G.711 A-law: as mu-law, with every second bit inverted and a linear first segment.
fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let step = (i32::from(code) & 0x0f) << 4;
    let magnitude = match (code & 0x70) >> 4 {
        0 => step + 8,
        segment => (step + 0x108) << (segment - 1),
    };
    signed(magnitude, code & 0x80 != 0)
}

fn signed(magnitude: i32, positive: bool) -> f32 {
    let value = magnitude as f32 / 32_768.0;
    if positive { value } else { -value }
}
