//! The parameters of a codec, where the container states them wrong or not at all.

use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, well_known as id};

use super::{bits::bits, facts::Facts};

/// Returns the parameters with the sample rate and the byte order that a decoder needs.
pub(crate) fn corrected(parameters: &AudioCodecParameters, facts: &Facts) -> AudioCodecParameters {
    let mut parameters = parameters.clone();
    if parameters.codec == id::CODEC_ID_AAC {
        let config = parameters.extra_data.as_deref();
        parameters.sample_rate = config.and_then(aac_rate).or(parameters.sample_rate);
    }
    if facts.movie.is_some_and(|movie| movie.big_endian) {
        parameters.codec = big_endian(parameters.codec);
    }
    parameters
}

/// Sample rates of AAC by their index, Hz.
const AAC_RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

/// Reads the sample rate of an `AudioSpecificConfig`, by which AAC is decoded. The 16 bits of an MP4's sample
/// entry cannot hold one above 65,535 Hz.
fn aac_rate(config: &[u8]) -> Option<u32> {
    let start = if bits(config, 0, 5)? == 31 { 11 } else { 5 };
    match bits(config, start, 4)? {
        15 => bits(config, start + 4, 24),
        index => AAC_RATES.get(index as usize).copied(),
    }
}

fn big_endian(codec: AudioCodecId) -> AudioCodecId {
    match codec {
        id::CODEC_ID_PCM_S24LE => id::CODEC_ID_PCM_S24BE,
        id::CODEC_ID_PCM_S32LE => id::CODEC_ID_PCM_S32BE,
        id::CODEC_ID_PCM_F32LE => id::CODEC_ID_PCM_F32BE,
        id::CODEC_ID_PCM_F64LE => id::CODEC_ID_PCM_F64BE,
        other => other,
    }
}
