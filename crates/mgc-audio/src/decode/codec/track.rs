//! The audio track that is decoded.

use std::{path::Path, time::Duration};

use symphonia::core::{
    codecs::audio::{
        AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
        well_known::{CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW, CODEC_ID_VORBIS},
    },
    errors::{Error as StreamError, Result as StreamResult},
    formats::FormatReader,
    packet::Packet,
};

use crate::error::Result;

use super::{
    demux::sound_track,
    extent::{Extent, declared_duration},
    facts::Facts,
    guard::{BROKE_DOWN, guarded},
    matroska::Ending,
    mpeg::{MpegDecoder, is_mpeg},
    parameters::corrected,
    sound::Sound,
    unsupported, vorbis,
};

pub(super) struct Track {
    id: u32,
    codec: AudioCodecId,
    /// Hz, as the container states it; 0 where it does not.
    stated_rate: u32,
    extent: Extent,
    decoder: Decoder,
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    Mpeg(MpegDecoder),
    #[cfg(feature = "opus")]
    Opus(Box<super::opus::Decoder>),
}

impl Track {
    /// Opens the first audio track.
    pub(super) fn first(name: &Path, format: &dyn FormatReader, facts: &Facts) -> Result<Self> {
        let (track, parameters) = sound_track(name, format, facts.track)?;
        let parameters = &corrected(parameters, facts);
        Ok(Self {
            id: track.id,
            codec: parameters.codec,
            stated_rate: parameters.sample_rate.unwrap_or(0),
            extent: Extent::new(track, parameters, facts),
            decoder: Decoder::new(parameters, facts.movie.is_some())
                .map_err(|e| unsupported::refused(name, parameters.codec, e))?,
        })
    }

    pub(super) fn is_aac(&self) -> bool {
        self.codec == CODEC_ID_AAC
    }

    /// Returns the sample rate that the container states, Hz; 0 where it does not.
    pub(super) fn stated_rate(&self) -> u32 {
        self.stated_rate
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Returns the length as the container states it.
    pub(super) fn declared_duration(&self, format: &dyn FormatReader) -> Option<Duration> {
        declared_duration(format, self.extent.stated, self.stated_rate)
    }

    pub(super) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// Returns the frames of padding at the end of a Matroska file: only of Opus, whose decoder gives whole
    /// packets and whose writers state it right.
    pub(super) fn padding(&self, ending: &Ending) -> usize {
        match self.codec {
            CODEC_ID_OPUS => ending.opus_padding(self.id),
            _ => 0,
        }
    }

    pub(super) fn is_mpeg(&self) -> bool {
        is_mpeg(self.codec)
    }

    pub(super) fn is_vorbis(&self) -> bool {
        self.codec == CODEC_ID_VORBIS
    }

    pub(super) fn decode(&mut self, packet: &Packet) -> StreamResult<Sound> {
        let decoder = &mut self.decoder;
        let sound = guarded(|| match decoder {
            Decoder::Symphonia(decoder) => decoder.decode(packet).map(|buffer| Sound::new(&buffer)),
            Decoder::Mpeg(decoder) => decoder.decode(packet),
            #[cfg(feature = "opus")]
            Decoder::Opus(decoder) => decoder.decode(packet),
        });
        if matches!(sound, Err(StreamError::DecodeError(BROKE_DOWN))) {
            self.reset();
        }
        sound
    }

    /// Resets the decoder to the state before its first packet.
    pub(super) fn reset(&mut self) {
        match &mut self.decoder {
            Decoder::Symphonia(decoder) => decoder.reset(),
            Decoder::Mpeg(decoder) => decoder.reset(),
            #[cfg(feature = "opus")]
            Decoder::Opus(decoder) => decoder.reset(),
        }
    }
}

impl Decoder {
    fn new(parameters: &AudioCodecParameters, mp4: bool) -> StreamResult<Self> {
        let _ = mp4; // used by Opus only
        #[cfg(feature = "opus")]
        if parameters.codec == CODEC_ID_OPUS {
            return super::opus::Decoder::new(parameters, mp4).map(|decoder| Self::Opus(Box::new(decoder)));
        }
        if is_mpeg(parameters.codec) {
            return guarded(|| MpegDecoder::new(parameters)).map(Self::Mpeg);
        }
        // This crate drops delay and padding itself: symphonia 0.6.1 also drops frames inside a vorbis stream
        // where a page has too early a time stamp.
        let options = AudioDecoderOptions::default().gapless(false);
        let parameters = vorbis::mended(&with_true_width(parameters))?;
        guarded(|| symphonia::default::get_codecs().make_audio_decoder(&parameters, &options))
            .map(Self::Symphonia)
    }
}

/// Removes the width of companded samples: symphonia's CAF reader states 8 bits, its decoder expects 16 or
/// none.
fn with_true_width(parameters: &AudioCodecParameters) -> AudioCodecParameters {
    let mut parameters = parameters.clone();
    if [CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW].contains(&parameters.codec) {
        (parameters.bits_per_sample, parameters.bits_per_coded_sample) = (None, None);
    }
    parameters
}

/// Whether this build has a decoder.
pub(super) fn is_decoded(codec: AudioCodecId) -> bool {
    symphonia::default::get_codecs().get_audio_decoder(codec).is_some()
        || codec == CODEC_ID_OPUS && cfg!(feature = "opus")
}

/// Returns the short name of a codec, if this build decodes it.
pub(crate) fn codec_name(name: &Path, codec: AudioCodecId) -> Result<&'static str> {
    match symphonia::default::get_codecs().get_audio_decoder(codec) {
        Some(decoder) => Ok(decoder.codec.info.short_name),
        None if codec == CODEC_ID_OPUS && cfg!(feature = "opus") => Ok("opus"),
        None => Err(unsupported::refused(name, codec, StreamError::Unsupported("codec: no decoder"))),
    }
}
