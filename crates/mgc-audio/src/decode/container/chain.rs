//! Finds the first MPEG audio frame behind junk: audio is told from other bytes by a chain of frames.

use std::io;

use crate::decode::source::Source;

use super::mpeg::FrameHeader;

/// Frames in a row that leave no doubt: each further one occurs by chance in 1 of 10,000 places.
const CHAIN: usize = 4;
/// The most bytes of a chain of frames: the longest frame has 2,881.
const CHAIN_BYTES: usize = 12_000;
/// Bytes that are searched at once.
const WINDOW: usize = 1 << 16;
/// How far into a file the first frame is searched for, bytes.
const JUNK: u64 = 1 << 24;
/// The longest frame in the free format, bytes: 640 kbit/s at 32 kHz.
const FREE_BYTES: usize = 2881;

/// What begins at the first chain of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chain {
    /// Frames that state their length.
    Frames,
    /// Frames in the free format.
    Free,
}

/// Returns the distance from `start` to the first frame that is followed by others of its kind.
pub(super) fn find(source: &mut Source, start: u64) -> io::Result<Option<(u64, Chain)>> {
    let mut skipped = 0;
    while skipped < JUNK {
        let window = source.bytes_at(start + skipped, WINDOW + CHAIN_BYTES)?;
        let last = window.len() < WINDOW + CHAIN_BYTES;
        let places = if last { window.len() } else { WINDOW };
        let free = skipped == 0;
        if let Some((place, chain)) = (0..places).find_map(|at| Some((at, chain(&window[at..], free)?))) {
            return Ok(Some((skipped + place as u64, chain)));
        }
        if last {
            break;
        }
        skipped += places as u64;
    }
    Ok(None)
}

/// Tells which chain begins here. That of the free format takes long to rule out, so `free` is not
/// everywhere.
fn chain(bytes: &[u8], free: bool) -> Option<Chain> {
    // The first byte decides nearly always.
    if *bytes.first()? != 0xff {
        return None;
    }
    match FrameHeader::parse(bytes) {
        Some(first) => is_chain(bytes, first).then_some(Chain::Frames),
        None => (free && is_free_chain(bytes)).then_some(Chain::Free),
    }
}

fn is_chain(mut bytes: &[u8], first: FrameHeader) -> bool {
    let mut header = first;
    for _ in 1..CHAIN {
        bytes = bytes.get(header.length()..).unwrap_or_default();
        match FrameHeader::parse(bytes) {
            Some(next) if next.same_stream(&first) => header = next,
            _ => return false,
        }
    }
    true
}

/// In the free format all frames have one length, apart from padding: that to the second frame.
fn is_free_chain(bytes: &[u8]) -> bool {
    let Some(first) = FrameHeader::parse_free(bytes) else { return false };
    let next = |at: usize| {
        let header = FrameHeader::parse_free(bytes.get(at..)?)?;
        // The same header, apart from padding and what joint stereo does in a frame.
        let same =
            header.same_stream(&first) && bytes[at + 1] == bytes[1] && header.channels == first.channels;
        same.then_some(header)
    };
    let shortest = 4 + first.side_information();
    (shortest..FREE_BYTES).any(|second| {
        let length = second - first.padding();
        let mut at = 0;
        (1..CHAIN).all(|_| match next(at) {
            Some(header) => {
                at += length + header.padding();
                next(at).is_some()
            }
            None => false,
        })
    })
}
