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
                Ok(buffer) => mix.push(path, &buffer)?,
                Err(_) => mix.skipped += 1,
            },
            Ok(None) => break,
            Err(StreamError::ResetRequired) => track = Track::first(path, format.as_ref())?,
            // The container is damaged from here on, or ends inside a packet.
            Err(_) => {
                mix.skipped += 1;
                break;
            }
        }
    }
    mix.finish(path)
}

struct Track {
    id: u32,
    decoder: Box<dyn AudioDecoder>,
}

impl Track {
    fn first(path: &Path, format: &dyn FormatReader) -> Result<Self> {
        let none = || Error::NoAudioTrack { path: path.into() };
        let track = format.default_track(TrackType::Audio).ok_or_else(none)?;
        let parameters = track.codec_params.as_ref().and_then(|p| p.audio());
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters.ok_or_else(none)?, &AudioDecoderOptions::default())
            .map_err(|e| refused(path, e))?;
        Ok(Self { id: track.id, decoder })
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

/// The samples so far.
#[derive(Default)]
struct Mix {
    samples: Vec<f32>,
    sample_rate: Option<u32>,
    skipped: usize,
    interleaved: Vec<f32>,
}

impl Mix {
    fn push(&mut self, path: &Path, buffer: &GenericAudioBufferRef<'_>) -> Result<()> {
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
        self.samples.extend(self.interleaved.chunks_exact(channels).map(mean));
        Ok(())
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
