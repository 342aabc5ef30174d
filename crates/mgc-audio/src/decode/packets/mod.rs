//! Packets of a container to mono samples, through symphonia.

mod codec;
mod demux;
mod guard;
mod jump;
mod mp4;
#[cfg(feature = "opus")]
mod opus;
mod padding;
mod sbr;
mod sound;
mod track;

use std::path::Path;

use symphonia::core::{errors::Error as StreamError, formats::FormatReader, packet::Packet};

use crate::{
    Error, Result,
    decode::{
        container::{Container, Found},
        source::Source,
    },
};
pub(crate) use demux::{demux, demux_as_it_is, sound_track};
pub(crate) use guard::guarded;
use jump::Jump;
use padding::PaddingGate;
use track::Track;
pub(crate) use track::{codec_name, delay, pre_skip};

/// Decodes the first sound track of a container to the mean of its channels.
pub(crate) struct Packets {
    format: Box<dyn FormatReader>,
    track: Track,
    gate: PaddingGate,
    jump: Jump,
    sample_rate: Option<u32>,
    skipped: usize,
    /// Broken packets before this frame do not count: they only lead up to what is asked for.
    counted_from: u64,
    /// Frames of the encoder's delay that are still to be cut off.
    delay_left: u64,
    ended: bool,
}

impl Packets {
    pub(crate) fn open(name: &Path, mut source: Source, found: &Found) -> Result<Self> {
        let edited = delay(name, &mut source, found)?;
        let format = demux(name, source, found)?;
        let track = Track::first(name, format.as_ref(), edited)?;
        let mut packets = Self {
            delay_left: track.delay(),
            jump: Jump::of(found.container, format.as_ref(), track.id()),
            gate: PaddingGate::new(track.promised()),
            format,
            track,
            sample_rate: None,
            skipped: 0,
            counted_from: 0,
            ended: false,
        };
        // Of a lapped transform the first packet is half a sound; ogg says so itself, Matroska does not.
        if found.container == Container::Matroska && packets.track.is_vorbis() {
            packets.prime();
            packets.gate.jump(0);
        }
        Ok(packets)
    }

    /// Hz; known once a packet has been decoded.
    pub(crate) fn sample_rate(&self) -> Option<u32> {
        self.sample_rate
    }

    /// Damaged packets left out so far.
    pub(crate) fn skipped(&self) -> usize {
        self.skipped
    }

    /// The mean over channels of the next packet that holds sound; `None` at the end.
    pub(crate) fn next_block(&mut self, name: &Path) -> Result<Option<Vec<f32>>> {
        while !self.ended {
            match self.next_packet() {
                Ok(Some(packet)) => {
                    let samples = self.decode(name, &packet)?;
                    let heard = self.gate.pass(samples);
                    if !heard.is_empty() {
                        return Ok(Some(heard));
                    }
                }
                // The next stream of a chain, one behind the other in the same file.
                Err(StreamError::ResetRequired) => self.chain(name)?,
                Ok(None) => self.end(),
                // The container is damaged from here on, or ends inside a packet.
                Err(_) => {
                    self.skipped += 1;
                    self.end();
                }
            }
        }
        Ok(None)
    }

    /// The next packet of the track.
    fn next_packet(&mut self) -> symphonia::core::errors::Result<Option<Packet>> {
        loop {
            match guarded(|| self.format.next_packet())? {
                Some(packet) if packet.track_id != self.track.id() => {}
                other => return Ok(other),
            }
        }
    }

    /// Samples of one packet without the delay of the encoder: none if it is damaged.
    fn decode(&mut self, name: &Path, packet: &Packet) -> Result<Vec<f32>> {
        if self.track.is_he_aac(packet) {
            return Err(Error::unsupported(name, "HE-AAC"));
        }
        let Ok(sound) = self.track.decode(packet) else {
            self.skipped += usize::from(self.gate.position() >= self.counted_from);
            return Ok(Vec::new());
        };
        sound.check(name, &mut self.sample_rate)?;
        let mut samples = sound.mean(packet.trim_start.get());
        let cut = self.delay_left.min(samples.len() as u64);
        self.delay_left -= cut;
        samples.drain(..cut as usize);
        Ok(samples)
    }

    fn chain(&mut self, name: &Path) -> Result<()> {
        self.note_lack();
        let before = self.gate.position();
        self.track = Track::first(name, self.format.as_ref(), 0)?;
        self.delay_left = self.track.delay();
        self.gate = PaddingGate::new(self.track.promised().map(|frames| before.saturating_add(frames)));
        self.gate.jump(before);
        Ok(())
    }

    fn end(&mut self) {
        self.note_lack();
        self.ended = true;
    }

    fn note_lack(&mut self) {
        if self.skipped == 0 && self.gate.lacks() {
            self.skipped = 1;
        }
    }
}

/// Frames that a packet adds to the clip.
pub(crate) fn frames(packet: &Packet) -> u64 {
    packet.block_dur().get().saturating_sub(packet.trim_start.get())
}
