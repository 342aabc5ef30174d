//! Matroska and WebM: how a file ends and what its sound is, which symphonia 0.6.1 does not tell.
//!
//! A live recording states no sizes, so that symphonia takes its end for a cut; and no reader of symphonia
//! reads the padding that the last block of a track states.

mod element;
mod tracks;

use std::io;

use crate::decode::source::Source;

use element::{Element, vint};
pub(super) use tracks::{StatedCodec, stated_codec};

/// Identifiers of elements (RFC 9559).
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
/// Where the other elements of a segment are.
const DIRECTORY: u32 = 0x114d_9b74;
/// Cues, chapters and attachments: they are not needed here, and symphonia refuses a file for damage in them.
const ASIDE: [u32; 3] = [0x1c53_bb6b, 0x1043_a770, 0x1941_a469];
/// An identifier of four bytes without a meaning, of an element to be passed over.
const UNKNOWN: [u8; 4] = [0x1f, 0xff, 0xff, 0xfe];
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;
const DISCARD_PADDING: u32 = 0x75a2;

/// Frames of 120 ms.
const LONGEST_PACKET: usize = 5760;

/// The end of a file.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Whether the file ends with a whole element.
    pub(super) whole: bool,
    /// Whether it ends before its sound does.
    pub(super) is_cut: bool,
    /// The track of each last block that states a padding, with that, ns.
    paddings: Vec<(u64, u64)>,
}

impl Ending {
    /// Returns the frames of padding at the end of a track of Opus: less than its longest packet.
    pub(super) fn opus_padding(&self, track: u32) -> usize {
        let stated = self.paddings.iter().find(|(number, _)| *number == u64::from(track));
        let nanos = stated.map_or(0, |(_, padding)| *padding);
        let frames = (u128::from(nanos) * 48_000 + 500_000_000) / 1_000_000_000;
        usize::try_from(frames).ok().filter(|frames| *frames < LONGEST_PACKET).unwrap_or(0)
    }

    /// Walks over the elements of a file, and has sizes that reach beyond it read as ones that end with it:
    /// symphonia passes over such elements. Of clusters with a size only the last is looked into.
    pub(super) fn of(source: &mut Source) -> io::Result<Self> {
        let mut ending = Self::default();
        let (mut segment, mut directory, mut last_cluster) = (None, None, None);
        let mut at = 0;
        while let Some(element) = Element::read(source, at)?.filter(|element| element.is_inside(source)) {
            at = match (element.id, element.end) {
                (SEGMENT, _) | (CLUSTER, None) => element.body,
                (_, None) => return Ok(ending),
                (CLUSTER, Some(end)) => {
                    last_cluster = Some(element.body..end);
                    end
                }
                (_, Some(end)) => {
                    ending.note(source, &element)?;
                    end
                }
            };
            if ASIDE.contains(&element.id) {
                source.correct(element.start, &UNKNOWN);
            }
            match element.id {
                SEGMENT if segment.is_none() => segment = Some(element),
                DIRECTORY if directory.is_none() => directory = Some(element),
                _ => {}
            }
        }
        if segment.as_ref().is_some_and(|segment| segment.end == Some(at)) {
            source.truncate(at); // what follows is no Matroska
        }
        ending.whole = at == source.len();
        let segment = segment.filter(|segment| segment.end.is_some_and(|end| end > source.len()));
        let is_beyond = segment.is_some();
        if let Some(segment) = segment {
            ending.is_cut = end_with_file(source, at, &segment, directory.as_ref())?;
        }
        let has_last_block = ending.whole || (is_beyond && !ending.is_cut);
        if let Some(cluster) = last_cluster.filter(|_| has_last_block) {
            ending.look_into(source, cluster.start, cluster.end)?;
        }
        Ok(ending)
    }

    fn look_into(&mut self, source: &mut Source, mut at: u64, until: u64) -> io::Result<()> {
        while at < until {
            let Some(element) = Element::read(source, at)? else { break };
            let Some(end) = element.end.filter(|end| *end <= source.len()) else { break };
            self.note(source, &element)?;
            at = end;
        }
        Ok(())
    }

    /// Notes the padding of a block, or that the last block of its track has none.
    fn note(&mut self, source: &mut Source, element: &Element) -> io::Result<()> {
        let (mut block, mut padding) = (None, 0);
        match element.id {
            SIMPLE_BLOCK => block = Some(element.body),
            BLOCK_GROUP => {
                for part in element.parts(source)? {
                    match (part.id, part.end) {
                        (BLOCK, _) => block = Some(part.body),
                        (DISCARD_PADDING, Some(end)) => padding = number(source, part.body, end)?,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        let Some(block) = block else { return Ok(()) };
        let Some((track, _)) = vint(source, block)? else { return Ok(()) };
        self.paddings.retain(|(number, _)| *number != track);
        self.paddings.extend((padding > 0).then_some((track, padding)));
        Ok(())
    }
}

/// Ends a segment, and the element at `at` in which the file ends, where that does, and hides the directory,
/// which points beyond it. Returns whether the file ends before its sound does.
fn end_with_file(
    source: &mut Source,
    at: u64,
    segment: &Element,
    directory: Option<&Element>,
) -> io::Result<bool> {
    segment.end_at(source, source.len());
    if let Some(directory) = directory {
        directory.hide(source);
    }
    let last = Element::read(source, at)?;
    if let Some(last) = last.as_ref().filter(|last| last.end.is_some_and(|end| end > source.len())) {
        last.end_at(source, source.len());
    }
    // Behind the last cluster there are only elements to find one's way.
    Ok(last.is_none_or(|last| last.id == CLUSTER))
}

/// Reads a signed number; 0 if it is negative.
fn number(source: &mut Source, at: u64, end: u64) -> io::Result<u64> {
    let bytes = source.bytes_at(at, end.saturating_sub(at).min(8) as usize)?;
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    Ok(if negative { 0 } else { value })
}
