//! Which format a file is in, by its first bytes.

/// Bytes that [`Container::sniff`] wants to see.
pub(crate) const HEAD: usize = 64;

/// A format that is recognised by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Au,
    Wav,
    Mp3,
    Flac,
    Vorbis,
    /// Recognised, to be able to name it, but not decoded.
    Foreign(&'static str),
}

impl Container {
    /// `None` where the bytes are of no format known here.
    pub(crate) fn sniff(head: &[u8]) -> Option<Self> {
        let at =
            |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|bytes| bytes.starts_with(magic));
        Some(match () {
            () if at(0, b".snd") => Self::Au,
            () if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") => Self::Wav,
            () if at(0, b"fLaC") => Self::Flac,
            () if at(0, b"ID3") => Self::Mp3,
            () if at(0, b"OggS") => ogg(head),
            () if at(4, b"ftyp") => Self::Foreign("MP4/M4A (AAC or ALAC)"),
            () if at(0, b"FORM") && at(8, b"AIF") => Self::Foreign("AIFF"),
            () if at(0, b"caff") => Self::Foreign("CAF"),
            () if at(0, b"riff") => Self::Foreign("Sony Wave64"),
            () if at(0, b"\x1a\x45\xdf\xa3") => Self::Foreign("Matroska/WebM"),
            () => mpeg(head)?,
        })
    }

    /// Name of the format, name of the cargo feature that decodes it, and whether that is compiled in.
    pub(crate) fn feature(self) -> Option<(&'static str, &'static str, bool)> {
        match self {
            Self::Wav => Some(("wav", "wav", cfg!(feature = "wav"))),
            Self::Mp3 => Some(("mp3", "mp3", cfg!(feature = "mp3"))),
            Self::Flac => Some(("flac", "flac", cfg!(feature = "flac"))),
            Self::Vorbis => Some(("ogg vorbis", "vorbis", cfg!(feature = "vorbis"))),
            Self::Au | Self::Foreign(_) => None,
        }
    }
}

/// The codec of an ogg stream: its first packet starts behind the first page header.
fn ogg(head: &[u8]) -> Container {
    let holds = |magic: &[u8]| head.windows(magic.len()).any(|bytes| bytes == magic);
    match () {
        () if holds(b"OpusHead") => Container::Foreign("Opus"),
        () if holds(b"Speex   ") => Container::Foreign("Speex"),
        () if holds(b"\x7fFLAC") => Container::Foreign("FLAC in ogg"),
        () if holds(b"\x80theora") => Container::Foreign("Theora video"),
        () => Container::Vorbis,
    }
}

/// MPEG audio frame header: 11 bits of sync, then version and layer.
fn mpeg(head: &[u8]) -> Option<Container> {
    let &[first, second, ..] = head else {
        return None;
    };
    if first != 0xff || second & 0xe0 != 0xe0 {
        return None;
    }
    match (second >> 1) & 0b11 {
        0b01 => Some(Container::Mp3),
        0b10 => Some(Container::Foreign("MPEG layer II")),
        0b11 => Some(Container::Foreign("MPEG layer I")),
        _ => (second & 0xf0 == 0xf0).then_some(Container::Foreign("AAC (ADTS)")),
    }
}
