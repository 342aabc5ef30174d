//! Opus, decoded by ropus.

use ropus::{Channels, DecodeMode};
use symphonia::core::{
    codecs::audio::AudioCodecParameters,
    errors::{Error, Result},
    packet::Packet,
};

use super::sound::Sound;

/// The rate that Opus always decodes to, Hz.
const RATE: u32 = 48_000;
/// Frames of the longest packet: 120 ms.
const MAX_FRAMES: usize = 5760;

/// Decodes mono and stereo.
pub(super) struct Decoder {
    decoder: ropus::Decoder,
    layout: Channels,
    /// The factor that the header asks for.
    gain: f32,
    samples: Vec<f32>,
}

impl Decoder {
    pub(super) fn new(parameters: &AudioCodecParameters, mp4: bool) -> Result<Self> {
        let layout = match parameters.channels.as_ref().map_or(0, |channels| channels.count()) {
            1 => Channels::Mono,
            2 => Channels::Stereo,
            _ => return Err(Error::Unsupported("Opus of more than two channels")),
        };
        let decoder =
            ropus::Decoder::new(RATE, layout).map_err(|_| Error::Unsupported("Opus of this kind"))?;
        Ok(Self {
            decoder,
            layout,
            gain: gain(parameters, mp4),
            samples: vec![0.0; MAX_FRAMES * layout.count()],
        })
    }

    pub(super) fn decode(&mut self, packet: &Packet) -> Result<Sound> {
        const DAMAGED: Error = Error::DecodeError("opus: damaged packet");
        // The decoder would conceal an empty packet as a lost one.
        if packet.data.is_empty() {
            return Err(DAMAGED);
        }
        let frames = self.decoder.decode_float(&packet.data, &mut self.samples, DecodeMode::Normal);
        let count = frames.map_err(|_| DAMAGED)? * self.layout.count();
        let samples = self.samples.get(..count).ok_or(DAMAGED)?.iter().map(|s| s * self.gain).collect();
        Ok(Sound { samples, rate: RATE, channels: self.layout.count() })
    }

    /// Resets the decoder to the state before its first packet.
    pub(super) fn reset(&mut self) {
        if let Ok(fresh) = ropus::Decoder::new(RATE, self.layout) {
            self.decoder = fresh;
        }
    }
}

/// Returns the factor of the output gain: bytes 16 and 17 of the header in 1/256 dB (RFC 7845, 5.1), in MP4
/// with the bytes swapped.
fn gain(parameters: &AudioCodecParameters, mp4: bool) -> f32 {
    let bytes = parameters.extra_data.as_ref().and_then(|header| header.get(16..18)?.try_into().ok());
    let order = if mp4 { i16::from_be_bytes } else { i16::from_le_bytes };
    bytes.map_or(1.0, |bytes| 10.0_f32.powf(f32::from(order(bytes)) / 5120.0))
}
