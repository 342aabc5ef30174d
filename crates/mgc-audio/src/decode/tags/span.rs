//! How many bytes the tags in front of sound, behind it and between two parts of it occupy.

use std::io;

use crate::decode::source::Source;

/// Bytes that tell the length of a tag in front.
pub(crate) const HEADER: usize = 32;
/// Bytes of an ID3v1 tag, and of the extension in front of it.
const ID3V1: u64 = 128;
const ID3V1_EXTENDED: u64 = 227;
/// Header or footer of an APE tag, and the flag that tells which.
const APE: u64 = 32;
const APE_IS_HEADER: u32 = 1 << 29;
/// More tags than any file has at its end.
const MAX_TAGS: usize = 16;

/// Returns the length of the tag that begins with these bytes and states its length: ID3v2 or APE.
pub(crate) fn in_front(bytes: &[u8]) -> Option<u64> {
    if bytes.starts_with(b"ID3") {
        return id3v2(bytes);
    }
    let tag = Ape::parse(bytes).filter(|tag| tag.flags & APE_IS_HEADER != 0)?;
    Some(APE + tag.size)
}

/// Returns the length of the tag between two parts that begins with these bytes.
pub(crate) fn between(bytes: &[u8]) -> Option<u64> {
    match bytes {
        [b'T', b'A', b'G', b'+', ..] => Some(ID3V1_EXTENDED),
        [b'T', b'A', b'G', ..] => Some(ID3V1),
        // Three letters may be junk: version 2 to 4, and a size of 7 bits in each byte.
        [b'I', b'D', b'3', version, _, _, size @ ..] => {
            let is_tag = (2..=4).contains(version) && size.iter().take(4).all(|byte| *byte < 0x80);
            in_front(bytes).filter(|_| is_tag)
        }
        _ => in_front(bytes),
    }
}

/// The tags at the end of a file.
#[derive(Debug, Default)]
pub(crate) struct Trailer {
    /// First byte of the first of them: the end of the sound.
    pub(crate) start: u64,
    /// First byte of an ID3v1 tag.
    pub(super) id3v1: Option<u64>,
    /// First byte of the items of an APE tag, and their length.
    pub(super) ape: Option<(u64, u64)>,
}

impl Trailer {
    /// Finds the tags, the last first.
    pub(crate) fn find(source: &mut Source) -> io::Result<Self> {
        let mut trailer = Self { start: source.len(), ..Self::default() };
        for _ in 0..MAX_TAGS {
            let end = trailer.start;
            if !(trailer.ape(source)? || trailer.id3v1(source)? || trailer.other(source)?) {
                trailer.start = end;
                break;
            }
        }
        Ok(trailer)
    }

    /// An APE tag ends with a footer that counts items and footer, not the header. Its magic hides `TAG`,
    /// which may lie where an ID3v1 tag would begin.
    fn ape(&mut self, source: &mut Source) -> io::Result<bool> {
        let Some(footer) = self.start.checked_sub(APE) else { return Ok(false) };
        let Some(tag) = Ape::parse(&source.bytes_at(footer, APE as usize)?) else { return Ok(false) };
        let Some(items) = self.start.checked_sub(tag.size) else { return Ok(false) };
        if tag.size < APE || tag.flags & APE_IS_HEADER != 0 {
            return Ok(false);
        }
        let header =
            items.checked_sub(APE).map(|header| source.bytes_at(header, APE as usize)).transpose()?;
        let header = header.and_then(|header| Ape::parse(&header)).is_some();
        self.ape = self.ape.or(Some((items, tag.size - APE)));
        self.start = if header { items - APE } else { items };
        Ok(true)
    }

    fn id3v1(&mut self, source: &mut Source) -> io::Result<bool> {
        let Some(start) = self.start.checked_sub(ID3V1) else { return Ok(false) };
        let ape = start >= 3 && source.bytes_at(start - 3, 8)? == b"APETAGEX";
        if ape || source.bytes_at(start, 3)? != b"TAG" {
            return Ok(false);
        }
        self.id3v1 = self.id3v1.or(Some(start));
        let extension = start.checked_sub(ID3V1_EXTENDED);
        let extended = extension.map(|at| source.bytes_at(at, 4)).transpose()? == Some(b"TAG+".to_vec());
        self.start = if extended { start - ID3V1_EXTENDED } else { start };
        Ok(true)
    }

    /// Lyrics3, which ends with its length in six digits, and ID3v2 with a footer.
    fn other(&mut self, source: &mut Source) -> io::Result<bool> {
        let Some(end) = self.start.checked_sub(15) else { return Ok(false) };
        let footer = source.bytes_at(end, 15)?;
        let length = if footer.ends_with(b"LYRICS200") {
            footer.get(..6).and_then(digits).map(|length| length + 15)
        } else if footer.get(5..8) == Some(b"3DI") {
            id3v2(&footer[5..]).map(|length| length.max(20))
        } else {
            None
        };
        let start = length.and_then(|length| self.start.checked_sub(length));
        self.start = start.unwrap_or(self.start);
        Ok(start.is_some())
    }
}

/// The part of the header or footer of an APE tag that tells its length.
struct Ape {
    /// Bytes of the items and the footer.
    size: u64,
    flags: u32,
}

impl Ape {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let words = bytes.strip_prefix(b"APETAGEX")?;
        let word = |index: usize| Some(u32::from_le_bytes(*words.get(4 * index..)?.first_chunk()?));
        Some(Self { size: word(1)?.into(), flags: word(3)? })
    }
}

/// Returns the length of an ID3v2 tag with its header: 28 bits, 7 in each byte. Its footer looks the same.
fn id3v2(bytes: &[u8]) -> Option<u64> {
    let [.., flags, a, b, c, d] = *bytes.first_chunk::<10>()?;
    let body = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + body + footer)
}

fn digits(bytes: &[u8]) -> Option<u64> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
