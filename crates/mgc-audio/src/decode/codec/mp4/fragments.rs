//! The length of a fragmented file: the sum of its fragments, as none of its headers need state it.

use std::{io, ops::Range};

use crate::decode::source::Source;

use super::{
    boxes::{all, descend, find, track_id},
    layout::Layout,
};

/// The longest table that is read, bytes: a fragment of hours.
const TABLE: usize = 1 << 22;

/// Returns the ticks of all fragments of the track; `None` in a file without fragments.
pub(super) fn ticks(
    source: &mut Source,
    layout: &Layout,
    movie: Range<u64>,
    track: Range<u64>,
) -> io::Result<Option<u64>> {
    let Some(extends) = find(source, movie, b"mvex")? else { return Ok(None) };
    let Some(id) = track_id(source, track.clone())? else { return Ok(None) };
    let default = default_duration(source, extends, id)?;
    let mut total = table_ticks(source, track)?;
    for fragment in &layout.fragments {
        total = total.saturating_add(fragment_ticks(source, fragment.clone(), id, default)?);
    }
    Ok(Some(total))
}

/// Returns the ticks of a sample where its fragment does not state them.
fn default_duration(source: &mut Source, extends: Range<u64>, id: u32) -> io::Result<u32> {
    for track in all(source, extends, b"trex")? {
        if word(source, track.start + 4)? == Some(id) {
            return Ok(word(source, track.start + 12)?.unwrap_or(0));
        }
    }
    Ok(0)
}

/// Returns the ticks of the samples before the first fragment.
fn table_ticks(source: &mut Source, track: Range<u64>) -> io::Result<u64> {
    let path = [b"mdia", b"minf", b"stbl", b"stts"];
    let Some(table) = descend(source, track, &path)? else { return Ok(0) };
    let words = words(source, table.start + 8..table.end)?;
    let ticks = words.as_chunks::<2>().0.iter().map(|[count, ticks]| u64::from(*count) * u64::from(*ticks));
    Ok(ticks.fold(0, u64::saturating_add))
}

fn fragment_ticks(source: &mut Source, fragment: Range<u64>, id: u32, default: u32) -> io::Result<u64> {
    let mut total = 0_u64;
    for track in all(source, fragment, b"traf")? {
        let Some(header) = find(source, track.clone(), b"tfhd")? else { continue };
        if word(source, header.start + 4)? == Some(id) {
            let default = stated_default(source, &header)?.unwrap_or(default);
            total = runs_ticks(source, track, default)?.saturating_add(total);
        }
    }
    Ok(total)
}

/// Returns the default of a fragment: its flags say which of the fields before it are there.
fn stated_default(source: &mut Source, header: &Range<u64>) -> io::Result<Option<u32>> {
    let flags = word(source, header.start)?.unwrap_or(0);
    let before = if flags & 1 == 0 { 0 } else { 8 } + if flags & 2 == 0 { 0 } else { 4 };
    if flags & 8 == 0 { Ok(None) } else { word(source, header.start + 8 + before) }
}

fn runs_ticks(source: &mut Source, track: Range<u64>, default: u32) -> io::Result<u64> {
    let mut total = 0_u64;
    for run in all(source, track, b"trun")? {
        total = total.saturating_add(run_ticks(&words(source, run)?, default));
    }
    Ok(total)
}

/// Has the runs of a fragment that claim more samples than the file has bytes read as empty ones: symphonia
/// counts to any number.
pub(super) fn limit_runs(source: &mut Source, fragment: Range<u64>) -> io::Result<()> {
    for track in all(source, fragment, b"traf")? {
        for run in all(source, track, b"trun")? {
            let count = run.start + 4;
            if word(source, count)?.is_some_and(|samples| u64::from(samples) > source.len()) {
                source.correct(count, &[0; 4]);
            }
        }
    }
    Ok(())
}

/// Returns the ticks of a run: flags, a count of samples, up to two fields, and up to four of each sample.
fn run_ticks(run: &[u32], default: u32) -> u64 {
    let [flags, count, rest @ ..] = run else { return 0 };
    if flags & 0x100 == 0 {
        return u64::from(*count) * u64::from(default);
    }
    let fields = (flags & 0xf00).count_ones() as usize;
    let samples = rest.get((flags & 5).count_ones() as usize..).unwrap_or_default().chunks_exact(fields);
    samples.take(*count as usize).map(|sample| u64::from(sample[0])).sum()
}

fn word(source: &mut Source, at: u64) -> io::Result<Option<u32>> {
    Ok(source.array_at(at)?.map(u32::from_be_bytes))
}

fn words(source: &mut Source, range: Range<u64>) -> io::Result<Vec<u32>> {
    let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(TABLE).min(TABLE);
    let bytes = source.bytes_at(range.start, length)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word)).collect())
}
