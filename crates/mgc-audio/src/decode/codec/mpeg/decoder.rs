//! Decodes frames of MPEG audio whose layer, channels and sample rate may change.

use symphonia::core::{
    audio::{
        Channels,
        layouts::{CHANNEL_LAYOUT_MONO, CHANNEL_LAYOUT_STEREO},
    },
    codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions},
    errors::Result as StreamResult,
    packet::Packet,
};

use crate::decode::{codec::sound::Sound, container::FrameHeader};

/// A decoder of symphonia's, which takes one kind of frames, and the kind of its frames.
pub(crate) struct MpegDecoder {
    inner: Box<dyn AudioDecoder>,
    kind: Option<(u8, u8, u32)>,
}

impl MpegDecoder {
    pub(crate) fn new(parameters: &AudioCodecParameters) -> StreamResult<Self> {
        Ok(Self { inner: decoder(parameters)?, kind: None })
    }

    pub(crate) fn decode(&mut self, packet: &Packet) -> StreamResult<Sound> {
        if let Some(header) = FrameHeader::parse(&packet.data) {
            let kind = (header.layer, header.channels, header.sample_rate);
            if self.kind.is_some_and(|before| before != kind) {
                let mut parameters = AudioCodecParameters::new();
                parameters.for_codec(super::codec(header.layer));
                self.inner = decoder(&parameters)?;
            }
            self.kind = Some(kind);
        }
        self.inner.decode(packet).map(|buffer| Sound::new(&buffer))
    }

    pub(crate) fn reset(&mut self) {
        self.inner.reset();
    }
}

fn decoder(parameters: &AudioCodecParameters) -> StreamResult<Box<dyn AudioDecoder>> {
    // This crate drops delay and padding itself.
    let options = AudioDecoderOptions::default().gapless(false);
    symphonia::default::get_codecs().make_audio_decoder(parameters, &options)
}

/// Returns the channels of a frame.
pub(super) fn channels(header: &FrameHeader) -> Channels {
    match header.channels {
        1 => CHANNEL_LAYOUT_MONO,
        _ => CHANNEL_LAYOUT_STEREO,
    }
}
