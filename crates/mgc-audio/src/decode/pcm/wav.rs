//! wav in its three forms: RIFF, RF64 (sizes of 64 bits in a `ds64` chunk) and Sony Wave64 (GUIDs for tags).
//!
//! In real files sizes are often wrong (the length of a stream is unknown when its header is written, a
//! download was cut off) and other chunks are damaged while the audio is fine, so the bytes that are present
//! decide.

use std::path::Path;

use crate::{
    clip::Clip,
    decode::{
        container::riff::{Chunks, u32_at, u64_at},
        names,
        source::Source,
        tags::Tags,
    },
    error::{Error, Result},
};

use super::{
    encoding::{ByteOrder::Little, Encoding},
    reader::Layout,
};

/// More chunks than any file has; limits the search in a damaged file.
const MAX_CHUNKS: usize = 4096;
/// The largest chunk that is read whole, bytes: the longest format has 40, tags are text.
const MAX_BODY: usize = 1 << 16;
/// Data size written by a program that could not seek back to fill it in, and by RF64.
const UNKNOWN_SIZE: u64 = u32::MAX as u64;

/// Returns the layout of the data and the tags before it.
pub(super) fn layout(name: &Path, source: &mut Source) -> Result<(Layout, Tags)> {
    let mut chunks = Chunks::new(source, 0).map_err(|e| Error::io(name, e))?;
    let (mut format, mut true_size, mut tags) = (None, None, Tags::default());
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks.next(source).map_err(|e| Error::io(name, e))? else { break };
        if chunk.tag == *b"data" {
            let stated = match chunk.size {
                UNKNOWN_SIZE => true_size.filter(|size| *size > 0),
                0 => None, // its writer was stopped before it could fill that in
                size => Some(size),
            };
            return format
                .map(|format: Format| (format.layout(chunk.start, stated), tags))
                .ok_or_else(|| Error::malformed(name, "the wav data comes before its format"));
        }
        let mut body = || source.bytes_at(chunk.start, MAX_BODY.min(chunk.size as usize));
        match &chunk.tag {
            b"fmt " => format = Some(Format::new(name, &body().map_err(|e| Error::io(name, e))?)?),
            b"ds64" => true_size = u64_at(&body().map_err(|e| Error::io(name, e))?, 8),
            b"LIST" => tags.read_riff_info(&body().map_err(|e| Error::io(name, e))?),
            _ => {}
        }
    }
    Err(Error::malformed(name, "the wav file has no data chunk"))
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

/// A checked format chunk.
struct Format {
    encoding: Encoding,
    channels: u16,
    sample_rate: u32,
}

const PCM: u16 = 1;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xfffe;
/// The bytes after the format code in the sub-format GUID of an extensible format.
const SUB_FORMAT: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

impl Format {
    fn new(name: &Path, chunk: &[u8]) -> Result<Self> {
        let word = |offset| u16_at(chunk, offset);
        let (Some(code), Some(channels), Some(sample_rate), Some(byte_rate), Some(align), Some(bits)) =
            (word(0), word(2), u32_at(chunk, 4), u32_at(chunk, 8), word(12), word(14))
        else {
            return Err(Error::malformed(name, "the wav format chunk is cut short"));
        };
        let extended = code == EXTENSIBLE && chunk.get(26..40) == Some(&SUB_FORMAT);
        let code = if extended { word(24).unwrap_or(code) } else { code };
        let unsupported = || Error::unsupported(name, foreign(code, bits));
        let encoding = encoding(code, bits).ok_or_else(unsupported)?;
        if !(1..=Clip::MAX_CHANNELS).contains(&channels.into()) {
            return Err(Error::Channels { path: name.into(), channels: channels.into() });
        }
        let rates = (byte_rate, sample_rate);
        if !is_frame(channels, usize::from(channels) * encoding.width(), align, rates) {
            let reason = format!("{channels} channels of {bits} bits do not make frames of {align} bytes");
            return Err(Error::malformed(name, reason));
        }
        Ok(Self { encoding, channels, sample_rate })
    }

    fn layout(&self, start: u64, stated: Option<u64>) -> Layout {
        let Self { encoding, channels, sample_rate } = *self;
        Layout { encoding, channels: channels.into(), sample_rate, start, stated }
    }
}

/// Whether frames have `frame` bytes, as channels and bits say, where another field may contradict.
///
/// Some writers leave the block align or the byte rate out or count samples there. If both name the same
/// other frame, it is the width that is wrong.
fn is_frame(channels: u16, frame: usize, align: u16, (byte_rate, sample_rate): (u32, u32)) -> bool {
    let states = |frame: u64| u64::from(byte_rate) == frame * u64::from(sample_rate);
    match align {
        0 => true,
        _ if usize::from(align) == frame || states(frame as u64) => true,
        _ if states(align.into()) => false,
        _ => !align.is_multiple_of(channels),
    }
}

/// Samples whose width is not a whole number of bytes occupy the upper bits of the next larger width.
fn encoding(code: u16, bits: u16) -> Option<Encoding> {
    Some(match (code, bits) {
        (PCM, 1..=8) => Encoding::Unsigned,
        (PCM, 9..=32) => Encoding::Signed(bits.div_ceil(8).into(), Little),
        (FLOAT, 32) => Encoding::F32(Little),
        (FLOAT, 64) => Encoding::F64(Little),
        (A_LAW, 8) => Encoding::ALaw,
        (MU_LAW, 8) => Encoding::MuLaw,
        _ => return None,
    })
}

/// Names what is in wav files and is not supported.
fn foreign(code: u16, bits: u16) -> String {
    match (code, names::wave(code)) {
        (PCM, _) => format!("wav with samples of {bits} bits"),
        (FLOAT, _) => format!("wav with floating-point samples of {bits} bits"),
        (A_LAW, _) => format!("wav with A-law of {bits} bits"),
        (MU_LAW, _) => format!("wav with mu-law of {bits} bits"),
        (EXTENSIBLE, _) => "wav with a codec that only its writer knows".into(),
        (_, Some(name)) => format!("wav with {name} in it"),
        (_, None) => format!("wav with an unknown codec (number {code:#06x})"),
    }
}
