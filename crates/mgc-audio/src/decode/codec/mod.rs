//! Decodes the packets of a container to mono samples, through symphonia.

mod bits;
mod caf;
mod demux;
mod extent;
mod facts;
mod flac;
mod jump;
mod matroska;
mod mp4;
mod mpeg;
#[cfg(feature = "opus")]
mod opus;
mod padding;
mod parameters;
mod rate;
mod sbr;
mod skip;
mod sound;
mod stated;
mod tail;
mod track;
mod unsupported;
mod vorbis;

use std::{collections::VecDeque, path::Path, time::Duration};

use symphonia::core::{
    errors::{Error as StreamError, Result as StreamResult},
    formats::FormatReader,
    packet::Packet,
};

use crate::{
    decode::{
        container::{Container, Found, FrameHeader},
        guard,
        source::Source,
    },
    error::{Error, Result},
};
pub(crate) use demux::{demux, frames, sound_track};
pub(crate) use extent::{Extent, declared_duration};
pub(crate) use facts::Facts;
pub(crate) use guard::guarded;
use jump::Jump;
use matroska::Ending;
pub(crate) use mpeg::mpeg_frames;
use padding::PaddingGate;
pub(crate) use parameters::corrected;
use rate::OneRate;
use tail::Tail;
use track::Track;
pub(crate) use track::codec_name;

/// Packets in a row that are empty, or that cannot be decoded, before a file counts as damaged to its end: a
/// header of a few bytes may claim thousands of millions. As AAC these last three minutes.
const MAX_BARREN: u32 = 1 << 13;

/// Decodes the first audio track of a container to the mean of its channels.
pub(crate) struct Packets {
    format: Box<dyn FormatReader>,
    track: Track,
    gate: PaddingGate,
    jump: Jump,
    /// Packets that have been read but not decoded yet.
    ahead: VecDeque<Packet>,
    rate: OneRate,
    declared_duration: Option<Duration>,
    skipped: usize,
    /// The largest absolute sample of any channel so far.
    channel_peak: f32,
    /// Whether the file ends before its sound does.
    is_cut: bool,
    /// Packets without a byte, and those that could not be decoded, since the last that were not so.
    empty: u32,
    undecodable: u32,
    /// Damaged packets before this frame do not count: they lie before the requested segment.
    counted_from: u64,
    /// Frames of the encoder's delay that remain to be dropped.
    delay_left: u64,
    /// How a Matroska file ends.
    ending: Option<Ending>,
    tail: Tail,
    ended: bool,
}

impl Packets {
    pub(crate) fn open(name: &Path, mut source: Source, found: &Found) -> Result<Self> {
        let facts = Facts::examine(name, &mut source, found)?;
        let mut format = demux(name, source, found).map_err(|e| facts.explain(name, e))?;
        let track = Track::first(name, format.as_ref(), &facts).map_err(|e| facts.explain(name, e))?;
        let ahead = refuse_he_aac(name, format.as_mut(), &track)?;
        let mut packets = Self {
            delay_left: track.extent().delay,
            declared_duration: track.declared_duration(format.as_ref()),
            jump: Jump::of(found.container, format.as_ref(), &track),
            gate: PaddingGate::of(track.extent()),
            ahead,
            tail: Tail::new(facts.ending.as_ref().map_or(0, |ending| track.padding(ending))),
            ending: facts.ending,
            format,
            track,
            rate: OneRate::default(),
            skipped: 0,
            channel_peak: 0.0,
            is_cut: facts.is_cut,
            empty: 0,
            undecodable: 0,
            counted_from: 0,
            ended: false,
        };
        // The first packet of a lapped transform is incomplete; ogg marks it, Matroska does not.
        if found.container == Container::Matroska && packets.track.is_vorbis() {
            packets.prime(name)?;
            packets.gate.jump(0);
        }
        Ok(packets)
    }

    /// Returns the sample rate, Hz; known once a packet has been decoded.
    pub(crate) fn sample_rate(&self) -> Option<u32> {
        self.rate.first()
    }

    /// Returns the length as the container states it.
    pub(crate) fn declared_duration(&self) -> Option<Duration> {
        self.declared_duration
    }

    /// Returns the largest absolute sample of any channel so far.
    pub(crate) fn channel_peak(&self) -> f32 {
        self.channel_peak
    }

    /// Returns the number of damaged packets so far.
    pub(crate) fn skipped(&self) -> usize {
        self.skipped
    }

    /// Decodes the next packet with audio and returns the mean of its channels; `None` at the end.
    pub(crate) fn next_block(&mut self, name: &Path) -> Result<Option<Vec<f32>>> {
        while !self.ended {
            if self.gate.is_over() || self.undecodable > MAX_BARREN {
                self.ended = true;
                break;
            }
            let kept = match self.next_packet() {
                Ok(Some(packet)) => {
                    let samples = self.decode(name, &packet)?;
                    self.tail.pass(self.gate.pass(samples))
                }
                // The file is a chain of streams: the next one begins.
                Err(StreamError::ResetRequired) => {
                    self.chain(name)?;
                    continue;
                }
                Ok(None) => self.end(),
                // A live recording states no sizes: its end looks like a cut.
                Err(StreamError::IoError(_)) if self.ending.as_ref().is_some_and(|e| e.whole) => self.end(),
                // The container is damaged from here on, or ends inside a packet.
                Err(_) => {
                    self.skipped += 1;
                    self.end()
                }
            };
            if !kept.is_empty() {
                return Ok(Some(kept));
            }
        }
        Ok(None)
    }

    /// Returns the next packet of the track.
    fn next_packet(&mut self) -> StreamResult<Option<Packet>> {
        let packet = match self.ahead.pop_front() {
            Some(packet) => Some(packet),
            None => read_packet(self.format.as_mut(), self.track.id())?,
        };
        let is_empty = packet.as_ref().is_some_and(|packet| packet.data.is_empty());
        self.empty = if is_empty { self.empty + 1 } else { 0 };
        match self.empty {
            0..=MAX_BARREN => Ok(packet),
            _ => Err(StreamError::DecodeError("empty packets only")),
        }
    }

    /// Decodes one packet and drops the delay of the encoder.
    fn decode(&mut self, name: &Path, packet: &Packet) -> Result<Vec<f32>> {
        let mut samples = match self.track.decode(packet) {
            Ok(sound) => {
                self.undecodable = 0;
                sound.check(name)?;
                self.channel_peak = self.channel_peak.max(sound.peak());
                if self.rate.is_foreign(sound.rate) && !self.mixes_rates() {
                    return Err(sound.changes_rate(name, self.rate.first()));
                }
                self.rate.take(sound.rate, sound.mean(packet.trim_start.get()))?
            }
            Err(_) => {
                self.undecodable += 1;
                self.skipped += usize::from(self.gate.position() >= self.counted_from);
                self.silence(packet)?
            }
        };
        let cut = self.delay_left.min(samples.len() as u64);
        self.delay_left -= cut;
        samples.drain(..cut as usize);
        Ok(samples)
    }

    /// Returns the silence that replaces a packet that cannot be decoded.
    fn silence(&mut self, packet: &Packet) -> Result<Vec<f32>> {
        let silence = self.jump.silence(packet);
        match self.rate.first().and_then(|_| self.packet_rate(packet)) {
            Some(rate) => self.rate.take(rate, silence),
            None => Ok(silence),
        }
    }

    /// Returns the sample rate of a packet that states it, Hz.
    fn packet_rate(&self, packet: &Packet) -> Option<u32> {
        let header = if self.mixes_rates() { FrameHeader::parse(&packet.data) } else { None };
        header.map(|header| header.sample_rate)
    }

    /// Whether parts of other sample rates are converted to the first: where that is known of each packet.
    fn mixes_rates(&self) -> bool {
        self.track.is_mpeg() && self.jump == Jump::Walk
    }

    fn chain(&mut self, name: &Path) -> Result<()> {
        self.note_truncation();
        let before = self.gate.kept_frames();
        self.track = Track::first(name, self.format.as_ref(), &Facts::default())?;
        self.delay_left = self.track.extent().delay;
        self.gate =
            PaddingGate::new(self.track.extent().promised.map(|frames| before.saturating_add(frames)), false);
        self.gate.jump(before);
        Ok(())
    }

    /// Ends the track and returns its last samples.
    fn end(&mut self) -> Vec<f32> {
        let mut last = self.rate.finish();
        last = self.gate.pass(last);
        last.extend(self.gate.finish());
        self.note_truncation();
        self.ended = true;
        last
    }

    fn note_truncation(&mut self) {
        if self.skipped == 0 && (self.is_cut || self.gate.is_short()) {
            self.skipped = 1;
        }
    }
}

fn read_packet(format: &mut dyn FormatReader, track: u32) -> StreamResult<Option<Packet>> {
    loop {
        match guarded(|| format.next_packet()) {
            Ok(Some(packet)) if packet.track_id != track => {}
            Err(StreamError::DecodeError(demux::OF_NO_TRACK)) => {}
            other => return other,
        }
    }
}

/// Refuses a track without decoding it, as decoding would, and returns the packets that were read for that.
pub(crate) fn refuse_undecodable(
    name: &Path,
    format: &mut dyn FormatReader,
    facts: &Facts,
) -> Result<VecDeque<Packet>> {
    let track = Track::first(name, format, facts)?;
    refuse_he_aac(name, format, &track)
}

fn refuse_he_aac(name: &Path, format: &mut dyn FormatReader, track: &Track) -> Result<VecDeque<Packet>> {
    let mut ahead = VecDeque::new();
    while track.is_aac() && ahead.len() < sbr::PACKETS {
        match read_packet(format, track.id()) {
            Ok(Some(packet)) => ahead.push_back(packet),
            _ => break,
        }
    }
    match sbr::is_he_aac(ahead.iter().map(|packet| &packet.data[..])) {
        true => Err(Error::unsupported(name, "HE-AAC")),
        false => Ok(ahead),
    }
}
