//! The track of a container that is decoded.

use std::path::Path;

use symphonia::core::{
    codecs::audio::{
        AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions,
        well_known::{CODEC_ID_AAC, CODEC_ID_OPUS, CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW, CODEC_ID_VORBIS},
    },
    errors::{Error as StreamError, Result as StreamResult},
    formats::FormatReader,
    packet::Packet,
};

use crate::{
    Result,
    decode::{
        container::{Container, Found},
        source::Source,
    },
};

use super::{
    codec,
    demux::sound_track,
    guard::{BROKE_DOWN, guarded},
    mp4,
    sbr::SbrWatch,
    sound::Sound,
};

pub(super) struct Track {
    id: u32,
    codec: AudioCodecId,
    /// Frames in front of the sound that symphonia does not cut off.
    delay: u64,
    promised: Option<u64>,
    decoder: Decoder,
    /// Of AAC.
    sbr: Option<SbrWatch>,
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    #[cfg(feature = "opus")]
    Opus(Box<super::opus::Decoder>),
}

/// Frames that the edit list of an MP4 puts in front of the sound; of other containers 0.
pub(crate) fn delay(name: &Path, source: &mut Source, found: &Found) -> Result<u64> {
    match found.container {
        Container::Mp4 => mp4::delay(name, source),
        _ => Ok(0),
    }
}

impl Track {
    /// The first sound track, with the delay of its edit list.
    pub(super) fn first(name: &Path, format: &dyn FormatReader, edited: u64) -> Result<Self> {
        let (track, parameters) = sound_track(name, format)?;
        let delay = edited + pre_skip(parameters);
        Ok(Self {
            id: track.id,
            codec: parameters.codec,
            delay,
            promised: track.num_frames.map(|frames| frames.saturating_sub(delay)),
            decoder: Decoder::new(parameters).map_err(|e| codec::refused(name, parameters.codec, e))?,
            sbr: (parameters.codec == CODEC_ID_AAC).then(SbrWatch::default),
        })
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    pub(super) fn delay(&self) -> u64 {
        self.delay
    }

    /// Frames that the header promises, without delay and padding.
    pub(super) fn promised(&self) -> Option<u64> {
        self.promised
    }

    pub(super) fn is_vorbis(&self) -> bool {
        self.codec == CODEC_ID_VORBIS
    }

    pub(super) fn is_he_aac(&mut self, packet: &Packet) -> bool {
        self.sbr.as_mut().is_some_and(|watch| watch.is_he_aac(&packet.data))
    }

    pub(super) fn decode(&mut self, packet: &Packet) -> StreamResult<Sound> {
        let decoder = &mut self.decoder;
        let sound = guarded(|| match decoder {
            Decoder::Symphonia(decoder) => decoder.decode(packet).map(|buffer| Sound::new(&buffer)),
            #[cfg(feature = "opus")]
            Decoder::Opus(decoder) => decoder.decode(packet),
        });
        if matches!(sound, Err(StreamError::DecodeError(BROKE_DOWN))) {
            self.reset();
        }
        sound
    }

    /// Forgets what came before.
    pub(super) fn reset(&mut self) {
        match &mut self.decoder {
            Decoder::Symphonia(decoder) => decoder.reset(),
            #[cfg(feature = "opus")]
            Decoder::Opus(decoder) => decoder.reset(),
        }
    }
}

impl Decoder {
    fn new(parameters: &AudioCodecParameters) -> StreamResult<Self> {
        #[cfg(feature = "opus")]
        if parameters.codec == CODEC_ID_OPUS {
            return super::opus::Decoder::new(parameters).map(|decoder| Self::Opus(Box::new(decoder)));
        }
        // Delay and padding are cut off by us: symphonia 0.6.1 also cuts inside a vorbis stream, where a page is stamped too early.
        let options = AudioDecoderOptions::default().gapless(false);
        let parameters = with_true_width(parameters);
        guarded(|| symphonia::default::get_codecs().make_audio_decoder(&parameters, &options))
            .map(Self::Symphonia)
    }
}

/// symphonia's CAF reader gives a companded sample 8 bits, its decoder wants the 16 that come out, or nothing.
fn with_true_width(parameters: &AudioCodecParameters) -> AudioCodecParameters {
    let mut parameters = parameters.clone();
    if [CODEC_ID_PCM_ALAW, CODEC_ID_PCM_MULAW].contains(&parameters.codec) {
        (parameters.bits_per_sample, parameters.bits_per_coded_sample) = (None, None);
    }
    parameters
}

/// Frames at the beginning of an Opus stream that belong to no sound: bytes 10 and 11 of its header.
pub(crate) fn pre_skip(parameters: &AudioCodecParameters) -> u64 {
    let header = parameters.extra_data.as_ref().filter(|_| parameters.codec == CODEC_ID_OPUS);
    header.and_then(|header| header.get(10..12)).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]).into())
}

/// Short name of a codec.
pub(crate) fn codec_name(codec: AudioCodecId) -> String {
    match symphonia::default::get_codecs().get_audio_decoder(codec) {
        Some(decoder) => decoder.codec.info.short_name.into(),
        None if codec == CODEC_ID_OPUS => "opus".into(),
        None => codec.to_string(),
    }
}
