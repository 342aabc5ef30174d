//! How many frames of a track are audio, as its container states it.

use std::{path::Path, time::Duration};

use symphonia::core::{
    codecs::audio::{AudioCodecParameters, well_known::CODEC_ID_OPUS},
    formats::{FormatReader, Track},
};

use crate::{
    decode::{
        container::{Container, Found},
        source::Source,
        time::seconds,
    },
    error::Result,
};

use super::{
    mp4::{self, Edit},
    mpeg::is_mpeg,
};

/// Reads the edit list of an MP4; `None` for other containers.
pub(crate) fn edit(name: &Path, source: &mut Source, found: &Found) -> Result<Option<Edit>> {
    match found.container {
        Container::Mp4 => mp4::edit(name, source).map(Some),
        _ => Ok(None),
    }
}

/// Frames of a track that are delay or padding, and those that are audio.
pub(crate) struct Extent {
    /// Frames before the audio that symphonia does not drop.
    pub(crate) delay: u64,
    /// Frames that the header states, without delay and padding.
    pub(crate) promised: Option<u64>,
    /// Whether the track holds more frames, which are dropped.
    pub(crate) cut: bool,
    /// Frames of padding at the end, where the header states that.
    pub(crate) padding: Option<u64>,
}

impl Extent {
    pub(crate) fn new(track: &Track, parameters: &AudioCodecParameters, edit: Option<&Edit>) -> Self {
        let rate = parameters.sample_rate.unwrap_or(0);
        let delay = edit.map_or_else(|| pre_skip(parameters), |edit| edit.delay(rate));
        // A length of 0 means that it is stated elsewhere (fragmented MP4).
        let frames = track.num_frames.filter(|frames| *frames > 0).map(|frames| frames.saturating_sub(delay));
        // MP4 counts in milliseconds: an edit slightly shorter than the track means all of it.
        let edited = edit.and_then(|edit| edit.shown(rate)).map(|shown| shown + EDIT_SLACK);
        let cut = frames.zip(edited).filter(|(frames, edited)| frames > edited);
        let promised = cut.map(|(_, edited)| edited - EDIT_SLACK).or(frames);
        let padding = track.padding.filter(|_| is_mpeg(parameters.codec)).map(u64::from);
        Self { delay, promised, cut: cut.is_some(), padding }
    }
}

/// The padding of two AAC packets, frames.
const EDIT_SLACK: u64 = 2048;

/// Returns the delay at the start of an Opus stream, frames: bytes 10 and 11 of its header.
fn pre_skip(parameters: &AudioCodecParameters) -> u64 {
    let header = parameters.extra_data.as_ref().filter(|_| parameters.codec == CODEC_ID_OPUS);
    header.and_then(|header| header.get(10..12)).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]).into())
}

/// Returns the length as the container states it: that of the track, or else that of the file.
pub(crate) fn declared_duration(
    format: &dyn FormatReader,
    promised: Option<u64>,
    sample_rate: u32,
) -> Option<Duration> {
    if let Some(frames) = promised {
        return seconds(frames, sample_rate);
    }
    let media = format.media_info();
    let stated = media.duration.zip(media.time_base).and_then(|(ticks, base)| base.calc_duration(ticks));
    let nanos = stated.and_then(|time| u64::try_from(time.as_nanos()).ok());
    nanos.filter(|nanos| *nanos > 0).map(Duration::from_nanos)
}
