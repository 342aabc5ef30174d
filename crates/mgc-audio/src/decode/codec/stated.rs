//! The codec of a container as that states it, to name it where it is not decoded.

use std::io;

use crate::decode::{
    container::{Container, Found},
    names,
    source::Source,
};

use super::mp4;

/// How far into a Matroska file its tracks are searched for, bytes.
const MATROSKA_HEAD: usize = 1 << 20;
/// Bytes of the description of a track that are searched for its settings.
const MATROSKA_TRACK: usize = 256;
/// The element with the settings of a codec.
const CODEC_PRIVATE: [u8; 2] = [0x63, 0xa2];
/// The element with the identifier of a codec.
const CODEC_ID: u8 = 0x86;

/// Names the container and the codec of its first sound, if that is one without a decoder.
pub(super) fn stated_codec(source: &mut Source, found: &Found) -> io::Result<Option<String>> {
    Ok(match found.container {
        Container::Mp4 => mp4::stated_codec(source)?.map(|code| four_letters("MP4", code)),
        // The first chunk describes the sound: a rate, then four letters.
        Container::Caf => source.array_at(8 + 12 + 8)?.map(|code| four_letters("CAF", code)),
        Container::Matroska => matroska(source)?,
        _ => None,
    })
}

fn four_letters(container: &str, code: [u8; 4]) -> String {
    match names::four_letters(code) {
        Some(name) => format!("{container} with {name} in it"),
        None => format!("{container} with the codec `{}` in it", code.escape_ascii()),
    }
}

fn matroska(source: &mut Source) -> io::Result<Option<String>> {
    let head = source.bytes_at(0, MATROSKA_HEAD)?;
    let id = head.windows(4).position(|element| element[0] == CODEC_ID && element[2..] == *b"A_");
    let Some(at) = id else { return Ok(None) };
    let length = usize::from(head[at + 1] & 0x7f);
    let id: String = head[at + 2..].iter().take(length).map(|byte| char::from(*byte)).collect();
    let id = id.trim_end_matches('\0');
    let of_windows = || windows_code(&head[at..]).and_then(names::wave).filter(|_| id == "A_MS/ACM");
    Ok(Some(match of_windows().or_else(|| names::matroska(id)) {
        Some(name) => format!("Matroska with {name} in it"),
        None => format!("Matroska with the codec `{}` in it", id.escape_default()),
    }))
}

/// Returns the number of a codec of Windows: the settings of the track begin with it.
fn windows_code(track: &[u8]) -> Option<u16> {
    let track = &track[..track.len().min(MATROSKA_TRACK)];
    let settings = track.windows(2).position(|element| element == CODEC_PRIVATE)?;
    let code = track.get(settings + 3..)?.first_chunk()?;
    Some(u16::from_le_bytes(*code))
}
