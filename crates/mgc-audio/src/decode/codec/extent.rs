//! How many frames of a track are audio, as its container states it.

use std::time::Duration;

use symphonia::core::{
    codecs::audio::{AudioCodecParameters, well_known::CODEC_ID_OPUS},
    formats::{FormatReader, Track},
};

use crate::decode::time::seconds;

use super::{facts::Facts, mpeg::is_mpeg};

/// Frames of a track that are delay or padding, and those that are audio.
pub(crate) struct Extent {
    /// Frames before the audio that symphonia does not drop.
    pub(crate) delay: u64,
    /// Frames that the header states, without delay and padding.
    pub(crate) promised: Option<u64>,
    /// Frames that all headers together state: the length that is told.
    pub(crate) stated: Option<u64>,
    /// Whether the track holds more frames, which are dropped.
    pub(crate) cut: bool,
    /// Frames of padding at the end, where the header states that.
    pub(crate) padding: Option<u64>,
}

impl Extent {
    pub(crate) fn new(track: &Track, parameters: &AudioCodecParameters, facts: &Facts) -> Self {
        let rate = parameters.sample_rate.unwrap_or(0);
        let movie = facts.movie.as_ref();
        let mp4 = movie.is_some();
        let delay = movie.and_then(|movie| movie.delay(rate)).unwrap_or_else(|| pre_skip(parameters, mp4));
        let fragments = movie.and_then(|movie| movie.fragments(rate));
        // The header of a fragmented MP4 states another length than that of its fragments, or none.
        let is_whole = |frames: &u64| {
            *frames > 0 && fragments.is_none_or(|all| frames.saturating_add(EDIT_SLACK) >= all)
        };
        let frames = frames(track, rate).filter(is_whole).map(|frames| frames.saturating_sub(delay));
        // MP4 counts in milliseconds: an edit slightly shorter than the track means all of it.
        let edited = movie.and_then(|movie| movie.shown(rate)).map(|shown| shown.saturating_add(EDIT_SLACK));
        let cut = frames.zip(edited).filter(|(frames, edited)| frames > edited);
        let promised = cut.map(|(_, edited)| edited - EDIT_SLACK).or(frames);
        let padding = track.padding.filter(|_| is_mpeg(parameters.codec)).map(u64::from);
        let stated = promised.or(fragments.map(|frames| frames.saturating_sub(delay)));
        Self { delay, promised, stated, cut: cut.is_some(), padding }
    }
}

/// Returns the frames of a track by its header, with delay and padding.
fn frames(track: &Track, rate: u32) -> Option<u64> {
    let counted = track.time_base.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == rate);
    track.num_frames.or_else(|| track.duration.filter(|_| counted).map(|ticks| ticks.get()))
}

/// The padding of two AAC packets, frames.
const EDIT_SLACK: u64 = 2048;

/// Returns the delay at the start of an Opus stream, frames: bytes 10 and 11 of its header, in MP4 swapped.
fn pre_skip(parameters: &AudioCodecParameters, mp4: bool) -> u64 {
    let header = parameters.extra_data.as_ref().filter(|_| parameters.codec == CODEC_ID_OPUS);
    header.and_then(|header| header.get(10..12)).map_or(0, |b| {
        let order = if mp4 { u16::from_be_bytes } else { u16::from_le_bytes };
        order([b[0], b[1]]).into()
    })
}

/// Returns the length as the container states it: that of the track, or else that of the file.
pub(crate) fn declared_duration(
    format: &dyn FormatReader,
    stated: Option<u64>,
    sample_rate: u32,
) -> Option<Duration> {
    if let Some(frames) = stated {
        return seconds(frames, sample_rate);
    }
    let media = format.media_info();
    let stated = media.duration.zip(media.time_base).and_then(|(ticks, base)| base.calc_duration(ticks));
    let nanos = stated.and_then(|time| u64::try_from(time.as_nanos()).ok());
    nanos.filter(|nanos| *nanos > 0).map(Duration::from_nanos)
}
