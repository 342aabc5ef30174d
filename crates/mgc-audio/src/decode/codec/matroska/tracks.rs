//! The codec of a track, to name it where it is not decoded.

use std::io;

use crate::decode::source::Source;

use super::{SEGMENT, element::Element};

/// Identifiers of elements (RFC 9559).
const TRACKS: u32 = 0x1654_ae6b;
const TRACK: u32 = 0xae;
const CODEC: u32 = 0x86;
const SETTINGS: u32 = 0x63a2;
/// The beginning of the names of codecs of sound.
const SOUND: &[u8] = b"A_";
/// Bytes that are read of the name of a codec and of its settings.
const LENGTH: u64 = 64;

/// The codec of a track as its container states it.
pub(in crate::decode::codec) struct StatedCodec {
    /// An identifier like `A_VORBIS`.
    pub(in crate::decode::codec) id: String,
    /// The settings, at most 64 bytes.
    pub(in crate::decode::codec) settings: Vec<u8>,
}

/// Returns the codec of the first track with sound.
pub(in crate::decode::codec) fn stated_codec(source: &mut Source) -> io::Result<Option<StatedCodec>> {
    let mut at = 0;
    while let Some(element) = Element::read(source, at)?.filter(|element| element.is_inside(source)) {
        at = match (element.id, element.end) {
            (TRACKS, _) => return first_sound(source, &element),
            (SEGMENT, _) => element.body,
            (_, Some(end)) => end,
            (_, None) => break,
        };
    }
    Ok(None)
}

fn first_sound(source: &mut Source, tracks: &Element) -> io::Result<Option<StatedCodec>> {
    for track in tracks.parts(source)?.iter().filter(|part| part.id == TRACK) {
        let parts = track.parts(source)?;
        let mut bytes = |id: u32| {
            let part = parts.iter().find(|part| part.id == id);
            let range = part.and_then(|part| Some((part.body, part.end? - part.body)));
            range.map_or(Ok(Vec::new()), |(body, length)| source.bytes_at(body, length.min(LENGTH) as usize))
        };
        let codec = bytes(CODEC)?;
        if codec.starts_with(SOUND) {
            let id = String::from_utf8_lossy(&codec).trim_end_matches('\0').to_owned();
            return Ok(Some(StatedCodec { id, settings: bytes(SETTINGS)? }));
        }
    }
    Ok(None)
}
