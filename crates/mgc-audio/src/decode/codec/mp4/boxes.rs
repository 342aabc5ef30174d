//! Boxes: a size, a type, a body, in which there may be other boxes.

use std::{io, ops::Range};

use crate::decode::source::Source;

/// More boxes than one level has in an audio file; limits the search in a damaged file.
pub(super) const MAX_BOXES: usize = 4096;

/// A box at a place of the file.
pub(super) struct BoxAt {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    /// First byte of the body.
    pub(super) body: u64,
    /// Where the box ends by its size; `None` if it has none and reaches to the end of the file.
    pub(super) end: Option<u64>,
}

impl BoxAt {
    /// Reads the header at `start`; `None` if there is none.
    pub(super) fn read(source: &mut Source, start: u64) -> io::Result<Option<Self>> {
        let Some([a, b, c, d, kind @ ..]) = source.array_at::<8>(start)? else { return Ok(None) };
        let (size, header) = match u32::from_be_bytes([a, b, c, d]) {
            0 => return Ok(Some(Self { kind, start, body: start + 8, end: None })),
            1 => (source.array_at(start + 8)?.map_or(0, u64::from_be_bytes), 16),
            size => (size.into(), 8),
        };
        let end = Some(start.saturating_add(size));
        Ok((size >= header).then_some(Self { kind, start, body: start + header, end }))
    }

    /// Has the box read as one that ends at `end`.
    pub(super) fn end_at(&self, source: &mut Source, end: u64) {
        let size = end - self.start;
        if self.body - self.start == 16 {
            source.correct(self.start + 8, &size.to_be_bytes());
        } else if let Ok(size) = u32::try_from(size) {
            source.correct(self.start, &size.to_be_bytes());
        }
    }
}

/// Returns the body of the box that is reached over these types.
pub(super) fn descend(
    source: &mut Source,
    mut range: Range<u64>,
    path: &[&[u8; 4]],
) -> io::Result<Option<Range<u64>>> {
    for tag in path {
        match find(source, range, tag)? {
            Some(body) => range = body,
            None => return Ok(None),
        }
    }
    Ok(Some(range))
}

/// Returns the body of the first box of this type.
pub(super) fn find(source: &mut Source, range: Range<u64>, tag: &[u8; 4]) -> io::Result<Option<Range<u64>>> {
    let mut start = range.start;
    for _ in 0..MAX_BOXES {
        let Some(found) = BoxAt::read(source, start)? else { break };
        let end = found.end.unwrap_or(range.end);
        if end > range.end {
            break;
        }
        if found.kind == *tag {
            return Ok(Some(found.body..end));
        }
        start = end;
        if start == range.end {
            break;
        }
    }
    Ok(None)
}

/// Returns the bodies of all boxes of this type on one level.
pub(super) fn all(source: &mut Source, mut range: Range<u64>, tag: &[u8; 4]) -> io::Result<Vec<Range<u64>>> {
    let mut found = Vec::new();
    while let Some(body) = find(source, range.clone(), tag)?.filter(|_| found.len() < MAX_BOXES) {
        range.start = body.end;
        found.push(body);
    }
    Ok(found)
}

/// Returns the body of the table of sample entries of a track.
pub(super) fn sample_entries(source: &mut Source, track: Range<u64>) -> io::Result<Option<Range<u64>>> {
    descend(source, track, &[b"mdia", b"minf", b"stbl", b"stsd"])
}

/// Reads the word behind the two times of a header, which have 4 bytes or 8: the number of a track, the ticks per
/// second of a movie or its media.
pub(super) fn after_times(source: &mut Source, header: &Range<u64>) -> io::Result<Option<u32>> {
    let wide = source.array_at(header.start)? == Some([1_u8]);
    let at = header.start + if wide { 20 } else { 12 };
    Ok(source.array_at(at)?.map(u32::from_be_bytes))
}

/// Returns the number of a track.
pub(super) fn track_id(source: &mut Source, track: Range<u64>) -> io::Result<Option<u32>> {
    match find(source, track, b"tkhd")? {
        Some(header) => after_times(source, &header),
        None => Ok(None),
    }
}

/// Whether a track holds sound.
pub(super) fn is_sound(source: &mut Source, track: Range<u64>) -> io::Result<bool> {
    let Some(handler) = descend(source, track, &[b"mdia", b"hdlr"])? else { return Ok(false) };
    Ok(source.array_at(handler.start + 8)? == Some(*b"soun"))
}
