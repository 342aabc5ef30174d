//! The codec of a container as that states it, to name it where it is not decoded.

use std::io;

use crate::decode::{
    container::{Container, Found},
    names,
    source::Source,
};

use super::{
    matroska::{self, StatedCodec},
    mp4,
};

/// Names the container and the codec of its first sound, if that is one without a decoder.
pub(super) fn stated_codec(source: &mut Source, found: &Found) -> io::Result<Option<String>> {
    Ok(match found.container {
        Container::Mp4 => mp4::stated_codec(source)?.map(|code| four_letters("MP4", code)),
        // The first chunk describes the sound: a rate, then four letters.
        Container::Caf => source.array_at(8 + 12 + 8)?.map(|code| four_letters("CAF", code)),
        Container::Matroska => matroska::stated_codec(source)?.map(in_matroska),
        _ => None,
    })
}

fn four_letters(container: &str, code: [u8; 4]) -> String {
    match names::four_letters(code) {
        Some(name) => format!("{container} with {name} in it"),
        None => format!("{container} with the codec `{}` in it", code.escape_ascii()),
    }
}

fn in_matroska(codec: StatedCodec) -> String {
    let id = codec.id;
    // The settings of a codec of Windows begin with its number.
    let number = codec.settings.first_chunk().map(|number| u16::from_le_bytes(*number));
    let of_windows = number.filter(|_| id == "A_MS/ACM").and_then(names::wave);
    match of_windows.or_else(|| names::matroska(&id)) {
        Some(name) => format!("Matroska with {name} in it"),
        None => format!("Matroska with the codec `{}` in it", id.escape_default()),
    }
}
