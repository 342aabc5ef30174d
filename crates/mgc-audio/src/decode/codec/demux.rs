//! Splits a container into packets.

use std::{io::Seek, path::Path};

use symphonia::core::{
    codecs::audio::AudioCodecParameters,
    errors::Error as StreamError,
    formats::{FormatOptions, FormatReader, Track, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream, ReadOnlySource},
    meta::MetadataOptions,
    packet::Packet,
};

use crate::{
    decode::{
        container::{Container, Found},
        source::Source,
    },
    error::{Error, Result},
};

use super::{guard::guarded, mpeg::MpegReader, track::is_decoded};

/// Opens a reader of the packets of the container.
pub(crate) fn demux(name: &Path, mut source: Source, found: &Found) -> Result<Box<dyn FormatReader>> {
    source.rewind().map_err(|e| Error::io(name, e))?;
    let source: Box<dyn MediaSource> = match found.container {
        Container::Mpeg => return Ok(Box::new(MpegReader::open(name, source, found)?)),
        // Passed on as not seekable, as symphonia would otherwise guess a length from some packets and stop
        // there.
        Container::Adts => Box::new(ReadOnlySource::new(source)),
        _ => Box::new(source),
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let probe = symphonia::default::get_probe();
    guarded(|| probe.probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default()))
        .map_err(|e| refused(name, e))
}

/// Returns the track to decode and its codec: the first with a codec that this build decodes, or else the one
/// that the container puts first.
pub(crate) fn sound_track<'a>(
    name: &Path,
    format: &'a dyn FormatReader,
) -> Result<(&'a Track, &'a AudioCodecParameters)> {
    let preferred = format.default_track(TrackType::Audio);
    let sound = |track: &'a Track| Some((track, track.codec_params.as_ref()?.audio()?));
    let mut tracks = preferred.into_iter().chain(format.tracks()).filter_map(sound);
    let known = tracks.clone().find(|(_, parameters)| is_decoded(parameters.codec));
    known.or_else(|| tracks.next()).ok_or_else(|| Error::NoAudioTrack { path: name.into() })
}

/// Converts symphonia's error on opening.
pub(super) fn refused(name: &Path, error: StreamError) -> Error {
    match error {
        StreamError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::malformed(name, "the file ends inside its header")
        }
        StreamError::IoError(e) if e.kind() == std::io::ErrorKind::InvalidInput => {
            Error::malformed(name, "its header points outside the file")
        }
        StreamError::IoError(e) => Error::io(name, e),
        StreamError::Unsupported(what) => Error::unsupported(name, what),
        other => Error::malformed(name, other.to_string()),
    }
}

/// Returns the number of frames that a packet adds to the clip.
pub(crate) fn frames(packet: &Packet) -> u64 {
    packet.block_dur().get().saturating_sub(packet.trim_start.get())
}
