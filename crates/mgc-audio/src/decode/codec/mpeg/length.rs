//! The frame in front of an mp3 that holds no sound but the length of the stream: Xing's, with LAME's delay
//! and padding, or VBRI.

use crate::decode::container::FrameHeader;

/// Frames of delay of any decoder of layer III, which LAME does not count.
const DECODER_DELAY: u32 = 528 + 1;

/// The length, delay and padding that the header frame of an mp3 states.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct StatedLength {
    /// MPEG frames after this one.
    frames: Option<u32>,
    /// Bytes from this frame to the end.
    pub(super) bytes: Option<u32>,
    /// Samples before and behind the sound.
    pub(super) delay: u32,
    pub(super) padding: u32,
}

impl StatedLength {
    /// Reads the header frame; `None` for one with sound.
    pub(super) fn parse(frame: &[u8], header: &FrameHeader) -> Option<Self> {
        (header.layer == 3).then(|| xing(frame, header).or_else(|| vbri(frame, header)))?
    }

    /// Returns the samples of the sound.
    pub(super) fn samples(&self, header: &FrameHeader) -> Option<u64> {
        let all = u64::from(self.frames?) * header.samples();
        Some(all.saturating_sub(u64::from(self.delay) + u64::from(self.padding)))
    }
}

/// Whether all bytes between the header and `end` are zero.
fn is_blank(frame: &[u8], header: &FrameHeader, end: usize) -> bool {
    let start = if header.checksum { 6 } else { 4 };
    frame.get(start..end).is_some_and(|side| side.iter().all(|byte| *byte == 0))
}

fn xing(frame: &[u8], header: &FrameHeader) -> Option<StatedLength> {
    let start = 4 + header.side_information();
    let tag = frame.get(start..)?;
    if !(tag.starts_with(b"Xing") || tag.starts_with(b"Info")) || !is_blank(frame, header, start) {
        return None;
    }
    let mut fields = Fields(tag.get(4..)?);
    let flags = fields.word()?;
    let frames = if flags & 1 == 0 { None } else { Some(fields.word()?) };
    let bytes = if flags & 2 == 0 { None } else { Some(fields.word()?) };
    if flags & 4 != 0 {
        fields.skip(100)?; // a table for seeking
    }
    if flags & 8 != 0 {
        fields.word()?;
    }
    let (delay, padding) = lame(fields.0).unwrap_or_default();
    Some(StatedLength { frames, bytes, delay, padding })
}

/// Reads delay and padding, 12 bits each, of the encoders that write them. The checksum behind them is
/// ignored, as by other players: programs that put the number of frames right leave it as it was.
fn lame(tag: &[u8]) -> Option<(u32, u32)> {
    let trim = u32::from_be_bytes([0, *tag.get(21)?, *tag.get(22)?, *tag.get(23)?]);
    let known = [b"LAME", b"Lavf", b"Lavc"].iter().any(|name| tag.starts_with(*name));
    known.then_some((DECODER_DELAY + (trim >> 12), (trim & 0xfff).saturating_sub(DECODER_DELAY)))
}

/// Fraunhofer's header, always 32 bytes behind that of the frame.
fn vbri(frame: &[u8], header: &FrameHeader) -> Option<StatedLength> {
    const START: usize = 4 + 32;
    let mut fields = Fields(frame.get(START..)?.strip_prefix(b"VBRI\0\x01")?);
    if !is_blank(frame, header, START) {
        return None;
    }
    fields.skip(4)?; // delay and quality
    let bytes = fields.word()?;
    Some(StatedLength { frames: Some(fields.word()?), bytes: Some(bytes), delay: 0, padding: 0 })
}

/// Takes big-endian numbers off the front.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*word))
    }

    fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }
}
