//! Splits a stream of MPEG audio into frames.
//!
//! A file may be several files joined: with tags and length headers in the middle, of other channels, of
//! another sample rate. So the frames decide where the sound is and how long.

mod decoder;
mod frames;
mod length;
mod reader;
mod window;

use symphonia::core::{
    codecs::audio::{
        AudioCodecId,
        well_known::{CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3},
    },
    formats::FormatReader,
};

use super::{demux, extent::Extent, padding::PaddingGate, rate::FrameCount};
use crate::decode::container::FrameHeader;
pub(super) use decoder::MpegDecoder;
pub(super) use reader::MpegReader;

/// Whether frames of this codec have an MPEG audio header.
pub(crate) fn is_mpeg(codec: AudioCodecId) -> bool {
    [CODEC_ID_MP1, CODEC_ID_MP2, CODEC_ID_MP3].contains(&codec)
}

/// Returns the frames that a stream of MPEG audio decodes to.
pub(crate) fn mpeg_frames(format: &mut dyn FormatReader, extent: &Extent) -> u64 {
    let mut count = FrameCount::default();
    while let Ok(Some(packet)) = format.next_packet() {
        if let Some(header) = FrameHeader::parse(&packet.data) {
            count.add(header.sample_rate, demux::frames(&packet));
        }
    }
    let mut gate = PaddingGate::of(extent);
    gate.jump(count.total());
    gate.kept_frames()
}

/// Returns the codec of a layer.
fn codec(layer: u8) -> AudioCodecId {
    match layer {
        1 => CODEC_ID_MP1,
        2 => CODEC_ID_MP2,
        _ => CODEC_ID_MP3,
    }
}
