//! Names the codecs that this build cannot decode.

use std::path::Path;

use symphonia::core::{
    codecs::audio::{AudioCodecId, well_known as id},
    errors::Error as StreamError,
};

use crate::error::Error;

use super::demux;

/// Returns the error for a codec that symphonia does not decode: its name, and the feature that enables it.
pub(super) fn refused(name: &Path, codec: AudioCodecId, error: StreamError) -> Error {
    let StreamError::Unsupported(what) = error else { return demux::refused(name, error) };
    match feature(codec) {
        Some((format, feature, false)) => Error::FeatureDisabled { path: name.into(), format, feature },
        _ => Error::unsupported(name, foreign(codec).unwrap_or(what)),
    }
}

/// Returns the name of the codec, the cargo feature that decodes it, and whether that is compiled in.
fn feature(codec: AudioCodecId) -> Option<(&'static str, &'static str, bool)> {
    Some(match codec {
        id::CODEC_ID_MP1 | id::CODEC_ID_MP2 | id::CODEC_ID_MP3 => ("mp3", "mp3", cfg!(feature = "mp3")),
        id::CODEC_ID_FLAC => ("flac", "flac", cfg!(feature = "flac")),
        id::CODEC_ID_VORBIS => ("vorbis", "vorbis", cfg!(feature = "vorbis")),
        id::CODEC_ID_AAC => ("AAC", "aac", cfg!(feature = "aac")),
        id::CODEC_ID_ALAC => ("ALAC", "alac", cfg!(feature = "alac")),
        id::CODEC_ID_OPUS => ("Opus", "opus", cfg!(feature = "opus")),
        _ => return None,
    })
}

/// Names a codec where symphonia's error does not.
fn foreign(codec: AudioCodecId) -> Option<&'static str> {
    Some(match codec {
        id::CODEC_ID_AAC => "HE-AAC, or AAC of more than two channels,",
        id::CODEC_ID_SPEEX => "Speex",
        id::CODEC_ID_AC3 | id::CODEC_ID_EAC3 | id::CODEC_ID_AC4 => "Dolby Digital",
        id::CODEC_ID_DCA => "DTS",
        id::CODEC_ID_WMA => "Windows Media Audio",
        id::CODEC_ID_WAVPACK => "WavPack",
        id::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        id::CODEC_ID_TRUEHD => "Dolby TrueHD",
        _ => return None,
    })
}
