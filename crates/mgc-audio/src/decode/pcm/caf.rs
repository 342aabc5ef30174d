//! Core Audio Format with uncompressed samples. Packets of a codec are read elsewhere.

use std::path::Path;

use crate::{
    decode::source::Source,
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
/// Bytes of the file header: its name, version and flags.
const FILE_HEADER: u64 = 8;
/// Bytes of a chunk header: a tag and a size.
const CHUNK_HEADER: u64 = 12;
/// Bytes of the audio description.
const DESCRIPTION: usize = 32;
/// Bytes of the data chunk before the samples: a count of edits.
const EDITS: u64 = 4;

/// Returns the layout of the samples; `None` if they are coded, or if something is missing before them.
pub(super) fn layout(name: &Path, source: &mut Source) -> Result<Option<Layout>> {
    let io = |e| Error::io(name, e);
    let (mut description, mut position) = (None, FILE_HEADER);
    for _ in 0..MAX_CHUNKS {
        let Some(header) = source.array_at::<{ CHUNK_HEADER as usize }>(position).map_err(io)? else { break };
        let [a, b, c, d, size @ ..] = header;
        let (body, size) = (position + CHUNK_HEADER, i64::from_be_bytes(size));
        match &[a, b, c, d] {
            b"desc" => description = Description::read(&source.bytes_at(body, DESCRIPTION).map_err(io)?),
            // -1 means to the end of the file; other sizes without samples were never filled in.
            b"data" => {
                let stated = u64::try_from(size).ok().and_then(|size| size.checked_sub(EDITS));
                let stated = stated.filter(|bytes| *bytes > 0);
                return Ok(description.map(|format: Description| format.layout(body + EDITS, stated)));
            }
            _ => {}
        }
        let Some(next) = body.checked_add_signed(size).filter(|next| *next > position) else { break };
        position = next;
    }
    Ok(None)
}

/// How uncompressed samples are stored.
struct Description {
    encoding: Encoding,
    channels: u32,
    sample_rate: u32,
}

impl Description {
    /// Parses a description; `None` if it names a codec.
    fn read(body: &[u8]) -> Option<Self> {
        let (rate, rest) = body.split_first_chunk::<8>()?;
        let (words, _) = rest.as_chunks::<4>();
        let [format, flags, packet, _, channels, bits] = *words.first_chunk::<6>()?;
        let [flags, packet, channels, bits] = [flags, packet, channels, bits].map(u32::from_be_bytes);
        let order = if flags & 2 == 0 { Big } else { Little };
        // A sample of fewer bits occupies the upper ones of its bytes.
        let width = match packet.checked_div(channels) {
            Some(width @ 1..) if width >= bits.div_ceil(8) && packet % channels == 0 => width,
            _ => bits.div_ceil(8),
        };
        let encoding = match (&format, flags & 1, width) {
            (b"lpcm", 1, 4) => Encoding::F32(order),
            (b"lpcm", 1, 8) => Encoding::F64(order),
            (b"lpcm", 0, 1..=4) if bits > 0 => Encoding::Signed(width as usize, order),
            (b"ulaw", ..) => Encoding::MuLaw,
            (b"alaw", ..) => Encoding::ALaw,
            _ => return None,
        };
        Some(Self { encoding, channels, sample_rate: f64::from_be_bytes(*rate) as u32 })
    }

    fn layout(&self, start: u64, stated: Option<u64>) -> Layout {
        let Self { encoding, channels, sample_rate } = *self;
        Layout { encoding, channels, sample_rate, start, stated }
    }
}
