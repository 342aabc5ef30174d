//! How a Matroska or WebM file ends: symphonia 0.6.1 does not tell.
//!
//! A live recording states no sizes, so that symphonia takes its end for a cut; and no reader of symphonia
//! reads the padding that the last block of a track states.

use std::io;

use crate::decode::source::Source;

/// Identifiers of elements (RFC 9559).
const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1f43_b675;
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

    /// Walks over the elements of a file. Of clusters with a size only the last is looked into.
    pub(super) fn of(source: &mut Source) -> io::Result<Self> {
        let mut ending = Self::default();
        let mut last_cluster = None;
        let mut at = 0;
        while let Some(element) = Element::read(source, at)? {
            at = match (element.id, element.end) {
                (SEGMENT, _) | (CLUSTER, None) => element.body,
                (_, None) => return Ok(ending),
                (CLUSTER, Some(end)) => {
                    last_cluster = Some(element.body..end);
                    end
                }
                (_, Some(end)) => {
                    ending.note(source, &element, end)?;
                    end
                }
            };
        }
        ending.whole = at == source.len();
        if let Some(cluster) = last_cluster.filter(|_| ending.whole) {
            ending.look_into(source, cluster.start, cluster.end)?;
        }
        Ok(ending)
    }

    fn look_into(&mut self, source: &mut Source, mut at: u64, until: u64) -> io::Result<()> {
        while at < until {
            let Some(element) = Element::read(source, at)? else { break };
            let Some(end) = element.end else { break };
            self.note(source, &element, end)?;
            at = end;
        }
        Ok(())
    }

    /// Notes the padding of a block, or that the last block of its track has none.
    fn note(&mut self, source: &mut Source, element: &Element, end: u64) -> io::Result<()> {
        let (mut block, mut padding) = (None, 0);
        match element.id {
            SIMPLE_BLOCK => block = Some(element.body),
            BLOCK_GROUP => {
                let mut at = element.body;
                while let Some(part) = Element::read(source, at)?.filter(|_| at < end) {
                    let Some(part_end) = part.end else { break };
                    match part.id {
                        BLOCK => block = Some(part.body),
                        DISCARD_PADDING => padding = number(source, part.body, part_end)?,
                        _ => {}
                    }
                    at = part_end;
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

struct Element {
    id: u32,
    /// Where its content begins.
    body: u64,
    /// `None` if the file does not state it.
    end: Option<u64>,
}

impl Element {
    /// Reads the header of the element at an offset; `None` if there is none, or if it reaches past the end.
    fn read(source: &mut Source, at: u64) -> io::Result<Option<Self>> {
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
        Ok(end.is_none_or(|end| end <= source.len() || id == SEGMENT).then_some(Self { id, body, end }))
    }
}

/// Reads a number whose width is stated by its leading zeros, and that width in bytes.
fn vint(source: &mut Source, at: u64) -> io::Result<Option<(u64, u64)>> {
    let bytes = source.bytes_at(at, 8)?;
    let width = bytes.first().map_or(9, |first| first.leading_zeros() as usize + 1);
    let Some(bytes) = bytes.get(..width) else { return Ok(None) };
    let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    Ok(Some((value & (u64::MAX >> (64 - 7 * width)), width as u64)))
}

/// Reads a signed number; 0 if it is negative.
fn number(source: &mut Source, at: u64, end: u64) -> io::Result<u64> {
    let bytes = source.bytes_at(at, end.saturating_sub(at).min(8) as usize)?;
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    Ok(if negative { 0 } else { value })
}
