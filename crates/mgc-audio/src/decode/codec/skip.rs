//! Skips to a position inside a track, so that its samples are those of an uninterrupted run.

use std::path::Path;

use symphonia::core::{
    errors::{Error as StreamError, SeekErrorKind},
    formats::{SeekMode, SeekTo},
    packet::Packet,
    units::Timestamp,
};

use crate::error::{Error, Result};

use super::{Packets, demux::frames, guard::guarded, jump::Jump};

/// Frames decoded before the position: an mp3 frame may use bits of up to 85 frames of 576 samples before it
/// (MPEG-2 at 8 kbit/s).
const RUN_UP: u64 = 65_536;

impl Packets {
    /// Skips to a position from which `frame` can be reached by decoding and returns it; `None` if nothing is
    /// skipped.
    pub(crate) fn skip_towards(&mut self, name: &Path, frame: u64) -> Result<Option<u64>> {
        self.counted_from = frame;
        let target = frame.saturating_sub(RUN_UP);
        if target <= self.gate.position() || self.jump == Jump::Decode {
            return Ok(None);
        }
        let reached = match self.jump {
            Jump::Seek => self.seek(name, target)?,
            _ => self.walk(name, target)?,
        };
        self.track.reset();
        self.gate.jump(reached);
        self.prime(name)?;
        Ok(Some(self.gate.position()))
    }

    /// Returns the frames of all that follows: the packets are read and not decoded.
    pub(crate) fn count(mut self, name: &Path) -> Result<u64> {
        self.walk(name, u64::MAX)?;
        Ok(self.gate.kept_frames())
    }

    /// Seeks and returns the position reached: at most `target`, or the end if `target` is after it.
    fn seek(&mut self, name: &Path, target: u64) -> Result<u64> {
        let delay = self.track.extent().delay;
        let ts = Timestamp::try_from(target.saturating_add(delay)).unwrap_or(Timestamp::MAX);
        let to = SeekTo::Timestamp { ts, track_id: self.track.id() };
        match guarded(|| self.format.seek(SeekMode::Accurate, to)) {
            Ok(reached) => {
                self.ahead.clear();
                let reached = u64::try_from(reached.actual_ts.get()).unwrap_or(0);
                self.delay_left = delay.saturating_sub(reached);
                Ok(reached.saturating_sub(delay))
            }
            // Beyond the length that the header states, which may be wrong; the position has not changed.
            Err(StreamError::SeekError(SeekErrorKind::OutOfRange)) => self.walk(name, target),
            Err(StreamError::SeekError(_)) => {
                self.ended = true;
                Ok(target)
            }
            Err(StreamError::IoError(error)) if error.raw_os_error().is_some() => Err(Error::io(name, error)),
            Err(_) => Err(Error::malformed(name, "it is damaged before the part that was asked for")),
        }
    }

    /// Reads packets without decoding them and returns the position reached: at least `target`, or the end,
    /// or the start of a part of another sample rate, which is decoded from there.
    fn walk(&mut self, name: &Path, target: u64) -> Result<u64> {
        while self.gate.position() < target && !self.ended {
            match self.next_packet() {
                Ok(Some(packet)) if self.is_converted(&packet) => {
                    self.ahead.push_front(packet);
                    break;
                }
                Ok(Some(packet)) => self.pass_by(frames(&packet)),
                Err(StreamError::ResetRequired) => self.chain(name)?,
                Ok(None) | Err(_) => self.ended = true,
            }
        }
        Ok(self.gate.position())
    }

    /// Whether the packet is of another sample rate than the first.
    fn is_converted(&self, packet: &Packet) -> bool {
        self.packet_rate(packet).is_some_and(|rate| self.rate.is_foreign(rate))
    }

    /// Counts frames that are not decoded; in a chain of streams only as many as each states.
    fn pass_by(&mut self, frames: u64) {
        let cut = self.delay_left.min(frames);
        self.delay_left -= cut;
        self.gate.jump(self.gate.position() + frames - cut);
    }

    /// Decodes the first packet after a jump and drops its samples: a lapped transform needs two packets.
    pub(super) fn prime(&mut self, name: &Path) -> Result<()> {
        loop {
            match self.next_packet() {
                Ok(Some(packet)) if self.is_converted(&packet) => {
                    self.ahead.push_front(packet);
                    return Ok(());
                }
                Ok(Some(packet)) => {
                    let _ = self.track.decode(&packet);
                    self.pass_by(frames(&packet));
                    return Ok(());
                }
                Err(StreamError::ResetRequired) => self.chain(name)?,
                Ok(None) | Err(_) => {
                    self.ended = true;
                    return Ok(());
                }
            }
        }
    }
}
