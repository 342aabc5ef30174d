//! wav headers that lie: checked and put right before the decoder sees them.
//!
//! Sizes in the wild are wrong (a stream's length is not known when its header is written, a download was cut, RF64 keeps them
//! elsewhere) and side chunks are damaged, while the sound is fine. The file is in memory, so the true sizes are known.

use std::{io::Cursor, path::Path};

use crate::{
    Clip, Error, Result,
    stream::{self, MAX_CHANNELS},
};

const RIFF_HEADER: usize = 12;
const CHUNK_HEADER: usize = 8;
/// Data size of a writer that could not seek back to fill it in.
const UNKNOWN_SIZE: usize = u32::MAX as usize;

/// Decodes a wav file; one that holds less than its header promises counts a skipped packet.
pub(crate) fn decode(path: &Path, bytes: Vec<u8>) -> Result<Clip> {
    let Repaired { bytes, truncated } = repair(path, bytes)?;
    let clip = stream::decode(path, Box::new(Cursor::new(bytes)))?;
    Ok(Clip { skipped_packets: clip.skipped_packets + usize::from(truncated), ..clip })
}

/// A wav file of nothing but its format and its whole frames, all sizes true.
struct Repaired {
    bytes: Vec<u8>,
    /// The header promises more data than there is.
    truncated: bool,
}

fn repair(path: &Path, mut bytes: Vec<u8>) -> Result<Repaired> {
    let mut position = RIFF_HEADER;
    let mut format = None;
    loop {
        let (tag, size) = chunk(&bytes, position)
            .ok_or_else(|| Error::malformed(path, "the wav file has no data chunk"))?;
        let body = &bytes[position + CHUNK_HEADER..];
        let present = size.min(body.len());
        if tag == *b"data" {
            let format: Format =
                format.ok_or_else(|| Error::malformed(path, "the wav data stands before its format"))?;
            let whole = present - present % format.frame;
            bytes.truncate(position + CHUNK_HEADER + whole);
            bytes.splice(..position + CHUNK_HEADER, header(&format.chunk, whole));
            let truncated = size > present && size != UNKNOWN_SIZE;
            return Ok(Repaired { bytes, truncated });
        }
        if tag == *b"fmt " {
            format = Some(Format::new(path, &body[..present])?);
        }
        // Some writers forget to pad odd chunks; a pad byte is zero, a tag is not.
        let padding = usize::from(size % 2 == 1 && body.get(size) == Some(&0));
        position += CHUNK_HEADER + present + padding;
    }
}

/// Tag and size of the chunk at `position`.
fn chunk(bytes: &[u8], position: usize) -> Option<([u8; 4], usize)> {
    let (tag, rest) = bytes.get(position..)?.split_first_chunk()?;
    let size = u32::from_le_bytes(*rest.first_chunk()?);
    Some((*tag, size as usize))
}

fn header(format: &[u8], data: usize) -> Vec<u8> {
    let size = |size: usize| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
    let riff = 4 + 2 * CHUNK_HEADER + format.len() + data;
    [b"RIFF", &size(riff)[..], b"WAVE", b"fmt ", &size(format.len()), format, b"data", &size(data)].concat()
}

/// A checked format chunk.
struct Format {
    chunk: Vec<u8>,
    /// Bytes of one frame (one sample of every channel).
    frame: usize,
}

impl Format {
    const PCM: u16 = 1;
    const FLOAT: u16 = 3;
    const A_LAW: u16 = 6;
    const MU_LAW: u16 = 7;
    const EXTENSIBLE: u16 = 0xfffe;

    fn new(path: &Path, chunk: &[u8]) -> Result<Self> {
        let word = |offset: usize| Some(u16::from_le_bytes(*chunk.get(offset..)?.first_chunk()?));
        let (Some(codec), Some(channels), Some(align), Some(bits)) = (word(0), word(2), word(12), word(14))
        else {
            return Err(Error::malformed(path, "the wav format chunk is cut short"));
        };
        if ![Self::PCM, Self::FLOAT, Self::A_LAW, Self::MU_LAW, Self::EXTENSIBLE].contains(&codec) {
            return Err(Error::unsupported(path, format!("wav with codec {codec:#06x}")));
        }
        if !(1..=MAX_CHANNELS).contains(&u32::from(channels)) {
            return Err(Error::Channels { path: path.into(), channels: channels.into() });
        }
        if bits == 0 || bits % 8 != 0 || align != channels * (bits / 8) {
            let reason = format!("{channels} channels of {bits} bits do not make frames of {align} bytes");
            return Err(Error::malformed(path, reason));
        }
        let mut chunk = chunk.to_vec();
        chunk.truncate(chunk.len() & !1);
        Ok(Self { chunk, frame: align.into() })
    }
}
