//! Codec, duration and tags of a file, without decoding it.

use std::{path::Path, time::Duration};

use symphonia::core::formats::FormatReader;

use crate::{
    clip::Clip,
    decode::tags::Tags,
    error::{Error, Result},
};

use super::{
    codec::{
        Extent, Facts, Packets, codec_name, corrected, declared_duration, demux, frames, guarded,
        mpeg_frames, refuse_undecodable, sound_track,
    },
    container::{self, Container, Found},
    pcm::{self, Layout, Pcm},
    source::Source,
    time::seconds,
};

/// Codec, sample rate, channels, duration and tags of a music file, from [`probe`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AudioInfo {
    /// Short name of the codec, as ffmpeg's: `mp3`, `flac`, `vorbis`, `aac`, `pcm_s16le`.
    pub codec: String,
    /// Sample rate, Hz.
    pub sample_rate: u32,
    /// Number of channels. [`decode`](crate::decode) returns their mean.
    pub channels: u32,
    /// Length as the header states it, or else the sum of the packets; `None` if neither is known. Always the
    /// sum for mp3. Another truncated file may be shorter than its header states.
    pub duration: Option<Duration>,
    /// Title, artist, album and genre.
    pub tags: Tags,
}

/// Reads codec, sample rate, channels, duration and tags of a music file without decoding it.
///
/// Only mp3, plain ADTS, and ogg that was cut off or is a chain of streams are read to their end, to count
/// their packets: an mp3 may be several files, one behind the other, and the header of the first knows
/// nothing of the others.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("song.wav");
/// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.5; 8000], 8000))?;
/// let info = mgc_audio::probe(&path)?;
/// assert_eq!((info.codec.as_str(), info.sample_rate, info.channels), ("pcm_s16le", 8000, 1));
/// # Ok::<(), mgc_audio::Error>(())
/// ```
///
/// # Errors
/// As [`decode`](crate::decode), as far as the errors show without decoding.
pub fn probe(path: impl AsRef<Path>) -> Result<AudioInfo> {
    let path = path.as_ref();
    let mut source = Source::open(path)?;
    let found = container::recognise(path, &mut source)?;
    let mut source = source.without_start(found.offset);
    let info = match pcm::layout(path, &mut source, found.container)? {
        // The own reader of AIFF passes over its tags.
        Some((layout, _)) if found.container == Container::Aiff => {
            of_pcm(path, source, layout, tags_of_container(path, &found))?
        }
        Some((layout, tags)) => of_pcm(path, source, layout, tags)?,
        None => of_packets(path, source, &found)?,
    };
    match Clip::SAMPLE_RATES.contains(&info.sample_rate) {
        true => Ok(info),
        false => Err(Error::FileSampleRate { path: path.into(), rate: info.sample_rate }),
    }
}

fn of_pcm(path: &Path, source: Source, layout: Layout, tags: Tags) -> Result<AudioInfo> {
    let frames = Pcm::new(path, source, layout)?.frames();
    if frames == 0 {
        return Err(Error::Empty { path: path.into() });
    }
    let tags = tags_around(path, tags)?;
    Ok(AudioInfo {
        codec: layout.encoding.name(),
        sample_rate: layout.sample_rate,
        channels: layout.channels,
        duration: seconds(frames, layout.sample_rate),
        tags,
    })
}

fn of_packets(path: &Path, mut source: Source, found: &Found) -> Result<AudioInfo> {
    let facts = Facts::examine(path, &mut source, found)?;
    let mut format = demux(path, source, found).map_err(|e| facts.explain(path, e))?;
    let (track, codec) =
        sound_track(path, format.as_ref(), facts.track).map_err(|e| facts.explain(path, e))?;
    let codec = &corrected(codec, &facts);
    let (id, extent) = (track.id, Extent::new(track, codec, &facts));
    let (rate, channels) = (codec.sample_rate.unwrap_or(0), codec.channels.as_ref().map_or(0, |c| c.count()));
    let name = codec_name(path, codec.codec)?.to_owned();
    let ahead = refuse_undecodable(path, format.as_mut(), &facts)?.iter().map(frames).sum::<u64>();
    let duration = match (declared_duration(format.as_ref(), extent.stated, rate), found.container) {
        (_, Container::Mpeg) => seconds(mpeg_frames(format.as_mut(), &extent), rate),
        (None, Container::Adts | Container::Caf) => seconds(ahead + count(format.as_mut(), id), rate),
        (declared, Container::Ogg(_)) if declared.is_none() || is_chained(path, found)? => {
            seconds(Packets::open(path, opened(path, found)?, found)?.count(path)?, rate)
        }
        (declared, _) => declared,
    };
    let tags = tags_around(path, Tags::from_symphonia(format.metadata()))?;
    let channels = u32::try_from(channels).unwrap_or(u32::MAX);
    Ok(AudioInfo { codec: name, sample_rate: rate, channels, duration, tags })
}

/// Frames of all packets.
fn count(format: &mut dyn FormatReader, track: u32) -> u64 {
    let mut total = 0;
    while let Ok(Some(packet)) = guarded(|| format.next_packet()) {
        if packet.track_id == track {
            total += frames(&packet);
        }
    }
    total
}

fn opened(path: &Path, found: &Found) -> Result<Source> {
    Source::open(path).map(|source| source.without_start(found.offset))
}

fn is_chained(path: &Path, found: &Found) -> Result<bool> {
    container::is_chained(&mut opened(path, found)?).map_err(|e| Error::io(path, e))
}

/// Reads the tags that symphonia finds in a container; none where it does not open it.
fn tags_of_container(path: &Path, found: &Found) -> Tags {
    let format = opened(path, found).and_then(|source| demux(path, source, found));
    format.map(|mut format| Tags::from_symphonia(format.metadata())).unwrap_or_default()
}

/// Adds what the tags in front of the sound and behind it say to those that the container holds.
fn tags_around(path: &Path, mut tags: Tags) -> Result<Tags> {
    let mut source = Source::open(path)?;
    let read = tags.fill_from_front(&mut source).and_then(|()| tags.fill_from_end(&mut source));
    read.map_err(|e| Error::io(path, e)).map(|()| tags)
}
