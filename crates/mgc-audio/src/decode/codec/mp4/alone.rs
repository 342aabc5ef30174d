//! Shows symphonia one track of an MP4: the first with sound that it decodes.
//!
//! symphonia 0.6.1 refuses a file for any track that it cannot read: text whose table has a second entry,
//! video with a long header. Boxes of other tracks are read as free space.

use std::{io, ops::Range};

use crate::decode::source::Source;

use super::boxes::{all, find, is_sound, sample_entries, track_id};

/// Sample entries with a decoder: some only with a feature, which is found out later.
const DECODED: [&[u8; 4]; 15] = [
    b"mp4a", b"alac", b"fLaC", b"Opus", b".mp3", b"lpcm", b"sowt", b"twos", b"in24", b"in32", b"fl32",
    b"fl64", b"raw ", b"alaw", b"ulaw",
];

/// More bytes than a table of sample entries has.
const MAX_TABLE: u64 = 1 << 16;

/// The type of a box without content.
const FREE: &[u8; 4] = b"free";

/// Hides all tracks but the first with sound that can be decoded; none if there is no such track.
pub(super) fn leave_one_track(source: &mut Source, movie: Range<u64>) -> io::Result<()> {
    let tracks = all(source, movie.clone(), b"trak")?;
    let mut chosen = None;
    for (index, track) in tracks.iter().enumerate() {
        if chosen.is_none() && is_decoded(source, track.clone())? {
            chosen = Some(index);
        }
    }
    let Some(chosen) = chosen else { return Ok(()) };
    merge_entries(source, tracks[chosen].clone())?;
    if tracks.len() == 1 {
        return Ok(());
    }
    let id = track_id(source, tracks[chosen].clone())?;
    let others = tracks.into_iter().enumerate().filter(|(index, _)| *index != chosen).map(|(_, track)| track);
    let mut hidden: Vec<_> = others.collect();
    // The settings of fragments: one box for each track.
    if let Some(extends) = find(source, movie, b"mvex")? {
        for settings in all(source, extends, b"trex")? {
            if source.array_at(settings.start + 4)?.map(u32::from_be_bytes) != id {
                hidden.push(settings);
            }
        }
    }
    for content in hidden {
        hide(source, &content)?;
    }
    Ok(())
}

fn is_decoded(source: &mut Source, track: Range<u64>) -> io::Result<bool> {
    let Some(table) = sample_entries(source, track.clone())? else { return Ok(false) };
    let entry = source.array_at::<4>(table.start + 12)?;
    Ok(is_sound(source, track)? && entry.is_some_and(|entry| DECODED.contains(&&entry)))
}

/// Has a table of equal sample entries, as joined recordings have, read as a table of one.
fn merge_entries(source: &mut Source, track: Range<u64>) -> io::Result<()> {
    let Some(table) = sample_entries(source, track)? else { return Ok(()) };
    let count = source.array_at(table.start + 4)?.map_or(0, u32::from_be_bytes);
    let length = (table.end - table.start).saturating_sub(8).min(MAX_TABLE);
    let entries = source.bytes_at(table.start + 8, length as usize)?;
    let size = entries.first_chunk().map_or(0, |size| u32::from_be_bytes(*size)) as usize;
    let equal = size > 0 && entries.chunks(size).all(|entry| entry == &entries[..size.min(entries.len())]);
    if count > 1 && equal && entries.len() / size == count as usize {
        source.correct(table.start + 4, &1_u32.to_be_bytes());
    }
    Ok(())
}

/// Has the type of a box read as that of free space. It lies behind a size of 4 bytes, before another of 8 if
/// that is 1.
fn hide(source: &mut Source, content: &Range<u64>) -> io::Result<()> {
    let short = source.array_at::<4>(content.start - 8)?.map(u32::from_be_bytes);
    let at = match short {
        Some(size) if u64::from(size) == content.end - content.start + 8 => content.start - 4,
        _ => content.start - 12,
    };
    source.correct(at, FREE);
    Ok(())
}
