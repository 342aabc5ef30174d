//! The edit list: the encoder's delay before the audio, and the length of the audio.
//!
//! symphonia 0.6.1 reads this list but does not expose it.

use std::{io, ops::Range};

use crate::decode::source::Source;

use super::boxes::{MAX_BOXES, descend};

/// The part of a track that is played, in ticks of a time scale (ticks per second).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edit {
    /// Ticks before the audio, at the scale of the media (nearly always the sample rate).
    pub(super) media_time: u64,
    pub(super) media_scale: u32,
    /// Ticks played, at the scale of the movie; 0 if not stated.
    pub(super) shown: u64,
    pub(super) movie_scale: u32,
}

impl Edit {
    /// Returns the frames before the audio.
    pub(super) fn delay(&self, sample_rate: u32) -> u64 {
        scale(self.media_time, sample_rate, self.media_scale)
    }

    /// Returns the frames played, where the list states them.
    pub(super) fn shown(&self, sample_rate: u32) -> Option<u64> {
        (self.shown > 0).then(|| scale(self.shown, sample_rate, self.movie_scale))
    }
}

/// Converts ticks to frames, rounded up.
pub(super) fn scale(ticks: u64, sample_rate: u32, per_second: u32) -> u64 {
    let frames = (u128::from(ticks) * u128::from(sample_rate)).div_ceil(u128::from(per_second.max(1)));
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// Reads duration and media time of the edit that plays something (a media time of -1 is a pause); the
/// duration is 0 if there are several.
pub(super) fn first_edit(source: &mut Source, track: Range<u64>) -> io::Result<(u64, u64)> {
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
