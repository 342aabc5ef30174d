//! Recognises the format of a file by its content.

mod adts;
mod chain;
mod foreign;
mod mpeg;
mod ogg;
pub(crate) mod riff;

use std::path::Path;

use crate::{
    decode::{source::Source, tags::span},
    error::{Error, Result},
};
use chain::Chain;
use foreign::foreign;
pub(crate) use mpeg::FrameHeader;
pub(crate) use ogg::{first_stream, is_chained};

/// Bytes needed to recognise a format.
const HEAD: usize = 64;
/// More tags in a row than any file has.
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
    /// Bytes of junk among them.
    pub(crate) junk: u64,
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
    let at = |container, offset| Some(Found { container, offset, junk: 0 });
    let found = match Container::sniff(&head) {
        // symphonia reads the tags before these itself.
        Some(Container::Flac) => at(Container::Flac, 0),
        Some(Container::Adts) if adts::is_followed(source, start).map_err(|e| Error::io(name, e))? => {
            at(Container::Adts, 0)
        }
        // The two bytes of its sync word may be junk in front of an mp3.
        Some(Container::Adts) => mpeg_start(name, source, start)?.or_else(|| at(Container::Adts, 0)),
        Some(Container::Wav) => match riff::mpeg_data(source, start).map_err(|e| Error::io(name, e))? {
            Some(data) => mpeg_start(name, source, data)?.or_else(|| at(Container::Wav, start)),
            None => at(Container::Wav, start),
        },
        Some(Container::Ogg(_)) => at(ogg::recognise(source, start).map_err(|e| Error::io(name, e))?, start),
        Some(container) => at(container, start),
        None => mpeg_start(name, source, start)?,
    };
    match found {
        None if start > 0 => Err(Error::malformed(name, "a tag and no audio after it")),
        found => Ok(found),
    }
}

/// Returns the end of the ID3v2 and APE tags before the audio; some files have two.
pub(crate) fn end_of_tags(name: &Path, source: &mut Source) -> Result<u64> {
    let mut start = 0;
    for _ in 0..MAX_TAGS {
        let header = source.bytes_at(start, span::HEADER).map_err(|e| Error::io(name, e))?;
        let Some(length) = span::in_front(&header) else { break };
        start += length;
        if start > source.len() {
            return Err(Error::malformed(name, "its first tag claims more bytes than the file has"));
        }
    }
    Ok(start)
}

/// Recognises an mp3 by a chain of frames.
fn mpeg_start(name: &Path, source: &mut Source, start: u64) -> Result<Option<Found>> {
    let head = source.bytes_at(start, HEAD).map_err(|e| Error::io(name, e))?;
    let frame_at_once = FrameHeader::parse(&head).is_some();
    let junk = match chain::find(source, start).map_err(|e| Error::io(name, e))? {
        // Damaged near its start.
        Some((1.., _)) if frame_at_once => 0,
        Some((_, Chain::Free)) => {
            return Err(Error::unsupported(
                name,
                "mp3 in free format (of a bit rate outside the standard's table)",
            ));
        }
        Some((junk, Chain::Frames)) => junk,
        None if frame_at_once && source.len() - start < SHORT => 0,
        None => return Ok(None),
    };
    Ok(Some(Found { container: Container::Mpeg, offset: start + junk, junk }))
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
            () => foreign(head).map(Self::Foreign).or_else(|| adts::begins(head).then_some(Self::Adts))?,
        })
    }

    /// Returns the name of the format.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Au => ".au",
            Self::Wav => "wav",
            Self::Foreign(name) => name,
            _ => self.feature().map_or("this format", |(name, ..)| name),
        }
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
