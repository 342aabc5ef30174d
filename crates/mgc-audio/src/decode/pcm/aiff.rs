//! AIFF and AIFF-C: chunks with big-endian sizes, and a rate of 80 bits.
//!
//! As in wav, sizes are often wrong where the sound is not, so the bytes that are present decide.

use std::{io, path::Path};

use crate::{
    decode::{names, source::Source},
    error::{Error, Result},
};

use super::{
    encoding::{
        ByteOrder::{Big, Little},
        Encoding,
    },
    reader::Layout,
};

/// More chunks than any file has; limits the search in a damaged file.
const MAX_CHUNKS: usize = 4096;
/// Bytes of the form's header.
const FORM: u64 = 12;
/// Bytes of a common chunk without the fields of AIFF-C.
const COMMON: u64 = 18;
/// Bytes of a sound chunk before its first sample: an offset and a block size.
const SOUND_HEADER: u64 = 8;

pub(super) fn layout(name: &Path, source: &mut Source) -> Result<Layout> {
    let io = |e| Error::io(name, e);
    let (mut common, mut sound, mut position) = (None, None, FORM);
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = Chunk::at(source, position).map_err(io)? else { break };
        match &chunk.tag {
            b"COMM" if common.is_none() => common = Some(Common::read(name, source, &chunk)?),
            b"SSND" if sound.is_none() => sound = Some((chunk.start, chunk.size)),
            _ => {}
        }
        if common.is_some() && sound.is_some() {
            break;
        }
        position = chunk.end(source).map_err(io)?;
    }
    let common = common.ok_or_else(|| Error::malformed(name, "the AIFF file has no common chunk"))?;
    let (start, size) = sound.ok_or_else(|| Error::malformed(name, "the AIFF file has no sound chunk"))?;
    let offset = source.array_at(start).map_err(io)?.map_or(0, u32::from_be_bytes);
    let first = start.saturating_add(SOUND_HEADER + u64::from(offset));
    let data = size.saturating_sub(SOUND_HEADER + u64::from(offset));
    Ok(common.layout(first, data, source.len().saturating_sub(first)))
}

struct Chunk {
    tag: [u8; 4],
    /// First byte of the body.
    start: u64,
    /// Bytes of the body as stated.
    size: u64,
}

impl Chunk {
    fn at(source: &mut Source, position: u64) -> io::Result<Option<Self>> {
        let header = source.array_at::<8>(position)?;
        Ok(header.map(|[a, b, c, d, size @ ..]| Self {
            tag: [a, b, c, d],
            start: position + 8,
            size: u32::from_be_bytes(size).into(),
        }))
    }

    /// Returns the position of the next chunk: behind the stated size, padded to an even one, or where a tag
    /// shows that the padding was forgotten or the size is wrong.
    fn end(&self, source: &mut Source) -> io::Result<u64> {
        let stated = self.start.saturating_add(self.size);
        let padded = stated.saturating_add(self.size % 2);
        let fixed = if self.tag == *b"COMM" { self.start + COMMON } else { padded };
        for end in [padded, stated, fixed] {
            let tag = source.array_at::<4>(end)?;
            if tag.is_some_and(|tag| tag.iter().all(|byte| (b' '..=b'~').contains(byte))) {
                return Ok(end);
            }
        }
        Ok(padded)
    }
}

/// A checked common chunk.
struct Common {
    encoding: Encoding,
    channels: u16,
    frames: u32,
    sample_rate: u32,
}

impl Common {
    /// Reads the chunk, whatever size it states.
    fn read(name: &Path, source: &mut Source, chunk: &Chunk) -> Result<Self> {
        let io = |e| Error::io(name, e);
        let compressed = source.array_at(FORM - 4).map_err(io)? == Some(*b"AIFC");
        let body = source.array_at::<{ COMMON as usize }>(chunk.start).map_err(io)?;
        let Some([c0, c1, f0, f1, f2, f3, b0, b1, rate @ ..]) = body else {
            return Err(Error::malformed(name, "the common chunk of the AIFF file is cut short"));
        };
        let compression = match compressed {
            true => source.array_at(chunk.start + COMMON).map_err(io)?.unwrap_or_default(),
            false => *b"NONE",
        };
        let bits = u16::from_be_bytes([b0, b1]);
        Ok(Self {
            encoding: encoding(compression, bits)
                .ok_or_else(|| Error::unsupported(name, foreign(compression, bits)))?,
            channels: u16::from_be_bytes([c0, c1]),
            frames: u32::from_be_bytes([f0, f1, f2, f3]),
            sample_rate: extended(rate) as u32,
        })
    }

    /// Returns the layout of `stated` bytes of sound, of which there are `present`.
    fn layout(&self, start: u64, stated: u64, present: u64) -> Layout {
        let Self { encoding, channels, frames, sample_rate } = *self;
        let counted = u64::from(frames) * u64::from(channels) * encoding.width() as u64;
        let stated = match stated {
            0 if counted > 0 => Some(counted),
            0 => None, // its writer was stopped before it could fill that in
            _ if stated <= present => Some(stated),
            // The chunk is longer than the file. The other count tells whether sound is missing.
            _ => Some(stated).filter(|_| counted == 0 || counted > present),
        };
        Layout { encoding, channels: channels.into(), sample_rate, start, stated }
    }
}

/// Samples whose width is not a whole number of bytes occupy the upper bits of the next larger width.
fn encoding(compression: [u8; 4], bits: u16) -> Option<Encoding> {
    let width = usize::from(bits.div_ceil(8));
    Some(match &compression.map(|byte| byte.to_ascii_lowercase()) {
        b"none" | b"twos" if (1..=4).contains(&width) => Encoding::Signed(width, Big),
        b"sowt" if (1..=4).contains(&width) => Encoding::Signed(width, Little),
        b"raw " if width == 1 => Encoding::Unsigned,
        b"in24" => Encoding::Signed(3, Big),
        b"42ni" => Encoding::Signed(3, Little),
        b"in32" => Encoding::Signed(4, Big),
        b"23ni" => Encoding::Signed(4, Little),
        b"fl32" => Encoding::F32(Big),
        b"fl64" => Encoding::F64(Big),
        b"alaw" => Encoding::ALaw,
        b"ulaw" => Encoding::MuLaw,
        _ => return None,
    })
}

/// Names the codecs in AIFF-C that are not supported.
fn foreign(compression: [u8; 4], bits: u16) -> String {
    match (&compression.map(|byte| byte.to_ascii_lowercase()), names::four_letters(compression)) {
        (b"none" | b"twos" | b"sowt" | b"raw ", _) => format!("AIFF with samples of {bits} bits"),
        (_, Some(name)) => format!("AIFF with {name} in it"),
        (_, None) => format!("AIFF with the codec `{}` in it", compression.escape_ascii()),
    }
}

/// Converts the 80 bits of an extended float: a sign, 15 bits of exponent, 64 of mantissa.
fn extended([e0, e1, mantissa @ ..]: [u8; 10]) -> f64 {
    let exponent = i32::from(u16::from_be_bytes([e0, e1]) & 0x7fff) - 16_383 - 63;
    let magnitude = u64::from_be_bytes(mantissa) as f64 * 2.0_f64.powi(exponent);
    if e0 & 0x80 == 0 { magnitude } else { -magnitude }
}
