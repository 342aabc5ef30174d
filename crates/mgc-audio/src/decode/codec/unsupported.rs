//! Says in plain words what symphonia refuses: its own texts name its modules.

use std::{io, path::Path};

use symphonia::core::{
    codecs::audio::{AudioCodecId, well_known as id},
    errors::Error as StreamError,
};

use crate::error::Error;

/// What is said of a header that breaks the rules of its format.
const DAMAGED: &str = "its header is damaged or breaks the rules of the format";
const CUT: &str = "the file ends inside its header";

/// Returns the error for a container that symphonia does not open: `what` names that, or its codec.
pub(super) fn container_refused(name: &Path, what: &str, error: StreamError) -> Error {
    match error {
        StreamError::IoError(e) => read_failed(name, e),
        // Texts of this crate, not of symphonia's modules: `isomp4: ...`.
        StreamError::Unsupported(own) if !own.contains(':') => Error::unsupported(name, own),
        StreamError::Unsupported(_) => Error::unsupported(name, what),
        _ => damaged(name),
    }
}

/// Returns the error for a container whose header is not one of its format.
pub(super) fn damaged(name: &Path) -> Error {
    Error::malformed(name, DAMAGED)
}

/// Tells the end of the input and what symphonia reads as such from an error of the system or of a reader.
fn read_failed(name: &Path, error: io::Error) -> Error {
    let text = error.to_string();
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::malformed(name, CUT),
        io::ErrorKind::InvalidInput => Error::malformed(name, "its header points outside the file"),
        io::ErrorKind::Other if text.contains("bitstream") || text.contains("codebook") => {
            Error::malformed(name, CUT)
        }
        io::ErrorKind::Other if text.contains("seeking") => damaged(name),
        _ => Error::io(name, error),
    }
}

/// Returns the error for a codec that symphonia does not decode: its name, and the feature that enables it.
pub(super) fn refused(name: &Path, codec: AudioCodecId, error: StreamError) -> Error {
    match feature(codec) {
        Some((format, feature, false)) if matches!(error, StreamError::Unsupported(_)) => {
            Error::FeatureDisabled { path: name.into(), format, feature }
        }
        Some((format, ..)) if codec != id::CODEC_ID_AAC => {
            container_refused(name, &format!("this variant of {format}"), error)
        }
        _ => container_refused(name, foreign(codec).unwrap_or("a codec that it does not name"), error),
    }
}

/// Whether a message can name this codec.
pub(super) fn is_known(codec: AudioCodecId) -> bool {
    feature(codec).is_some() || foreign(codec).is_some()
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

/// Names a codec without a decoder.
fn foreign(codec: AudioCodecId) -> Option<&'static str> {
    Some(match codec {
        id::CODEC_ID_AAC => "HE-AAC, or AAC of more than two channels,",
        id::CODEC_ID_SPEEX => "Speex",
        id::CODEC_ID_AC3 => "Dolby Digital (AC-3)",
        id::CODEC_ID_EAC3 => "Dolby Digital Plus (E-AC-3)",
        id::CODEC_ID_AC4 => "Dolby AC-4",
        id::CODEC_ID_DCA => "DTS",
        id::CODEC_ID_TRUEHD => "Dolby TrueHD",
        id::CODEC_ID_WMA => "Windows Media Audio",
        id::CODEC_ID_WAVPACK => "WavPack",
        id::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        id::CODEC_ID_MUSEPACK => "Musepack",
        id::CODEC_ID_TTA => "True Audio",
        id::CODEC_ID_ADPCM_MS => "ADPCM (Microsoft)",
        id::CODEC_ID_ADPCM_IMA_WAV | id::CODEC_ID_ADPCM_IMA_QT => "ADPCM (IMA)",
        id::CODEC_ID_ADPCM_G722 => "G.722 ADPCM",
        id::CODEC_ID_ADPCM_G726 | id::CODEC_ID_ADPCM_G726LE => "G.726 ADPCM",
        id::CODEC_ID_ATRAC1 => "ATRAC1",
        id::CODEC_ID_ATRAC3 | id::CODEC_ID_ATRAC3PLUS => "ATRAC3",
        id::CODEC_ID_ATRAC9 => "ATRAC9",
        id::CODEC_ID_RA10 => "RealAudio 1",
        id::CODEC_ID_RA20 => "RealAudio 2",
        id::CODEC_ID_SIPR => "RealAudio (Sipro)",
        id::CODEC_ID_COOK => "RealAudio (Cook)",
        id::CODEC_ID_RALF => "RealAudio Lossless",
        _ => return None,
    })
}
