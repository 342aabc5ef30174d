//! Elements: an identifier, a size, a body, in which there may be other elements (RFC 8794).

use std::io;

use crate::decode::source::Source;

/// An element to be passed over, whose identifier has one byte.
const VOID: u8 = 0xec;

/// More parts than a track, or a list of tracks, has.
const MAX_PARTS: usize = 4096;

/// An element at a place of the file.
pub(super) struct Element {
    pub(super) id: u32,
    pub(super) start: u64,
    /// Bytes of its size.
    size_width: u64,
    /// Where its content begins.
    pub(super) body: u64,
    /// `None` if the file does not state it.
    pub(super) end: Option<u64>,
}

impl Element {
    /// Whether it ends inside the file; a segment may reach beyond it.
    pub(super) fn is_inside(&self, source: &Source) -> bool {
        self.id == super::SEGMENT || self.end.is_none_or(|end| end <= source.len())
    }

    /// Has its size read as one that ends at `end`, which lies before that of the element.
    pub(super) fn end_at(&self, source: &mut Source, end: u64) {
        let size = end.saturating_sub(self.body) | 1 << (7 * self.size_width);
        source.correct(self.body - self.size_width, &size.to_be_bytes()[8 - self.size_width as usize..]);
    }

    /// Has it read as nothing: as an element of the same length without a meaning.
    pub(super) fn hide(&self, source: &mut Source) {
        let width = self.body - self.start - 1;
        if let Some(end) = self.end.filter(|_| width <= 8) {
            let size = (end - self.body) | 1 << (7 * width);
            source.correct(self.start, &[VOID]);
            source.correct(self.start + 1, &size.to_be_bytes()[8 - width as usize..]);
        }
    }

    /// Returns the elements in the body of this one that lie inside the file.
    pub(super) fn parts(&self, source: &mut Source) -> io::Result<Vec<Self>> {
        let (mut parts, mut at) = (Vec::new(), self.body);
        let until = self.end.unwrap_or(source.len()).min(source.len());
        while at < until && parts.len() < MAX_PARTS {
            let Some(part) = Self::read(source, at)?.filter(|part| part.is_inside(source)) else { break };
            let Some(end) = part.end else { break };
            at = end;
            parts.push(part);
        }
        Ok(parts)
    }

    /// Reads the header of the element at an offset; `None` if there is none.
    pub(super) fn read(source: &mut Source, at: u64) -> io::Result<Option<Self>> {
        let Some([first]) = source.array_at::<1>(at)? else { return Ok(None) };
        let width = first.leading_zeros() as usize + 1;
        if width > 4 {
            return Ok(None);
        }
        let id = source.bytes_at(at, width)?.iter().fold(0, |id, byte| id << 8 | u32::from(*byte));
        let Some((size, size_width)) = vint(source, at + width as u64)? else { return Ok(None) };
        let body = at + width as u64 + size_width;
        let unknown = size == u64::MAX >> (64 - 7 * size_width);
        let end = (!unknown).then(|| body.saturating_add(size));
        Ok(Some(Self { id, start: at, size_width, body, end }))
    }
}

/// Reads a number whose width is stated by its leading zeros, and that width in bytes.
pub(super) fn vint(source: &mut Source, at: u64) -> io::Result<Option<(u64, u64)>> {
    let bytes = source.bytes_at(at, 8)?;
    let width = bytes.first().map_or(9, |first| first.leading_zeros() as usize + 1);
    let Some(bytes) = bytes.get(..width) else { return Ok(None) };
    let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    Ok(Some((value & (u64::MAX >> (64 - 7 * width)), width as u64)))
}
