//! Reads a stream as symphonia's readers do: what its first frame states, and one packet per frame.

use std::{io, path::Path};

use symphonia::core::{
    codecs::{CodecParameters, audio::AudioCodecParameters},
    errors::{Result as StreamResult, SeekErrorKind, seek_error},
    formats::{
        FormatInfo, FormatReader, MediaInfo, SeekMode, SeekTo, SeekedTo, Track, well_known::FORMAT_ID_MP3,
    },
    io::MediaSourceStream,
    meta::{Metadata, MetadataLog},
    packet::{Packet, PacketBuilder},
    units::{Duration, Timestamp},
};

use super::{
    codec,
    decoder::channels,
    frames::{Frames, MAX_JUNK, first_frame},
    length::StatedLength,
    window::Window,
};
use crate::{
    decode::{
        container::{Found, FrameHeader},
        source::Source,
        tags::span::Trailer,
    },
    error::{Error, Result},
};

/// The longest frame, bytes.
const MAX_FRAME: usize = 2881;
/// A stream that is longer by this part than its header states is one of several.
const JOINED: u64 = 16;

const INFO: FormatInfo =
    FormatInfo { format: FORMAT_ID_MP3, short_name: "mp3", long_name: "MPEG audio elementary stream" };

/// Reads the frames of a stream that begins with one.
pub(crate) struct MpegReader {
    frames: Frames,
    /// Samples of the encoder's delay still to be dropped.
    delay: u64,
    /// Samples in the frames so far.
    time: u64,
    tracks: [Track; 1],
    media: MediaInfo,
    metadata: MetadataLog,
}

impl MpegReader {
    pub(crate) fn open(name: &Path, source: Source, found: &Found) -> Result<Self> {
        let mut window = Window::new(source);
        let start = first_frame(&mut window).map_err(|e| Error::io(name, e))?;
        let first = window.at(start, MAX_FRAME).map_err(|e| Error::io(name, e))?;
        let header = FrameHeader::parse(first).ok_or_else(|| Error::malformed(name, "no mp3 frame"))?;
        if let Some(what) = header.ruled_out() {
            return Err(Error::unsupported(name, what));
        }
        let stated = Some(first).filter(|_| found.junk <= MAX_JUNK);
        let stated = stated.and_then(|frame| StatedLength::parse(frame.get(..header.length())?, &header));
        let end = Trailer::find(window.source()).map_err(|e| Error::io(name, e))?.start.max(start);
        let track = track(&header, stated.filter(|stated| !is_joined(stated, end - start)).as_ref());
        let position = start + stated.map_or(0, |_| header.length() as u64);
        Ok(Self {
            frames: Frames::new(window, [position, end], header),
            delay: stated.map_or(0, |stated| stated.delay.into()),
            time: 0,
            media: MediaInfo::from_track(&track),
            tracks: [track],
            metadata: MetadataLog::default(),
        })
    }

    fn packet(&mut self, header: FrameHeader) -> io::Result<Packet> {
        let data = self.frames.data(&header)?;
        let trimmed = self.delay.min(header.samples());
        let packet = PacketBuilder::new()
            .track_id(0)
            .pts(Timestamp::try_from(self.time).unwrap_or(Timestamp::MAX))
            .dur(Duration::new(header.samples() - trimmed))
            .trim_start(Duration::new(trimmed))
            .data(data)
            .build();
        self.delay -= trimmed;
        self.time += header.samples();
        self.frames.pass(&header, FrameHeader::parse(&packet.data).unwrap_or(header));
        Ok(packet)
    }
}

/// Whether the stream goes on behind its stated end: several files, one behind the other.
fn is_joined(stated: &StatedLength, end: u64) -> bool {
    stated.bytes.map(u64::from).is_some_and(|bytes| end.saturating_sub(bytes) > bytes / JOINED)
}

fn track(header: &FrameHeader, stated: Option<&StatedLength>) -> Track {
    let mut parameters = AudioCodecParameters::new();
    parameters
        .for_codec(codec(header.layer))
        .with_sample_rate(header.sample_rate)
        .with_channels(channels(header));
    let mut track = Track::new(0);
    track.with_codec_params(CodecParameters::Audio(parameters));
    if let Some(stated) = stated {
        track.with_padding(stated.padding);
        stated.samples(header).map(|samples| track.with_num_frames(samples));
    }
    track
}

impl FormatReader for MpegReader {
    fn format_info(&self) -> &FormatInfo {
        &INFO
    }

    fn media_info(&self) -> &MediaInfo {
        &self.media
    }

    fn metadata(&mut self) -> Metadata<'_> {
        self.metadata.metadata()
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    /// Frames are only read in their order.
    fn seek(&mut self, _: SeekMode, _: SeekTo) -> StreamResult<SeekedTo> {
        seek_error(SeekErrorKind::Unseekable)
    }

    fn next_packet(&mut self) -> StreamResult<Option<Packet>> {
        while let Some(header) = self.frames.next_frame()? {
            if !self.frames.is_length_behind_tag(&header)? {
                return Ok(Some(self.packet(header)?));
            }
            self.frames.pass(&header, header);
        }
        Ok(None)
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        MediaSourceStream::new(Box::new(self.frames.into_window().into_source()), Default::default())
    }
}
