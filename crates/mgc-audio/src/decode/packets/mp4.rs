//! The edit list of an MP4 file: how many frames its encoder put in front of the sound.
//!
//! symphonia 0.6.1 reads this list but keeps it to itself.

use std::{io, ops::Range, path::Path};

use crate::{Error, Result, decode::source::Source};

/// More boxes than one level has in a sound file; a search among damaged ones ends here.
const MAX_BOXES: usize = 4096;

/// Frames to leave out at the beginning of the first sound track, in units of its time scale (nearly always the sample rate).
pub(super) fn delay(name: &Path, source: &mut Source) -> Result<u64> {
    let file = 0..source.len();
    match find(source, file, b"moov").map_err(|e| Error::io(name, e))? {
        Some(movie) => delay_of_first_sound(source, movie).map_err(|e| Error::io(name, e)),
        None => Err(Error::malformed(name, "it has no `moov` box: the file was cut off or never finished")),
    }
}

fn delay_of_first_sound(source: &mut Source, mut rest: Range<u64>) -> io::Result<u64> {
    while let Some(track) = find(source, rest.clone(), b"trak")? {
        if is_sound(source, track.clone())? {
            return Ok(first_media_time(source, track)?.unwrap_or(0));
        }
        rest.start = track.end;
    }
    Ok(0)
}

fn is_sound(source: &mut Source, track: Range<u64>) -> io::Result<bool> {
    let Some(handler) = descend(source, track, &[b"mdia", b"hdlr"])? else { return Ok(false) };
    Ok(source.array_at(handler.start + 8)? == Some(*b"soun"))
}

/// Media time of the first edit that shows anything (-1 stands for a pause).
fn first_media_time(source: &mut Source, track: Range<u64>) -> io::Result<Option<u64>> {
    let Some(list) = descend(source, track, &[b"edts", b"elst"])? else { return Ok(None) };
    let wide = source.array_at(list.start)? == Some([1_u8]);
    let (entry, offset) = if wide { (20, 8) } else { (12, 4) };
    let Some(count) = source.array_at(list.start + 4)?.map(u32::from_be_bytes) else { return Ok(None) };
    for index in 0..count.min(MAX_BOXES as u32) {
        let at = list.start + 8 + u64::from(index) * entry + offset;
        let time = if wide {
            source.array_at(at)?.map(i64::from_be_bytes)
        } else {
            source.array_at(at)?.map(|bytes| i32::from_be_bytes(bytes).into())
        };
        if let Some(time) = time.and_then(|time| u64::try_from(time).ok()) {
            return Ok(Some(time));
        }
    }
    Ok(None)
}

fn descend(source: &mut Source, mut range: Range<u64>, path: &[&[u8; 4]]) -> io::Result<Option<Range<u64>>> {
    for tag in path {
        match find(source, range, tag)? {
            Some(body) => range = body,
            None => return Ok(None),
        }
    }
    Ok(Some(range))
}

/// The body of the first box of this type.
fn find(source: &mut Source, range: Range<u64>, tag: &[u8; 4]) -> io::Result<Option<Range<u64>>> {
    let mut start = range.start;
    for _ in 0..MAX_BOXES {
        let Some(header) = source.array_at::<8>(start)? else { break };
        let [a, b, c, d, kind @ ..] = header;
        let (size, header) = match u32::from_be_bytes([a, b, c, d]) {
            0 => (range.end - start, 8),
            1 => (source.array_at(start + 8)?.map_or(0, u64::from_be_bytes), 16),
            size => (size.into(), 8),
        };
        let end = start.saturating_add(size);
        if size < header || end > range.end {
            break;
        }
        if kind == *tag {
            return Ok(Some(start + header..end));
        }
        start = end;
        if start == range.end {
            break;
        }
    }
    Ok(None)
}
