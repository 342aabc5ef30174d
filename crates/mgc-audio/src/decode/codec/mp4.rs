//! The edit list of an MP4 file: the encoder's delay before the audio, and the length of the audio.
//!
//! symphonia 0.6.1 reads this list but does not expose it.

use std::{io, ops::Range, path::Path};

use crate::{
    decode::source::Source,
    error::{Error, Result},
};

/// More boxes than one level has in an audio file; limits the search in a damaged file.
const MAX_BOXES: usize = 4096;
/// More tracks than a music file has.
pub(super) const MAX_TRACKS: usize = 64;

/// The part of a track that is played, in ticks of a time scale (ticks per second).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Ticks before the audio, at the scale of the media (nearly always the sample rate).
    media_time: u64,
    media_scale: u32,
    /// Ticks played, at the scale of the movie; 0 if not stated.
    shown: u64,
    movie_scale: u32,
}

impl Edit {
    /// Returns the frames before the audio.
    pub(crate) fn delay(&self, sample_rate: u32) -> u64 {
        scale(self.media_time, sample_rate, self.media_scale)
    }

    /// Returns the frames played, where the list states them.
    pub(crate) fn shown(&self, sample_rate: u32) -> Option<u64> {
        (self.shown > 0).then(|| scale(self.shown, sample_rate, self.movie_scale))
    }
}

/// Converts ticks to frames, rounded up.
fn scale(ticks: u64, sample_rate: u32, per_second: u32) -> u64 {
    let frames = (u128::from(ticks) * u128::from(sample_rate)).div_ceil(u128::from(per_second.max(1)));
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// Reads the edit of the first audio track.
pub(super) fn edit(name: &Path, source: &mut Source) -> Result<Edit> {
    let file = 0..source.len();
    match find(source, file, b"moov").map_err(|e| Error::io(name, e))? {
        Some(movie) => edit_of_first_sound(source, movie).map_err(|e| Error::io(name, e)),
        None => Err(Error::malformed(name, "it has no `moov` box: the file was cut off or never finished")),
    }
}

fn edit_of_first_sound(source: &mut Source, movie: Range<u64>) -> io::Result<Edit> {
    let movie_scale = match find(source, movie.clone(), b"mvhd")? {
        Some(header) => time_scale(source, header)?,
        None => 0,
    };
    let mut rest = movie;
    for _ in 0..MAX_TRACKS {
        let Some(track) = find(source, rest.clone(), b"trak")? else { break };
        if is_sound(source, track.clone())? {
            let media_scale = match descend(source, track.clone(), &[b"mdia", b"mdhd"])? {
                Some(header) => time_scale(source, header)?,
                None => 0,
            };
            let (shown, media_time) = first_edit(source, track)?;
            return Ok(Edit { media_time, media_scale, shown, movie_scale });
        }
        rest.start = track.end;
    }
    Ok(Edit::default())
}

/// Reads the ticks per second of a movie or media header, which follow two times of 4 bytes, or of 8.
fn time_scale(source: &mut Source, header: Range<u64>) -> io::Result<u32> {
    let wide = source.array_at(header.start)? == Some([1_u8]);
    let at = header.start + if wide { 20 } else { 12 };
    Ok(source.array_at(at)?.map_or(0, u32::from_be_bytes))
}

fn is_sound(source: &mut Source, track: Range<u64>) -> io::Result<bool> {
    let Some(handler) = descend(source, track, &[b"mdia", b"hdlr"])? else { return Ok(false) };
    Ok(source.array_at(handler.start + 8)? == Some(*b"soun"))
}

/// Reads duration and media time of the edit that plays something (a media time of -1 is a pause); the
/// duration is 0 if there are several.
fn first_edit(source: &mut Source, track: Range<u64>) -> io::Result<(u64, u64)> {
    let Some(list) = descend(source, track, &[b"edts", b"elst"])? else { return Ok((0, 0)) };
    let wide = source.array_at(list.start)? == Some([1_u8]);
    let entry = if wide { 20 } else { 12 };
    let Some(count) = source.array_at(list.start + 4)?.map(u32::from_be_bytes) else { return Ok((0, 0)) };
    let mut edits = Vec::new();
    for index in 0..u64::from(count.min(MAX_BOXES as u32)) {
        let Some((duration, time)) = edit_at(source, list.start + 8 + index * entry, wide)? else { break };
        edits.extend(u64::try_from(time).ok().map(|time| (duration, time)));
    }
    Ok(match edits[..] {
        [] => (0, 0),
        [only] => only,
        [(_, time), ..] => (0, time),
    })
}

fn edit_at(source: &mut Source, at: u64, wide: bool) -> io::Result<Option<(u64, i64)>> {
    Ok(if wide {
        source.array_at::<16>(at)?.map(|[a, b, c, d, e, f, g, h, time @ ..]| {
            (u64::from_be_bytes([a, b, c, d, e, f, g, h]), i64::from_be_bytes(time))
        })
    } else {
        source.array_at::<8>(at)?.map(|[a, b, c, d, time @ ..]| {
            (u32::from_be_bytes([a, b, c, d]).into(), i32::from_be_bytes(time).into())
        })
    })
}

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
