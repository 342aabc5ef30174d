//! How the frames before a position are skipped in each container.

use symphonia::core::{formats::FormatReader, packet::Packet};

use crate::decode::container::Container;

use super::{demux::frames, track::Track};

/// How the frames before a position are skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Jump {
    /// The container states the position of each frame.
    Seek,
    /// Packets are read but not decoded; their headers state their length.
    Walk,
    /// The length of a packet is known only after decoding.
    Decode,
}

impl Jump {
    pub(super) fn of(container: Container, format: &dyn FormatReader, track: &Track) -> Self {
        match container {
            Container::Mpeg | Container::Ogg(_) | Container::Adts => Self::Walk,
            Container::Flac | Container::Mp4 | Container::Aiff | Container::Caf
                if counts_in_frames(format, track) =>
            {
                Self::Seek
            }
            _ => Self::Decode,
        }
    }

    /// Returns the silence that replaces a packet that cannot be decoded, so that the packets after it keep
    /// their time. It is empty where the container does not count in frames.
    pub(super) fn silence(self, packet: &Packet) -> Vec<f32> {
        let frames = if self == Self::Decode { 0 } else { frames(packet) };
        vec![0.0; frames.min(MAX_SILENCE) as usize]
    }
}

/// Frames of the longest packet, a FLAC frame.
const MAX_SILENCE: u64 = 65_535;

fn counts_in_frames(format: &dyn FormatReader, track: &Track) -> bool {
    let found = format.tracks().iter().find(|t| t.id == track.id()).and_then(|track| track.time_base);
    found.is_some_and(|base| base.numer.get() == 1 && base.denom.get() == track.stated_rate())
}
