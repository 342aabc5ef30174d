//! Sun/NeXT `.au`, the format in which GTZAN was first published.
//!
//! A header of six big-endian words (magic, data offset, data length, encoding, sample rate, channels), then
//! interleaved samples.

use std::path::Path;

use crate::{
    decode::{names, source::Source},
    error::{Error, Result},
};

use super::{
    encoding::{ByteOrder::Big, Encoding},
    reader::Layout,
};

/// Data lengths of a file whose writer did not know it: as specified, and one that was never filled in.
const UNKNOWN_LENGTH: [u32; 2] = [u32::MAX, 0];
const HEADER: usize = 24;

pub(super) fn layout(name: &Path, source: &mut Source) -> Result<Layout> {
    let header: [u8; HEADER] = source
        .array_at(0)
        .map_err(|e| Error::io(name, e))?
        .ok_or_else(|| Error::malformed(name, "the .au header is cut short"))?;
    let (words, _) = header.as_chunks::<4>();
    let word = |index: usize| u32::from_be_bytes(words[index]);
    let (offset, length, code) = (word(1), word(2), word(3));
    if (offset as usize) < HEADER || u64::from(offset) > source.len() {
        return Err(Error::malformed(name, "the .au data lies outside the file"));
    }
    Ok(Layout {
        encoding: encoding(code).ok_or_else(|| Error::unsupported(name, foreign(code)))?,
        channels: word(5),
        sample_rate: word(4),
        start: offset.into(),
        stated: (!UNKNOWN_LENGTH.contains(&length)).then_some(length.into()),
    })
}

fn encoding(code: u32) -> Option<Encoding> {
    Some(match code {
        1 => Encoding::MuLaw,
        2..=5 => Encoding::Signed(code as usize - 1, Big),
        6 => Encoding::F32(Big),
        7 => Encoding::F64(Big),
        27 => Encoding::ALaw,
        _ => return None,
    })
}

/// Names the encodings that are not supported.
fn foreign(code: u32) -> String {
    match names::sun(code) {
        Some(codec) => format!(".au with {codec} in it"),
        None => format!(".au with an unknown encoding (number {code})"),
    }
}
