//! Splits a container into packets.

use std::{io::Seek, path::Path};

use symphonia::core::{
    codecs::audio::AudioCodecParameters,
    formats::{
        FormatId, FormatOptions, FormatReader, Track, TrackType,
        probe::Hint,
        well_known::{
            FORMAT_ID_ADTS, FORMAT_ID_AIFF, FORMAT_ID_CAF, FORMAT_ID_FLAC, FORMAT_ID_ISOMP4, FORMAT_ID_MKV,
            FORMAT_ID_OGG,
        },
    },
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

use super::{
    guard::guarded,
    mpeg::MpegReader,
    stated::stated_codec,
    track::is_decoded,
    unsupported::{container_refused, damaged, is_known},
};

/// The error that symphonia gives for a block in Matroska that belongs to no track. It has read the block and
/// can go on.
pub(super) const OF_NO_TRACK: &str = "mkv: unvalid track number for block";

/// Opens a reader of the packets of the container.
pub(crate) fn demux(name: &Path, mut source: Source, found: &Found) -> Result<Box<dyn FormatReader>> {
    let stated = stated_codec(&mut source, found).map_err(|e| Error::io(name, e))?;
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
    let what = stated.clone().unwrap_or_else(|| format!("this variant of {}", found.container.name()));
    let (formats, tags) = (FormatOptions::default(), MetadataOptions::default());
    let format = guarded(|| probe.probe(&Hint::new(), stream, formats, tags))
        .map_err(|e| container_refused(name, &what, e))?;
    // Where symphonia does not accept the start of a file, it looks for other formats inside.
    if format_of(found.container) != Some(format.format_info().format) {
        return Err(damaged(name));
    }
    check_codec(name, format.as_ref(), stated.as_deref())?;
    Ok(format)
}

/// Returns what symphonia calls a container that it reads.
fn format_of(container: Container) -> Option<FormatId> {
    match container {
        Container::Flac => Some(FORMAT_ID_FLAC),
        Container::Ogg(_) => Some(FORMAT_ID_OGG),
        Container::Adts => Some(FORMAT_ID_ADTS),
        Container::Mp4 => Some(FORMAT_ID_ISOMP4),
        Container::Aiff => Some(FORMAT_ID_AIFF),
        Container::Caf => Some(FORMAT_ID_CAF),
        Container::Matroska => Some(FORMAT_ID_MKV),
        Container::Au | Container::Wav | Container::Mpeg | Container::Foreign(_) => None,
    }
}

/// Returns the track to decode and its codec: the one that is chosen before, or the first with a codec that
/// this build decodes, or else the one that the container puts first.
pub(crate) fn sound_track<'a>(
    name: &Path,
    format: &'a dyn FormatReader,
    chosen: Option<u32>,
) -> Result<(&'a Track, &'a AudioCodecParameters)> {
    let chosen = format.tracks().iter().find(|track| chosen == Some(track.id));
    let preferred = chosen.or_else(|| format.default_track(TrackType::Audio));
    let sound = |track: &'a Track| Some((track, track.codec_params.as_ref()?.audio()?));
    let mut tracks = preferred.into_iter().chain(format.tracks()).filter_map(sound);
    let known = tracks.clone().find(|(_, parameters)| is_decoded(parameters.codec));
    known.or_else(|| tracks.next()).ok_or_else(|| Error::NoAudioTrack { path: name.into() })
}

/// Refuses a container whose sound has no decoder, if the container names its codec and symphonia does not.
fn check_codec(name: &Path, format: &dyn FormatReader, stated: Option<&str>) -> Result<()> {
    let track = sound_track(name, format, None);
    let known = track.is_ok_and(|(_, codec)| is_decoded(codec.codec) || is_known(codec.codec));
    match stated.filter(|_| !known) {
        Some(codec) => Err(Error::unsupported(name, codec)),
        None => Ok(()),
    }
}

/// Returns the number of frames that a packet adds to the clip.
pub(crate) fn frames(packet: &Packet) -> u64 {
    packet.block_dur().get().saturating_sub(packet.trim_start.get())
}
