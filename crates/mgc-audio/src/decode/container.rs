//! Which format a file is in, by its bytes.

use std::{io, path::Path};

use crate::{
    Error, Result,
    decode::{mpeg, source::Source},
};

/// Bytes that show the format: an ogg page header and the name of its codec.
const HEAD: usize = 64;
/// How far into a file its first mp3 frame is looked for, bytes.
const JUNK: usize = 1 << 16;

/// A format that is recognised by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Au,
    Wav,
    Mpeg,
    Flac,
    Ogg(OggCodec),
    Adts,
    Mp4,
    Aiff,
    Caf,
    Matroska,
    /// Recognised, to be able to name it, but not decoded.
    Foreign(&'static str),
}

/// What an ogg stream holds, of what this crate decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OggCodec {
    Vorbis,
    Flac,
    Opus,
}

/// A format and where it begins.
pub(crate) struct Found {
    pub(crate) container: Container,
    /// Bytes of junk to leave out.
    pub(crate) offset: u64,
}

/// The container, if this build can decode it.
pub(crate) fn recognise(name: &Path, source: &mut Source) -> Result<Found> {
    if source.len() == 0 {
        return Err(Error::Empty { path: name.into() });
    }
    let found = find(name, source)?.ok_or_else(|| Error::NotAudio { path: name.into() })?;
    if let Container::Foreign(format) = found.container {
        return Err(Error::unsupported(name, format));
    }
    match found.container.feature() {
        Some((format, feature, false)) => Err(Error::FeatureDisabled { path: name.into(), format, feature }),
        _ => Ok(found),
    }
}

fn find(name: &Path, source: &mut Source) -> Result<Option<Found>> {
    let io = |e: io::Error| Error::io(name, e);
    let (mut tagged, mut start) = (false, 0);
    // A tag in front of the sound; some files have two.
    while let Some(header) = source.array_at::<10>(start).map_err(io)?.filter(|h| h.starts_with(b"ID3")) {
        tagged = true;
        start += id3_length(header);
        if start > source.len() {
            return Err(Error::malformed(name, "its ID3 tag claims more bytes than the file has"));
        }
    }
    let head = source.bytes_at(start, HEAD).map_err(io)?;
    if let Some(container) = Container::sniff(&head) {
        return Ok(Some(Found { container, offset: 0 }));
    }
    let junk = mpeg::find_frames(&source.bytes_at(start, JUNK).map_err(io)?);
    Ok(match junk {
        Some(junk) => Some(Found { container: Container::Mpeg, offset: start + junk as u64 }),
        None if tagged => return Err(Error::malformed(name, "an ID3 tag and no sound behind it")),
        None => None,
    })
}

/// Bytes of an ID3v2 tag with its header: 28 bits, 7 in each byte.
fn id3_length(header: [u8; 10]) -> u64 {
    let [.., flags, a, b, c, d] = header;
    let body = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    10 + body + footer
}

impl Container {
    /// `None` where the bytes are of no format known here.
    fn sniff(head: &[u8]) -> Option<Self> {
        let at =
            |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|bytes| bytes.starts_with(magic));
        Some(match () {
            () if at(0, b".snd") => Self::Au,
            () if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") => Self::Wav,
            () if at(0, b"riff") && at(24, b"wave") => Self::Wav,
            () if at(0, b"fLaC") => Self::Flac,
            () if at(0, b"OggS") => ogg(head),
            () if at(4, b"ftyp") => Self::Mp4,
            () if at(0, b"FORM") && at(8, b"AIF") => Self::Aiff,
            () if at(0, b"caff") => Self::Caf,
            () if at(0, b"\x1a\x45\xdf\xa3") => Self::Matroska,
            () if at(0, b"MThd") => Self::Foreign("MIDI (notes, not sound)"),
            () if at(0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11") => Self::Foreign("Windows Media Audio"),
            () if at(0, b"MAC ") => Self::Foreign("Monkey's Audio"),
            () if at(0, b"wvpk") => Self::Foreign("WavPack"),
            () if at(0, b"DSD ") || at(0, b"FRM8") => Self::Foreign("DSD"),
            () => mpeg_or_adts(head)?,
        })
    }

    /// Name of the format, name of the cargo feature that decodes it, and whether that is compiled in.
    fn feature(self) -> Option<(&'static str, &'static str, bool)> {
        match self {
            Self::Mpeg => Some(("mp3", "mp3", cfg!(feature = "mp3"))),
            Self::Flac => Some(("flac", "flac", cfg!(feature = "flac"))),
            Self::Ogg(OggCodec::Vorbis) => Some(("ogg vorbis", "vorbis", cfg!(feature = "vorbis"))),
            Self::Ogg(OggCodec::Flac) => Some(("flac in ogg", "vorbis", cfg!(feature = "vorbis"))),
            Self::Ogg(OggCodec::Opus) => Some(("Opus", "opus", cfg!(feature = "opus"))),
            Self::Adts => Some(("AAC", "aac", cfg!(feature = "aac"))),
            Self::Mp4 => Some(("MP4/M4A", "aac", cfg!(any(feature = "aac", feature = "alac")))),
            Self::Aiff => Some(("AIFF", "aiff", cfg!(feature = "aiff"))),
            Self::Caf => Some(("CAF", "caf", cfg!(feature = "caf"))),
            Self::Matroska => Some(("Matroska/WebM", "mkv", cfg!(feature = "mkv"))),
            Self::Au | Self::Wav | Self::Foreign(_) => None,
        }
    }
}

/// The codec of an ogg stream: its first packet starts behind the first page header.
fn ogg(head: &[u8]) -> Container {
    let holds = |magic: &[u8]| head.windows(magic.len()).any(|bytes| bytes == magic);
    match () {
        () if holds(b"OpusHead") => Container::Ogg(OggCodec::Opus),
        () if holds(b"\x7fFLAC") => Container::Ogg(OggCodec::Flac),
        () if holds(b"Speex") => Container::Foreign("Speex"),
        () if holds(b"\x80theora") => Container::Foreign("Theora video"),
        () => Container::Ogg(OggCodec::Vorbis),
    }
}

/// By the sync word alone: a file may be too short for a chain of frames.
fn mpeg_or_adts(head: &[u8]) -> Option<Container> {
    match *head.first_chunk()? {
        [0xff, second] if second & 0xf6 == 0xf0 => Some(Container::Adts),
        _ => mpeg::FrameHeader::parse(head).map(|_| Container::Mpeg),
    }
}
