//! Opus, by a decoder in Rust.

use ropus::{Channels, DecodeMode};
use symphonia::core::{
    codecs::audio::AudioCodecParameters,
    errors::{Error, Result},
    packet::Packet,
};

use super::sound::Sound;

/// Hz: whatever was encoded, Opus decodes to this.
const RATE: u32 = 48_000;
/// Frames of the longest packet: 120 ms.
const MAX_FRAMES: usize = 5760;

/// Decodes mono and stereo.
pub(super) struct Decoder {
    decoder: ropus::Decoder,
    layout: Channels,
    samples: Vec<f32>,
}

impl Decoder {
    pub(super) fn new(parameters: &AudioCodecParameters) -> Result<Self> {
        let layout = match parameters.channels.as_ref().map_or(0, |channels| channels.count()) {
            1 => Channels::Mono,
            2 => Channels::Stereo,
            _ => return Err(Error::Unsupported("Opus of more than two channels")),
        };
        let decoder =
            ropus::Decoder::new(RATE, layout).map_err(|_| Error::Unsupported("Opus of this kind"))?;
        Ok(Self { decoder, layout, samples: vec![0.0; MAX_FRAMES * layout.count()] })
    }

    pub(super) fn decode(&mut self, packet: &Packet) -> Result<Sound> {
        const DAMAGED: Error = Error::DecodeError("opus: damaged packet");
        // To the decoder an empty packet is a lost one, to be made up.
        if packet.data.is_empty() {
            return Err(DAMAGED);
        }
        let frames = self.decoder.decode_float(&packet.data, &mut self.samples, DecodeMode::Normal);
        let count = frames.map_err(|_| DAMAGED)? * self.layout.count();
        let samples = self.samples.get(..count).ok_or(DAMAGED)?.to_vec();
        Ok(Sound { samples, rate: RATE, channels: self.layout.count() })
    }

    /// Forgets what came before.
    pub(super) fn reset(&mut self) {
        if let Ok(fresh) = ropus::Decoder::new(RATE, self.layout) {
            self.decoder = fresh;
        }
    }
}
