//! Mends how symphonia 0.6.1 decodes Vorbis of several channels, by changing the headers that it gets.
//!
//! Where that cannot help, the stream is refused. Mono, and stereo as encoders write it, need no change.

mod bits;
mod classes;
mod coupling;
mod setup;
mod skip;

use symphonia::core::{
    codecs::audio::{AudioCodecParameters, well_known::CODEC_ID_VORBIS},
    errors::{Error, Result},
};

use setup::{INTERLEAVED, Mapping, Setup, Stream};

/// Length of the first header, bytes.
const IDENTIFICATION: usize = 30;
/// The first byte of three headers in one: their number less one.
const LACED: u8 = 2;

/// Returns the parameters with which symphonia decodes a Vorbis track right; those of other codecs unchanged.
pub(super) fn mended(parameters: &AudioCodecParameters) -> Result<AudioCodecParameters> {
    let mut parameters = parameters.clone();
    let headers = parameters.extra_data.as_mut().filter(|_| parameters.codec == CODEC_ID_VORBIS);
    if let Some(headers) = headers {
        mend(headers)?;
    }
    Ok(parameters)
}

/// Mends the setup header. Headers that cannot be read stay as they are: symphonia refuses them.
fn mend(headers: &mut [u8]) -> Result<()> {
    let Some((first, setup)) = places(headers) else { return Ok(()) };
    let Some(stream) = headers.get(first..).and_then(Stream::parse) else { return Ok(()) };
    let Some(packet) = headers.get_mut(setup..) else { return Ok(()) };
    let Some(setup) = Setup::parse(packet, stream) else { return Ok(()) };
    if !setup.mappings.iter().all(|mapping| is_taken_apart(&setup, mapping)) {
        return Err(Error::Unsupported("Vorbis with a pair of channels that is not the first"));
    }
    coupling::mend(packet, &setup)?;
    classes::mend(packet, &setup)
}

/// Returns where the first header and the setup header begin: symphonia has one behind the other (ogg), or
/// all three behind their lengths (Matroska).
fn places(headers: &[u8]) -> Option<(usize, usize)> {
    let (&LACED, mut rest) = headers.split_first()? else { return Some((0, IDENTIFICATION)) };
    let lengths = [lacing(&mut rest)?, lacing(&mut rest)?];
    let first = headers.len() - rest.len();
    Some((first, first.checked_add(lengths[0])?.checked_add(lengths[1])?))
}

/// Takes a length: bytes of 255 and one of less, to be added.
fn lacing(bytes: &mut &[u8]) -> Option<usize> {
    let last = bytes.iter().position(|byte| *byte < u8::MAX)?;
    let (length, rest) = bytes.split_at(last + 1);
    *bytes = rest;
    Some(length.iter().map(|byte| usize::from(*byte)).sum())
}

/// Whether symphonia takes the interleaved channels of each submap apart right: of two, only if one is the
/// first of the stream (`split_at_mut(ch1)` in its `residue.rs` should be of `ch1 - ch0`).
fn is_taken_apart(setup: &Setup, mapping: &Mapping) -> bool {
    (0..mapping.residues.len()).all(|submap| {
        let channels: Vec<u32> = mapping.channels_of(submap).collect();
        let interleaved = setup.residue(mapping, submap).is_some_and(|r| r.kind == INTERLEAVED);
        !interleaved || channels.len() != 2 || channels[0] == 0
    })
}
