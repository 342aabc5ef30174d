//! FLAC whose header or end is wrong.
//!
//! symphonia 0.6.1 believes the header and loses the last frame where anything follows it. The frames
//! themselves tell the truth: each holds its number, its length and checksums.

mod crc;
mod end;
mod frame;

use std::{io, path::Path};

use crate::{
    decode::{container::end_of_tags, source::Source},
    error::{Error, Result},
};

use end::End;
use frame::Frame;

/// Bytes of the name of the format.
const MAGIC: u64 = 4;
/// Bytes of the stream information.
const INFO: usize = 34;
/// More metadata blocks than any file has.
const MAX_BLOCKS: usize = 1024;
/// How far behind the metadata the first frame is searched for, bytes.
const FIRST_FRAME: usize = 1 << 14;
/// Frames are at least this long, except for the last.
const SHORTEST: u16 = 16;

/// Has the header and the end of a stream read as its frames say. Returns whether sound is missing at its
/// end.
pub(super) fn examine(name: &Path, source: &mut Source) -> Result<bool> {
    let start = end_of_tags(name, source)?;
    mend(source, start).map_err(|e| Error::io(name, e))
}

fn mend(source: &mut Source, start: u64) -> io::Result<bool> {
    let Some((at, frames)) = places(source, start + MAGIC)? else { return Ok(false) };
    let Some(info) = source.array_at::<INFO>(at)?.map(Info) else { return Ok(false) };
    let window = source.bytes_at(frames, FIRST_FRAME)?;
    let first = (0..window.len()).find_map(|at| Some((at, Frame::parse(&window[at..], &info)?)));
    let Some((offset, first)) = first else { return Ok(false) };
    let end = End::find(source, &info, &first, frames + offset as u64)?;
    if let Some(end) = &end {
        source.truncate(end.offset);
    }
    let right = info.corrected(&first, end.as_ref());
    source.correct(at, &right.0);
    Ok(end.is_some_and(|end| end.is_cut(&info, &first)))
}

/// Returns where the stream information and the frames begin.
fn places(source: &mut Source, first: u64) -> io::Result<Option<(u64, u64)>> {
    let (mut info, mut position) = (None, first);
    for _ in 0..MAX_BLOCKS {
        let Some([kind, a, b, c]) = source.array_at(position)? else { break };
        if kind & 0x7f == 0 && info.is_none() {
            info = Some(position + 4);
        }
        position += 4 + u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x80 != 0 {
            return Ok(info.map(|info| (info, position)));
        }
    }
    Ok(None)
}

/// The stream information, as it is stored.
struct Info([u8; INFO]);

impl Info {
    /// Returns the samples of the shortest and the longest frame.
    fn block_lengths(&self) -> [u16; 2] {
        let [a, b, c, d, ..] = self.0;
        [u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]
    }

    /// Returns the bytes of the shortest and the longest frame; 0 if not known.
    fn frame_sizes(&self) -> [u32; 2] {
        let [.., a, b, c, d, e, f] = *self.0.first_chunk::<10>().unwrap_or(&[0; 10]);
        [u32::from_be_bytes([0, a, b, c]), u32::from_be_bytes([0, d, e, f])]
    }

    fn channels(&self) -> u8 {
        (self.0[12] >> 1 & 7) + 1
    }

    /// Returns the bits of a sample.
    fn bits(&self) -> u8 {
        ((self.0[12] & 1) << 4 | self.0[13] >> 4) + 1
    }

    /// Returns the frames of all channels; 0 if not known.
    fn total(&self) -> u64 {
        u64::from(self.0[13] & 0x0f) << 32
            | u64::from(u32::from_be_bytes([14, 15, 16, 17].map(|at| self.0[at])))
    }

    /// Returns the information with the lengths that the first and the last frame show.
    fn corrected(&self, first: &Frame, end: Option<&End>) -> Self {
        let mut info = self.0;
        let [shortest, longest] = self.block_lengths();
        let lengths = match first.is_fixed {
            true => [first.samples.max(SHORTEST); 2],
            false if shortest < SHORTEST || longest <= shortest || first.samples > longest => {
                [SHORTEST, u16::MAX]
            }
            false => [shortest, longest],
        };
        info[..2].copy_from_slice(&lengths[0].to_be_bytes());
        info[2..4].copy_from_slice(&lengths[1].to_be_bytes());
        let [smallest, largest] = self.frame_sizes();
        if smallest > largest || end.is_some_and(|end| end.size > u64::from(largest)) {
            info[4..10].fill(0);
        }
        if let Some(end) = end {
            info[13] = info[13] & 0xf0 | (end.samples >> 32) as u8 & 0x0f;
            info[14..18].copy_from_slice(&(end.samples as u32).to_be_bytes());
        }
        Self(info)
    }
}
