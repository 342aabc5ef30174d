//! The codecs of the streams in an ogg file.

use std::io;

use crate::decode::source::Source;

use super::{Container, OggCodec};

/// Bytes of a page before its table of segments.
const HEADER: u64 = 27;
/// Bytes of a first packet that tell its codec.
const MAGIC: usize = 16;
/// More streams than a file has.
const MAX_STREAMS: usize = 64;

/// Recognises the codec of the first stream that can be decoded; if there is none, that of the first with
/// sound, or else of the first. A file without a page that begins a stream counts as Vorbis.
///
/// The first packet of every stream lies on a page of its own, and these pages come first (RFC 3533).
pub(super) fn recognise(source: &mut Source, start: u64) -> io::Result<Container> {
    let pages = first_pages(source, start)?;
    let streams: Vec<_> = pages.iter().filter_map(|page| codec(&page.packet)).collect();
    let known = streams.iter().find(|stream| is_decoded(stream));
    let own = || streams.iter().find(|stream| matches!(stream, Container::Ogg(_)));
    let is_sound = |stream: &Container| matches!(stream, Container::Foreign(name) if SOUND.contains(name));
    let sound = || streams.iter().find(|stream| is_sound(stream));
    let found = known.or_else(own).or_else(sound).or(streams.first()).copied();
    Ok(found.unwrap_or(match pages.is_empty() {
        false => Container::Foreign("ogg with an unknown codec in it"),
        true => Container::Ogg(OggCodec::Vorbis),
    }))
}

/// Returns the number of the first stream that can be decoded.
pub(crate) fn first_stream(source: &mut Source) -> io::Result<Option<u32>> {
    let pages = first_pages(source, 0)?;
    let first = pages.iter().find(|page| codec(&page.packet).is_some_and(|stream| is_decoded(&stream)));
    Ok(first.map(|page| page.stream))
}

fn is_decoded(stream: &Container) -> bool {
    matches!(stream, Container::Ogg(codec) if codec.is_compiled_in())
}

/// Codecs of sound that are not decoded.
const SOUND: [&str; 4] =
    ["Speex", "CELT", "ogg with plain samples in it", "OGM, an ogg with DirectShow codecs,"];

/// Whether a stream begins behind pages of another: the file is a chain of streams. Only headers of pages are
/// read.
pub(crate) fn is_chained(source: &mut Source) -> io::Result<bool> {
    let (mut at, mut has_begun) = (0, false);
    loop {
        let page = source.bytes_at(at, HEADER as usize + usize::from(u8::MAX))?;
        let Some([b'O', b'g', b'g', b'S', _, kind, rest @ ..]) = page.first_chunk::<{ HEADER as usize }>()
        else {
            return Ok(false);
        };
        let begins = kind & 2 != 0;
        if begins && has_begun {
            return Ok(true);
        }
        has_begun |= !begins;
        let count = usize::from(rest[rest.len() - 1]);
        let body: u64 =
            page.iter().skip(HEADER as usize).take(count).map(|segment| u64::from(*segment)).sum();
        at += HEADER + count as u64 + body;
    }
}

/// A page that begins a stream.
struct FirstPage {
    stream: u32,
    /// The start of its packet.
    packet: Vec<u8>,
    end: u64,
}

fn first_pages(source: &mut Source, start: u64) -> io::Result<Vec<FirstPage>> {
    let mut pages: Vec<FirstPage> = Vec::new();
    while pages.len() < MAX_STREAMS {
        let at = pages.last().map_or(start, |page| page.end);
        let Some(page) = first_page(source, at)? else { break };
        pages.push(page);
    }
    Ok(pages)
}

fn first_page(source: &mut Source, at: u64) -> io::Result<Option<FirstPage>> {
    let Some([b'O', b'g', b'g', b'S', _, kind, rest @ ..]) = source.array_at::<{ HEADER as usize }>(at)?
    else {
        return Ok(None);
    };
    if kind & 2 == 0 {
        return Ok(None);
    }
    let count = usize::from(rest[rest.len() - 1]);
    let segments = source.bytes_at(at + HEADER, count)?;
    let body = at + HEADER + count as u64;
    let length: u64 = segments.iter().map(|segment| u64::from(*segment)).sum();
    let stream = rest[8..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    Ok(Some(FirstPage { stream, packet: source.bytes_at(body, MAGIC)?, end: body + length }))
}

fn codec(packet: &[u8]) -> Option<Container> {
    Some(match () {
        () if packet.starts_with(b"\x01vorbis") => Container::Ogg(OggCodec::Vorbis),
        () if packet.starts_with(b"OpusHead") => Container::Ogg(OggCodec::Opus),
        () if packet.starts_with(b"\x7fFLAC") => Container::Ogg(OggCodec::Flac),
        () if packet.starts_with(b"Speex") => Container::Foreign(SOUND[0]),
        () if packet.starts_with(b"CELT    ") => Container::Foreign(SOUND[1]),
        () if packet.starts_with(b"PCM     ") => Container::Foreign(SOUND[2]),
        () if packet.starts_with(b"\x01audio") => Container::Foreign(SOUND[3]),
        () if packet.starts_with(b"OggMIDI\0") => Container::Foreign("MIDI in ogg (notes, not sound)"),
        () if packet.starts_with(b"\x80theora") => Container::Foreign("Theora video"),
        () if packet.starts_with(b"BBCD\0") => Container::Foreign("Dirac video"),
        () if packet.starts_with(b"OVP80") => Container::Foreign("VP8 video"),
        () => return None,
    })
}
