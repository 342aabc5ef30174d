//! The codecs of the streams in an ogg file.

use std::io;

use crate::decode::source::Source;

use super::{Container, OggCodec};

/// Bytes of a page before its table of segments.
const HEADER: usize = 27;
/// Bytes of a first packet that tell its codec.
const MAGIC: usize = 16;
/// More streams than a file has.
const MAX_STREAMS: usize = 64;

/// Recognises the codec of the first stream that can be decoded; if there is none, that of the first with
/// sound, or else of the first. A file without a page that begins a stream counts as Vorbis.
///
/// The first packet of every stream lies on a page of its own, and these pages come first (RFC 3533).
pub(super) fn recognise(source: &mut Source, start: u64) -> io::Result<Container> {
    let packets = first_packets(source, start)?;
    let streams: Vec<_> = packets.iter().filter_map(|(_, packet)| codec(packet)).collect();
    let known = streams.iter().find(|stream| is_decoded(stream));
    let own = || streams.iter().find(|stream| matches!(stream, Container::Ogg(_)));
    let is_sound = |stream: &Container| matches!(stream, Container::Foreign(name) if SOUND.contains(name));
    let sound = || streams.iter().find(|stream| is_sound(stream));
    let found = known.or_else(own).or_else(sound).or(streams.first()).copied();
    Ok(found.unwrap_or(match packets.is_empty() {
        false => Container::Foreign("ogg with an unknown codec in it"),
        true => Container::Ogg(OggCodec::Vorbis),
    }))
}

/// Returns the number of the first stream that can be decoded.
pub(crate) fn first_stream(source: &mut Source) -> io::Result<Option<u32>> {
    let packets = first_packets(source, 0)?;
    let is_ours = |packet: &[u8]| codec(packet).is_some_and(|stream| is_decoded(&stream));
    Ok(packets.iter().find(|(_, packet)| is_ours(packet)).map(|(stream, _)| *stream))
}

fn is_decoded(stream: &Container) -> bool {
    matches!(stream, Container::Ogg(codec) if codec.is_compiled_in())
}

const SPEEX: &str = "Speex";
const CELT: &str = "CELT";
const PLAIN: &str = "ogg with plain samples in it";
const OGM: &str = "OGM, an ogg with DirectShow codecs,";
/// Codecs of sound that are not decoded.
const SOUND: [&str; 4] = [SPEEX, CELT, PLAIN, OGM];

/// Whether a stream begins behind pages of another: the file is a chain of streams. Only headers of pages are
/// read.
pub(crate) fn is_chained(source: &mut Source) -> io::Result<bool> {
    let (mut at, mut has_begun) = (0, false);
    while let Some(page) = Page::read(source, at)? {
        if page.begins && has_begun {
            return Ok(true);
        }
        has_begun |= !page.begins;
        at = page.end;
    }
    Ok(false)
}

/// The header of a page.
struct Page {
    /// Whether it begins a stream.
    begins: bool,
    /// The number of its stream.
    stream: u32,
    /// Where its first packet begins.
    body: u64,
    end: u64,
}

impl Page {
    fn read(source: &mut Source, at: u64) -> io::Result<Option<Self>> {
        let bytes = source.bytes_at(at, HEADER + usize::from(u8::MAX))?;
        let Some((header, segments)) = bytes.split_first_chunk::<HEADER>() else { return Ok(None) };
        let [b'O', b'g', b'g', b'S', _, kind, _, _, _, _, _, _, _, _, a, b, c, d, .., count] = *header else {
            return Ok(None);
        };
        let body = at + (HEADER + usize::from(count)) as u64;
        let length: u64 = segments.iter().take(count.into()).map(|segment| u64::from(*segment)).sum();
        let stream = u32::from_le_bytes([a, b, c, d]);
        Ok(Some(Self { begins: kind & 2 != 0, stream, body, end: body + length }))
    }
}

/// Returns the number of each stream that begins at `start`, with the start of its first packet.
fn first_packets(source: &mut Source, start: u64) -> io::Result<Vec<(u32, Vec<u8>)>> {
    let (mut packets, mut at) = (Vec::new(), start);
    while packets.len() < MAX_STREAMS {
        let Some(page) = Page::read(source, at)?.filter(|page| page.begins) else { break };
        packets.push((page.stream, source.bytes_at(page.body, MAGIC)?));
        at = page.end;
    }
    Ok(packets)
}

fn codec(packet: &[u8]) -> Option<Container> {
    Some(match () {
        () if packet.starts_with(b"\x01vorbis") => Container::Ogg(OggCodec::Vorbis),
        () if packet.starts_with(b"OpusHead") => Container::Ogg(OggCodec::Opus),
        () if packet.starts_with(b"\x7fFLAC") => Container::Ogg(OggCodec::Flac),
        () if packet.starts_with(b"Speex") => Container::Foreign(SPEEX),
        () if packet.starts_with(b"CELT    ") => Container::Foreign(CELT),
        () if packet.starts_with(b"PCM     ") => Container::Foreign(PLAIN),
        () if packet.starts_with(b"\x01audio") => Container::Foreign(OGM),
        () if packet.starts_with(b"OggMIDI\0") => Container::Foreign("MIDI in ogg (notes, not sound)"),
        () if packet.starts_with(b"\x80theora") => Container::Foreign("Theora video"),
        () if packet.starts_with(b"BBCD\0") => Container::Foreign("Dirac video"),
        () if packet.starts_with(b"OVP80") => Container::Foreign("VP8 video"),
        () => return None,
    })
}
