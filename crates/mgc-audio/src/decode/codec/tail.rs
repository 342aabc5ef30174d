//! Drops the padding at the end of a track.

/// Holds back as many samples as the padding has, for they are it unless more follow.
#[derive(Debug, Default)]
pub(super) struct Tail {
    padding: usize,
    held: Vec<f32>,
}

impl Tail {
    pub(super) fn new(padding: usize) -> Self {
        Self { padding, held: Vec::new() }
    }

    /// Takes the next samples and returns those that are no padding.
    pub(super) fn pass(&mut self, samples: Vec<f32>) -> Vec<f32> {
        if self.padding == 0 {
            return samples;
        }
        self.held.extend(samples);
        let sound = self.held.len().saturating_sub(self.padding);
        self.held.drain(..sound).collect()
    }
}
