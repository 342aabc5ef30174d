//! Packets of a container to mono samples, through symphonia.

use std::path::Path;

use symphonia::core::{
    audio::GenericAudioBufferRef,
    codecs::audio::{AudioDecoder, AudioDecoderOptions},
    errors::Error as StreamError,
    formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
    io::{MediaSource, MediaSourceStream},
    meta::MetadataOptions,
};

use crate::{Clip, Error, Result};

/// More channels than any recording has; a header that states more is damaged.
pub(crate) const MAX_CHANNELS: u32 = 64;

/// Decodes the first audio track to the mean of its channels, without the delay and padding of its encoder.
pub(crate) fn decode(path: &Path, source: Box<dyn MediaSource>) -> Result<Clip> {
    let stream = MediaSourceStream::new(source, Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|e| refused(path, e))?;
    let mut track = Track::first(path, format.as_ref())?;
    let mut mix = Mix::default();
    loop {
        match format.next_packet() {
            Ok(Some(packet)) if packet.track_id != track.id => {}
            Ok(Some(packet)) => match track.decoder.decode(&packet) {
                Ok(buffer) => mix.push(path, &buffer, packet.trim_start.get())?,
                Err(_) => mix.skipped += 1,
            },
            Ok(None) => break,
            // The next stream of a chain, one behind the other in the same file.
            Err(StreamError::ResetRequired) => {
                mix.end_track(track.frames);
                track = Track::first(path, format.as_ref())?;
            }
            // The container is damaged from here on, or ends inside a packet.
            Err(_) => {
                mix.skipped += 1;
                break;
            }
        }
    }
    mix.end_track(track.frames);
    mix.finish(path)
}

struct Track {
    id: u32,
    /// Frames that the header promises, without delay and padding.
    frames: Option<u64>,
    decoder: Box<dyn AudioDecoder>,
}

impl Track {
    fn first(path: &Path, format: &dyn FormatReader) -> Result<Self> {
        let none = || Error::NoAudioTrack { path: path.into() };
        let track = format.default_track(TrackType::Audio).ok_or_else(none)?;
        let parameters = track.codec_params.as_ref().and_then(|p| p.audio());
        // Delay and padding are cut off in `Mix`: symphonia 0.6.1 also cuts inside a vorbis stream, where a page is stamped too early.
        let options = AudioDecoderOptions::default().gapless(false);
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters.ok_or_else(none)?, &options)
            .map_err(|e| refused(path, e))?;
        Ok(Self { id: track.id, frames: track.num_frames, decoder })
    }
}

/// What symphonia says when it will not begin.
fn refused(path: &Path, error: StreamError) -> Error {
    match error {
        StreamError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::malformed(path, "the file ends inside its header")
        }
        StreamError::IoError(e) => Error::io(path, e),
        StreamError::Unsupported(what) => Error::unsupported(path, what),
        other => Error::malformed(path, other.to_string()),
    }
}

/// The longest padding that an encoder appends, frames: one vorbis block. A longer surplus means that the header is wrong.
const MAX_PADDING: usize = 8192;

/// A stream may be shorter than promised by one mp3 packet: some encoders count the packet that holds the header.
const MISCOUNT: usize = 1152;

/// The samples so far.
#[derive(Default)]
struct Mix {
    samples: Vec<f32>,
    sample_rate: Option<u32>,
    skipped: usize,
    /// Where the current track begins in `samples`.
    track_start: usize,
    interleaved: Vec<f32>,
}

impl Mix {
    /// Appends a packet without its first `delay` frames.
    fn push(&mut self, path: &Path, buffer: &GenericAudioBufferRef<'_>, delay: u64) -> Result<()> {
        let (rate, channels) = (buffer.spec().rate(), buffer.spec().channels().count());
        if !(1..=MAX_CHANNELS as usize).contains(&channels) {
            return Err(Error::Channels {
                path: path.into(),
                channels: u32::try_from(channels).unwrap_or(u32::MAX),
            });
        }
        let first = *self.sample_rate.get_or_insert(rate);
        if first != rate {
            let reason = format!("the sample rate changes from {first} to {rate} Hz inside the file");
            return Err(Error::malformed(path, reason));
        }
        self.interleaved.clear();
        buffer.copy_to_vec_interleaved(&mut self.interleaved);
        let mean = |frame: &[f32]| frame.iter().sum::<f32>() / channels as f32;
        let delay = usize::try_from(delay).unwrap_or(usize::MAX);
        self.samples.extend(self.interleaved.chunks_exact(channels).skip(delay).map(mean));
        Ok(())
    }

    /// Cuts off the padding of the track and notes what it lacks of the frames that its header promises.
    fn end_track(&mut self, promised: Option<u64>) {
        let got = self.samples.len() - self.track_start;
        if let Some(promised) = promised.and_then(|frames| usize::try_from(frames).ok()) {
            if got > promised && got - promised <= MAX_PADDING {
                self.samples.truncate(self.track_start + promised);
            }
            if self.skipped == 0 && promised.saturating_sub(got) > MISCOUNT {
                self.skipped = 1;
            }
        }
        self.track_start = self.samples.len();
    }

    fn finish(self, path: &Path) -> Result<Clip> {
        match self.sample_rate {
            Some(sample_rate) => {
                Ok(Clip { samples: self.samples, sample_rate, skipped_packets: self.skipped })
            }
            None if self.skipped == 0 => Err(Error::Empty { path: path.into() }),
            None => Err(Error::malformed(path, "not one packet could be decoded")),
        }
    }
}
