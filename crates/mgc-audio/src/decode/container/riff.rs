//! The chunks of a wav file, and mp3 with the header of one in front.

use std::io;

use crate::decode::source::Source;

/// More chunks than any file has in front of its sound.
const MAX_CHUNKS: usize = 64;
/// The format codes of MPEG audio of layers I and II, and of layer III.
const MPEG: [u16; 2] = [0x0050, 0x0055];

/// Returns the start of the data of the wav file at `start`, if it is MPEG audio.
pub(super) fn mpeg_data(source: &mut Source, start: u64) -> io::Result<Option<u64>> {
    let (mut chunks, mut mpeg) = (Chunks::new(source, start)?, false);
    for _ in 0..MAX_CHUNKS {
        let Some(chunk) = chunks.next(source)? else { break };
        match &chunk.tag {
            b"fmt " => {
                let code = source.array_at(chunk.start)?.map(u16::from_le_bytes);
                mpeg = code.is_some_and(|code| MPEG.contains(&code));
            }
            b"data" => return Ok(mpeg.then_some(chunk.start)),
            _ => {}
        }
    }
    Ok(None)
}

/// A chunk of a wav file.
pub(crate) struct Chunk {
    pub(crate) tag: [u8; 4],
    /// First byte of the body.
    pub(crate) start: u64,
    /// Bytes of the body as stated.
    pub(crate) size: u64,
}

/// Iterates over the chunks of a file.
pub(crate) struct Chunks {
    position: u64,
    wave64: bool,
}

impl Chunks {
    /// Starts after the header of the file at `start`: `RIFF`, size, `WAVE`; in Wave64 a GUID, size, a GUID.
    pub(crate) fn new(source: &mut Source, start: u64) -> io::Result<Self> {
        let wave64 = source.bytes_at(start, 4)? == b"riff";
        Ok(Self { position: start + if wave64 { 40 } else { 12 }, wave64 })
    }

    /// Returns the next chunk; `None` at the end.
    pub(crate) fn next(&mut self, source: &mut Source) -> io::Result<Option<Chunk>> {
        let header = source.bytes_at(self.position, 24)?;
        let Some(tag) = header.first_chunk().copied() else { return Ok(None) };
        let chunk = if self.wave64 {
            // The size counts the header; bodies start at multiples of 8 bytes.
            u64_at(&header, 16).map(|size| Chunk {
                tag,
                start: self.position + 24,
                size: size.saturating_sub(24),
            })
        } else {
            u32_at(&header, 4).map(|size| Chunk { tag, start: self.position + 8, size: size.into() })
        };
        if let Some(chunk) = &chunk {
            self.position = chunk.start.saturating_add(chunk.size);
            self.position = self.position.saturating_add(self.padding(source, chunk)?);
        }
        Ok(chunk)
    }

    /// Returns the bytes between the end of a chunk and the next.
    fn padding(&self, source: &mut Source, chunk: &Chunk) -> io::Result<u64> {
        if self.wave64 {
            return Ok(chunk.size.wrapping_neg() % 8);
        }
        // Some writers forget to pad odd chunks; a pad byte is zero, a tag is not.
        let odd = chunk.size % 2 == 1;
        Ok(u64::from(odd && source.array_at(self.position)? == Some([0])))
    }
}

pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}
