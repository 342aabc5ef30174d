//! Recognises the format of a file by its content.

mod foreign;
mod mpeg;
mod ogg;

use std::path::Path;

use crate::{
    decode::source::Source,
    error::{Error, Result},
};
use foreign::foreign;

/// Bytes needed to recognise a format.
const HEAD: usize = 64;
/// How far into a file the first mp3 frame is searched for, bytes.
const JUNK: usize = 1 << 16;
/// More ID3 tags in a row than any file has.
const MAX_TAGS: usize = 16;
/// A file of fewer bytes may be shorter than a chain of mp3 frames.
const SHORT: u64 = 12_000;

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
    /// Recognised by name only: there is no decoder.
    Foreign(&'static str),
}

/// The codecs in ogg that this crate decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OggCodec {
    Vorbis,
    Flac,
    Opus,
}

impl OggCodec {
    /// As [`Container::feature`].
    fn feature(self) -> (&'static str, &'static str, bool) {
        match self {
            Self::Vorbis => ("ogg vorbis", "vorbis", cfg!(feature = "vorbis")),
            Self::Flac => ("flac in ogg", "vorbis", cfg!(feature = "vorbis")),
            Self::Opus => ("Opus", "opus", cfg!(feature = "opus")),
        }
    }

    fn is_compiled_in(self) -> bool {
        self.feature().2
    }
}

/// A format and where it begins.
pub(crate) struct Found {
    pub(crate) container: Container,
    /// Bytes of tags and junk to skip.
    pub(crate) offset: u64,
}

/// Returns the container, if this build can decode it.
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
    let start = end_of_tags(name, source)?;
    let head = source.bytes_at(start, HEAD).map_err(|e| Error::io(name, e))?;
    let found = match Container::sniff(&head) {
        // symphonia reads the tags before these itself.
        Some(container @ (Container::Flac | Container::Adts)) => Some(Found { container, offset: 0 }),
        Some(Container::Ogg(_)) => {
            let container = ogg::recognise(source, start).map_err(|e| Error::io(name, e))?;
            Some(Found { container, offset: start })
        }
        Some(container) => Some(Found { container, offset: start }),
        None => mpeg_start(name, source, start, &head)?,
    };
    match found {
        None if start > 0 => Err(Error::malformed(name, "an ID3 tag and no audio after it")),
        found => Ok(found),
    }
}

/// Returns the end of the ID3v2 tags before the audio; some files have two.
fn end_of_tags(name: &Path, source: &mut Source) -> Result<u64> {
    let mut start = 0;
    for _ in 0..MAX_TAGS {
        let header = source.array_at::<10>(start).map_err(|e| Error::io(name, e))?;
        let Some(header) = header.filter(|header| header.starts_with(b"ID3")) else { break };
        start += id3_length(header);
        if start > source.len() {
            return Err(Error::malformed(name, "its ID3 tag claims more bytes than the file has"));
        }
    }
    Ok(start)
}

/// Recognises an mp3 by a chain of frames near its start.
fn mpeg_start(name: &Path, source: &mut Source, start: u64, head: &[u8]) -> Result<Option<Found>> {
    let window = source.bytes_at(start, JUNK).map_err(|e| Error::io(name, e))?;
    let frame_at_once = mpeg::FrameHeader::parse(head).is_some();
    let offset = match mpeg::find_frames(&window) {
        Some(0) => 0,                  // symphonia reads the tags before it
        Some(_) if frame_at_once => 0, // damaged near its start
        Some(junk) => start + junk as u64,
        None if frame_at_once && source.len() - start < SHORT => 0,
        None => return Ok(None),
    };
    Ok(Some(Found { container: Container::Mpeg, offset }))
}

/// Bytes of an ID3v2 tag with its header: 28 bits, 7 in each byte.
fn id3_length(header: [u8; 10]) -> u64 {
    let [.., flags, a, b, c, d] = header;
    let body = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    10 + body + footer
}

impl Container {
    /// Recognises a format by its first bytes; `None` if they match none.
    fn sniff(head: &[u8]) -> Option<Self> {
        let at =
            |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|bytes| bytes.starts_with(magic));
        Some(match () {
            () if at(0, b".snd") => Self::Au,
            () if (at(0, b"RIFF") || at(0, b"RF64") || at(0, b"BW64")) && at(8, b"WAVE") => Self::Wav,
            () if at(0, b"riff") && at(24, b"wave") => Self::Wav,
            () if at(0, b"fLaC") => Self::Flac,
            () if at(0, b"OggS") => Self::Ogg(OggCodec::Vorbis), // told apart by its streams
            () if at(4, b"ftyp") => Self::Mp4,
            () if at(0, b"FORM") && at(8, b"AIF") => Self::Aiff,
            () if at(0, b"caff") => Self::Caf,
            () if at(0, b"\x1a\x45\xdf\xa3") => Self::Matroska,
            () => foreign(head).map(Self::Foreign).or_else(|| is_adts(head).then_some(Self::Adts))?,
        })
    }

    /// Returns the name of the format, the cargo feature that decodes it, and whether that is compiled in.
    fn feature(self) -> Option<(&'static str, &'static str, bool)> {
        match self {
            Self::Mpeg => Some(("mp3", "mp3", cfg!(feature = "mp3"))),
            Self::Flac => Some(("flac", "flac", cfg!(feature = "flac"))),
            Self::Ogg(codec) => Some(codec.feature()),
            Self::Adts => Some(("AAC", "aac", cfg!(feature = "aac"))),
            Self::Mp4 => Some(("MP4/M4A", "aac", cfg!(any(feature = "aac", feature = "alac")))),
            Self::Aiff => Some(("AIFF", "aiff", cfg!(feature = "aiff"))),
            Self::Caf => Some(("CAF", "caf", cfg!(feature = "caf"))),
            Self::Matroska => Some(("Matroska/WebM", "mkv", cfg!(feature = "mkv"))),
            Self::Au | Self::Wav | Self::Foreign(_) => None,
        }
    }
}

/// Whether the bytes begin with the sync word of AAC in ADTS.
fn is_adts(head: &[u8]) -> bool {
    matches!(*head, [0xff, second, ..] if second & 0xf6 == 0xf0)
}
