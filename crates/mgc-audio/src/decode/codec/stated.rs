//! The codec of a container as that states it, to name it where it is not decoded.

use std::io;

use crate::decode::{
    container::{Container, Found},
    names,
    source::Source,
};

use super::mp4::{MAX_TRACKS, descend, find};

/// How far into a Matroska file its tracks are searched for, bytes.
const MATROSKA_HEAD: usize = 1 << 20;
/// The element with the identifier of a codec.
const CODEC_ID: u8 = 0x86;

/// Names the container and the codec of its first sound, if that is one without a decoder.
pub(super) fn stated_codec(source: &mut Source, found: &Found) -> io::Result<Option<String>> {
    Ok(match found.container {
        Container::Mp4 => mp4(source)?.map(|code| four_letters("MP4", code)),
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

/// Returns the first sample entry of a track with sound.
fn mp4(source: &mut Source) -> io::Result<Option<[u8; 4]>> {
    let file = 0..source.len();
    let Some(mut rest) = find(source, file, b"moov")? else { return Ok(None) };
    for _ in 0..MAX_TRACKS {
        let Some(track) = find(source, rest.clone(), b"trak")? else { break };
        rest.start = track.end;
        let Some(media) = find(source, track, b"mdia")? else { continue };
        let Some(handler) = find(source, media.clone(), b"hdlr")? else { continue };
        if source.array_at(handler.start + 8)? != Some(*b"soun") {
            continue;
        }
        let Some(table) = descend(source, media, &[b"minf", b"stbl", b"stsd"])? else { continue };
        return source.array_at(table.start + 12);
    }
    Ok(None)
}

fn matroska(source: &mut Source) -> io::Result<Option<String>> {
    let head = source.bytes_at(0, MATROSKA_HEAD)?;
    let id = head.windows(4).position(|element| element[0] == CODEC_ID && element[2..] == *b"A_");
    let Some(at) = id else { return Ok(None) };
    let length = usize::from(head[at + 1] & 0x7f);
    let id: String = head[at + 2..].iter().take(length).map(|byte| char::from(*byte)).collect();
    let id = id.trim_end_matches('\0');
    Ok(Some(match names::matroska(id) {
        Some(name) => format!("Matroska with {name} in it"),
        None => format!("Matroska with the codec `{}` in it", id.escape_default()),
    }))
}
