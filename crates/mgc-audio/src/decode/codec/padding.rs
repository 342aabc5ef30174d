//! What an encoder appends to a track, cut off while it streams by.

/// The longest padding that an encoder appends, frames: one vorbis block. A longer surplus means that the header is wrong.
const MAX_PADDING: usize = 8192;

/// A stream may be shorter than promised by one mp3 packet: some encoders count the packet that holds the header.
const MISCOUNT: u64 = 1152;

/// Lets the samples of one track pass, but holds back what goes beyond the length that its header promises.
#[derive(Default)]
pub(super) struct PaddingGate {
    /// Frames that the header promises.
    promised: Option<u64>,
    /// What goes beyond is not heard, however much it is.
    exact: bool,
    /// Frames that came in, of the whole track.
    position: u64,
    held: Vec<f32>,
}

impl PaddingGate {
    pub(super) fn new(promised: Option<u64>, exact: bool) -> Self {
        Self { promised, exact, ..Self::default() }
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Nothing that follows is heard.
    pub(super) fn is_over(&self) -> bool {
        self.exact && self.promised.is_some_and(|promised| self.position >= promised)
    }

    /// Frames that are heard once the track is over: without padding.
    pub(super) fn kept_frames(&self) -> u64 {
        let is_padding = |promised: &u64| self.position.saturating_sub(*promised) <= MAX_PADDING as u64;
        self.promised.filter(is_padding).map_or(self.position, |promised| promised.min(self.position))
    }

    /// Goes on at another place of the track.
    pub(super) fn jump(&mut self, position: u64) {
        self.position = position;
        self.held.clear();
    }

    /// What may be heard of the next samples.
    pub(super) fn pass(&mut self, mut samples: Vec<f32>) -> Vec<f32> {
        let before = self.position;
        self.position += samples.len() as u64;
        let Some(promised) = self.promised else { return samples };
        let heard = promised.saturating_sub(before).min(samples.len() as u64);
        self.held.extend(samples.drain(heard as usize..));
        if self.exact {
            self.held.clear();
        } else if self.held.len() > MAX_PADDING {
            self.promised = None;
            samples.append(&mut self.held);
        }
        samples
    }

    /// At the end of the track: whether much less came than the header promises. What is held back is padding.
    pub(super) fn is_short(&self) -> bool {
        self.promised.is_some_and(|promised| promised.saturating_sub(self.position) > MISCOUNT)
    }
}
