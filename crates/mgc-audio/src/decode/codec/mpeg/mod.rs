//! Splits a stream of MPEG audio into frames, whatever lies between them.
//!
//! A file may be several files joined: with tags and length headers in the middle, of other channels, of
//! another sample rate. So the frames decide where the sound is and how long.

mod decoder;
mod length;
mod window;

use std::{io, path::Path};

use symphonia::core::{
    codecs::{
        CodecParameters,
        audio::{
            AudioCodecId, AudioCodecParameters,
            well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3},
        },
    },
    errors::{Result as StreamResult, SeekErrorKind, seek_error},
    formats::{
        FormatInfo, FormatReader, MediaInfo, SeekMode, SeekTo, SeekedTo, Track, well_known::FORMAT_ID_MP3,
    },
    io::MediaSourceStream,
    meta::{Metadata, MetadataLog},
    packet::{Packet, PacketBuilder},
    units::{Duration, Timestamp},
};

use super::{demux::frames, extent::Extent, padding::PaddingGate, rate::FrameCount};
use crate::{
    decode::{
        container::{Found, FrameHeader},
        source::Source,
        tags::span::{self, Trailer},
    },
    error::{Error, Result},
};
pub(super) use decoder::MpegDecoder;
use length::StatedLength;
use window::Window;

/// Bytes of a frame header.
const HEADER: usize = 4;
/// The longest frame, bytes.
const MAX_FRAME: usize = 2881;
/// A length header behind more junk than this is sound, as it is to ffmpeg.
const MAX_JUNK: u64 = 1 << 16;
/// A stream that is longer by this part than its header states is one of several.
const JOINED: u64 = 16;

const INFO: FormatInfo =
    FormatInfo { format: FORMAT_ID_MP3, short_name: "mp3", long_name: "MPEG audio elementary stream" };

/// Whether frames of this codec have an MPEG audio header.
pub(crate) fn is_mpeg(codec: AudioCodecId) -> bool {
    [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&codec)
}

/// Returns the frames that a stream of MPEG audio decodes to.
pub(crate) fn mpeg_frames(format: &mut dyn FormatReader, extent: &Extent) -> u64 {
    let mut count = FrameCount::default();
    while let Ok(Some(packet)) = format.next_packet() {
        if let Some(header) = FrameHeader::parse(&packet.data) {
            count.add(header.sample_rate, frames(&packet));
        }
    }
    let mut gate = PaddingGate::of(extent);
    gate.jump(count.total());
    gate.kept_frames()
}

/// Returns the codec of a layer.
fn codec(layer: u8) -> AudioCodecId {
    match layer {
        1 => CODEC_ID_MP1,
        2 => CODEC_ID_MP2,
        _ => CODEC_ID_MP3,
    }
}

/// Reads the frames of a stream that begins with one.
pub(super) struct MpegReader {
    window: Window,
    /// First byte of the tags at the end.
    end: u64,
    /// First byte that has not been read.
    position: u64,
    /// The last frame.
    last: FrameHeader,
    /// Whether a tag lies between the last frame and the position.
    after_tag: bool,
    /// Samples of the encoder's delay still to be dropped.
    delay: u64,
    /// Samples in the frames so far.
    time: u64,
    tracks: [Track; 1],
    media: MediaInfo,
    metadata: MetadataLog,
}

impl MpegReader {
    pub(super) fn open(name: &Path, source: Source, found: &Found) -> Result<Self> {
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
        Ok(Self {
            window,
            end,
            position: start + stated.map_or(0, |_| header.length() as u64),
            last: header,
            after_tag: false,
            delay: stated.map_or(0, |stated| stated.delay.into()),
            time: 0,
            media: MediaInfo::from_track(&track),
            tracks: [track],
            metadata: MetadataLog::default(),
        })
    }

    /// Moves to the next frame and returns its header; `None` at the end.
    fn next_frame(&mut self) -> io::Result<Option<FrameHeader>> {
        while self.position < self.end {
            let bytes = self.window.at(self.position, span::HEADER)?;
            let header = FrameHeader::parse(bytes);
            let behind_tag = span::between(bytes).map(|length| self.position + length);
            match header {
                Some(header) if self.is_frame(&header, true)? => return Ok(Some(header)),
                _ => {}
            }
            match behind_tag.filter(|next| *next <= self.end) {
                Some(next) => (self.position, self.after_tag) = (next, true),
                None => self.resynchronise()?,
            }
        }
        Ok(None)
    }

    /// Whether a header at the position is that of a frame. One that continues the stream is one at once;
    /// others have to be followed by their like.
    fn is_frame(&mut self, header: &FrameHeader, in_sequence: bool) -> io::Result<bool> {
        let next = self.position + header.length() as u64;
        if next > self.end {
            return Ok(false);
        }
        let continues = header.same_stream(&self.last);
        if (in_sequence && continues && !self.after_tag) || next == self.end {
            return Ok(in_sequence || continues);
        }
        let after = self.window.at(next, span::HEADER)?;
        let followed = FrameHeader::parse(after).is_some_and(|after| after.same_stream(header));
        Ok(followed || (continues && span::between(after).is_some()))
    }

    /// Moves past junk to the next frame, tag or the end.
    fn resynchronise(&mut self) -> io::Result<()> {
        self.position += 1;
        while self.position < self.end {
            let bytes = self.window.at(self.position, span::HEADER)?;
            let begins = |byte: &u8| matches!(byte, 0xff | b'A' | b'I' | b'T');
            self.position += bytes.iter().position(begins).unwrap_or(bytes.len().max(1)) as u64;
            let bytes = self.window.at(self.position, span::HEADER)?;
            let header = FrameHeader::parse(bytes);
            let tag = span::between(bytes).is_some_and(|length| self.position + length <= self.end);
            let frame = header.map(|header| self.is_frame(&header, false)).transpose()?.unwrap_or(false);
            if frame || tag {
                return Ok(());
            }
            self.position += 1;
        }
        Ok(())
    }

    fn packet(&mut self, header: FrameHeader) -> io::Result<Packet> {
        let data = self.data(&header)?;
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
        self.position += header.length() as u64;
        self.last = FrameHeader::parse(&packet.data).unwrap_or(header);
        self.after_tag = false;
        Ok(packet)
    }

    /// Returns the bytes of the frame at the position; of one whose header is damaged, only a header.
    fn data(&mut self, header: &FrameHeader) -> io::Result<Vec<u8>> {
        let damaged = self.is_alone(header)?;
        let mono = self.last.channels == 1;
        let data = self.window.at(self.position, header.length())?;
        let mut data = data[..header.length().min(data.len())].to_vec();
        if damaged {
            data.truncate(HEADER);
            let mode = |byte: &mut u8| *byte = if mono { *byte | 0xc0 } else { *byte & 0x3f };
            data.get_mut(3).map(mode);
        }
        Ok(data)
    }

    /// Whether the number of channels changes for this frame only: its header is damaged.
    fn is_alone(&mut self, header: &FrameHeader) -> io::Result<bool> {
        if header.channels == self.last.channels {
            return Ok(false);
        }
        let next = FrameHeader::parse(self.window.at(self.position + header.length() as u64, span::HEADER)?);
        Ok(next.is_some_and(|next| next.same_stream(&self.last) && next.channels == self.last.channels))
    }

    /// Whether the frame at the position only states the length of what follows. Behind a tag it is dropped;
    /// where it follows a frame it is a frame of silence, as it is to ffmpeg.
    fn is_length_behind_tag(&mut self, header: &FrameHeader) -> io::Result<bool> {
        let frame = self.window.at(self.position, header.length())?;
        Ok(self.after_tag && StatedLength::parse(frame, header).is_some())
    }
}

/// Returns the place of the first frame that another of its kind follows: bytes at the start may look like
/// one.
fn first_frame(window: &mut Window) -> io::Result<u64> {
    for place in 0..MAX_JUNK {
        let bytes = window.at(place, HEADER)?;
        if bytes.is_empty() {
            break;
        }
        let Some(header) = FrameHeader::parse(bytes) else { continue };
        let next = window.at(place + header.length() as u64, HEADER)?;
        let follows = |next: FrameHeader| next.same_stream(&header) && next.channels == header.channels;
        if next.len() < HEADER || FrameHeader::parse(next).is_some_and(follows) {
            return Ok(place);
        }
    }
    Ok(0)
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
        .with_channels(decoder::channels(header));
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
        while let Some(header) = self.next_frame()? {
            if !self.is_length_behind_tag(&header)? {
                return Ok(Some(self.packet(header)?));
            }
            self.position += header.length() as u64;
            self.after_tag = false;
            self.last = header;
        }
        Ok(None)
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        MediaSourceStream::new(Box::new(self.window.into_source()), Default::default())
    }
}
