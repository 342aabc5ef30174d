//! The last frame of a stream, and what follows it.

use std::io;

use symphonia::core::{
    codecs::audio::{AudioCodecParameters, AudioDecoderOptions, well_known::CODEC_ID_FLAC},
    packet::Packet,
    units::{Duration, Timestamp},
};

use crate::decode::{codec::guarded, source::Source, tags::span::Trailer};

use super::{
    Info,
    crc::crc16,
    frame::{Frame, SHORTEST_HEADER},
};

/// How far before the end of the file the last frame is searched for, bytes.
const WINDOW: u64 = 1 << 18;

/// More places that look like a frame than there are behind the last, and than there are in the one before
/// it.
const MAX_PLACES: usize = 32;
const MAX_BEFORE: usize = 8;

/// The end of the last frame that is complete.
pub(super) struct End {
    /// First byte behind it.
    pub(super) offset: u64,
    /// Bytes of this frame.
    pub(super) size: u64,
    /// Samples of each channel up to it.
    pub(super) samples: u64,
    last: Frame,
    /// Whether another frame begins behind it.
    is_followed: bool,
}

/// A frame that begins at this place of the window.
type Place = (usize, Frame);

impl End {
    /// Finds the end; `None` if no frame near the end of the file is complete. `first` lies at `start`.
    pub(super) fn find(
        source: &mut Source,
        info: &Info,
        first: &Frame,
        start: u64,
    ) -> io::Result<Option<Self>> {
        let len = Trailer::find(source)?.start;
        let from = len.saturating_sub(WINDOW).max(start);
        let window = source.bytes_at(from, (len - from.min(len)) as usize)?;
        let is_frame = |at| Some((at, Frame::parse(&window[at..], info)?));
        let mut places: Vec<Place> =
            (0..window.len().saturating_sub(SHORTEST_HEADER)).filter_map(is_frame).collect();
        places.retain(|(_, frame)| frame.is_fixed == first.is_fixed && frame.number >= first.number);
        let found = (0..places.len()).rev().take(MAX_PLACES).find_map(|index| {
            let (at, last) = places[index];
            let samples = samples(first, &last);
            let next = places.get(index + 1).map(|(next, _)| *next);
            let end = match next {
                None if is_complete(info, first, &last, samples) => last_end(info, first, &window[at..]),
                _ => next
                    .into_iter()
                    .chain([window.len()])
                    .find(|end| is_whole(&window[at..*end]))
                    .map(|end| end - at),
            };
            let end = at + end.filter(|size| *size > last.header + 2)?;
            let is_before = |(before, _): &Place| is_whole(&window[*before..at]);
            let follows =
                (from, at) == (start, 0) || places[..index].iter().rev().take(MAX_BEFORE).any(is_before);
            follows.then_some(Self {
                offset: from + end as u64,
                size: (end - at) as u64,
                samples,
                last,
                is_followed: next == Some(end),
            })
        });
        Ok(found)
    }

    /// Whether sound is missing behind it: the next frame is not complete, or the header states more samples
    /// and the last frame is none such as ends a stream.
    pub(super) fn is_cut(&self, info: &Info, first: &Frame) -> bool {
        self.is_followed || (info.total() > self.samples && !is_ending(info, first, &self.last))
    }
}

/// Returns the samples from the first frame to the end of the last.
fn samples(first: &Frame, last: &Frame) -> u64 {
    let before = (last.number - first.number) * if first.is_fixed { first.samples.into() } else { 1 };
    before + u64::from(last.samples)
}

/// Whether this must be the last frame of the stream.
fn is_complete(info: &Info, first: &Frame, last: &Frame, samples: u64) -> bool {
    samples == info.total() || (info.total() == 0 && is_ending(info, first, last))
}

/// Whether the frame is shorter than all others, as the last one is.
fn is_ending(info: &Info, first: &Frame, last: &Frame) -> bool {
    let others = if last.number > first.number { first.samples } else { info.block_lengths()[1] };
    last.is_fixed && last.samples < others
}

/// Returns the bytes of the last frame: up to the last place at which its checksum is right, as behind it may
/// be anything. In a frame that is cut off there may be such a place by chance.
fn last_end(info: &Info, first: &Frame, bytes: &[u8]) -> Option<usize> {
    let mut crc = 0;
    let ends = bytes.iter().enumerate().filter_map(|(index, byte)| {
        crc = crc16(crc, *byte);
        (crc == 0).then_some(index + 1)
    });
    ends.last().filter(|end| decodes(info, first, &bytes[..*end]))
}

fn decodes(info: &Info, first: &Frame, frame: &[u8]) -> bool {
    let mut parameters = AudioCodecParameters::new();
    parameters.for_codec(CODEC_ID_FLAC).with_extra_data(info.corrected(first, None).0.into());
    let packet = Packet::new(0, Timestamp::new(0), Duration::ZERO, frame.to_vec());
    let decoded = guarded(|| {
        let options = AudioDecoderOptions::default();
        let mut decoder = symphonia::default::get_codecs().make_audio_decoder(&parameters, &options)?;
        decoder.decode(&packet).map(|_| ())
    });
    decoded.is_ok()
}

/// Whether these bytes end with the checksum of those before it.
fn is_whole(frame: &[u8]) -> bool {
    frame.iter().fold(0, |crc, byte| crc16(crc, *byte)) == 0
}
