//! Removes the padding that an encoder appends to a track.

use super::extent::Extent;

/// The longest padding that an encoder appends, frames: one vorbis block. More means that the header is
/// wrong.
const MAX_PADDING: u64 = 8192;

/// Frames by which a stream may be shorter than stated: one mp3 packet, as some encoders count that of the
/// header.
const MISCOUNT: u64 = 1152;

/// Passes the samples of one track on, but holds back those beyond the length that its header states.
#[derive(Default)]
pub(crate) struct PaddingGate {
    /// Frames that the header states.
    promised: Option<u64>,
    /// Frames beyond the stated length are dropped, however many they are.
    exact: bool,
    /// Frames of padding, where the header states that.
    padding: Option<u64>,
    /// Frames received so far, counted from the start of the track.
    position: u64,
    held: Vec<f32>,
}

impl PaddingGate {
    pub(super) fn new(promised: Option<u64>, exact: bool) -> Self {
        Self { promised, exact, ..Self::default() }
    }

    /// A gate for the length that the header of the track states.
    pub(crate) fn of(extent: &Extent) -> Self {
        Self { padding: extent.padding, ..Self::new(extent.promised, extent.cut) }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Whether all frames that follow will be dropped.
    pub(super) fn is_over(&self) -> bool {
        self.exact && self.promised.is_some_and(|promised| self.position >= promised)
    }

    /// Returns the number of frames of the track without padding, once it is over.
    pub(crate) fn kept_frames(&self) -> u64 {
        let Some(promised) = self.promised else { return self.position };
        let excess = self.position.saturating_sub(promised);
        match self.padding {
            _ if excess > MAX_PADDING => self.position,
            // The header has miscounted, so its padding is that of another packet.
            Some(padding) if excess > padding => self.position - padding,
            _ => promised.min(self.position),
        }
    }

    /// Continues at another position of the track.
    pub(crate) fn jump(&mut self, position: u64) {
        self.position = position;
        self.held.clear();
    }

    /// Takes the next samples and returns those to keep.
    pub(super) fn pass(&mut self, mut samples: Vec<f32>) -> Vec<f32> {
        let before = self.position;
        self.position += samples.len() as u64;
        let Some(promised) = self.promised else { return samples };
        let kept = promised.saturating_sub(before).min(samples.len() as u64);
        self.held.extend(samples.drain(kept as usize..));
        if self.exact {
            self.held.clear();
        } else if self.position.saturating_sub(promised) > MAX_PADDING {
            self.promised = None;
            samples.append(&mut self.held);
        }
        samples
    }

    /// Returns what was held back and is no padding, once the track is over.
    pub(super) fn finish(&mut self) -> Vec<f32> {
        let mut held = std::mem::take(&mut self.held);
        let start = self.position - held.len() as u64;
        held.truncate(self.kept_frames().saturating_sub(start) as usize);
        held
    }

    /// Whether the track ended much earlier than its header states.
    pub(super) fn is_short(&self) -> bool {
        self.promised.is_some_and(|promised| promised.saturating_sub(self.position) > MISCOUNT)
    }
}
