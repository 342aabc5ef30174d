//! Answers for long spectrograms from windows of them.

use crate::dropout::Reseed;
use candle::{Result, Tensor};
use candle_nn::ModuleT;
use serde::{Deserialize, Serialize};

/// Windows over the frames of a spectrogram, each of which the network answers alone: the logits of the
/// spectrogram are the means of theirs.
///
/// A network that is trained on short crops ([`AugmentConfig`](mgc_train::AugmentConfig)) hears tracks as it
/// heard its training. The windows belong to the model file, so a classifier cuts as the training did.
///
/// ```
/// let windows = mgc::Windows::half_overlapping(96);
/// assert_eq!(windows.starts(250), [0, 48, 96, 144, 154]);
/// assert_eq!(windows.starts(60), [0], "a shorter spectrogram is one window");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Windows {
    /// Frames of a window, at least 1.
    pub frames: usize,
    /// Frames from the beginning of one window to that of the next, at least 1 and at most `frames`.
    pub hop: usize,
}

impl Windows {
    /// Returns windows of which each shares half its frames with the next.
    #[must_use]
    pub fn half_overlapping(frames: usize) -> Self {
        Self { frames, hop: (frames / 2).max(1) }
    }

    /// Returns the first frame of each window over `frames` frames: one every hop, and one that ends with the
    /// last frame.
    #[must_use]
    pub fn starts(&self, frames: usize) -> Vec<usize> {
        let last = frames.saturating_sub(self.frames);
        (0..last).step_by(self.hop.max(1)).chain([last]).collect()
    }

    /// Tells whether the sizes are within their ranges.
    pub(crate) fn sound(&self) -> bool {
        (1..=self.frames).contains(&self.hop)
    }

    /// Returns the mean of what `answer` gives for each window of spectrograms (N, 1, frames, bands).
    pub(crate) fn mean(
        &self,
        spectrograms: &Tensor,
        answer: impl Fn(&Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let frames = spectrograms.dim(2)?;
        let starts = self.starts(frames);
        let window = |start: &usize| {
            let window = spectrograms.narrow(2, *start, self.frames.min(frames - start))?;
            answer(&window.contiguous()?)
        };
        let mut sum = window(&starts[0])?;
        for start in &starts[1..] {
            sum = (sum + window(start)?)?;
        }
        sum / starts.len() as f64
    }
}

/// A network that sees a spectrogram whole in training, and in windows otherwise.
pub(crate) struct Windowed {
    pub(crate) network: Box<dyn Reseed>,
    pub(crate) windows: Windows,
}

impl ModuleT for Windowed {
    fn forward_t(&self, spectrograms: &Tensor, train: bool) -> Result<Tensor> {
        match train {
            true => self.network.forward_t(spectrograms, true),
            false => self.windows.mean(spectrograms, |window| self.network.forward_t(window, false)),
        }
    }
}

impl Reseed for Windowed {
    fn reseed(&self, seed: u64, epoch: usize) {
        self.network.reseed(seed, epoch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle::Device;

    #[test]
    fn windows_reach_both_ends_and_leave_no_frame_out() {
        for frames in 1..300 {
            for (length, hop) in [(1, 1), (7, 3), (96, 48), (96, 96), (128, 1)] {
                let starts = Windows { frames: length, hop }.starts(frames);
                let heard =
                    |frame: usize| starts.iter().any(|start| (*start..start + length).contains(&frame));
                assert!((0..frames).all(heard), "{frames} frames, windows of {length} every {hop}");
                assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
                assert!(starts.iter().all(|start| start + length.min(frames) <= frames));
            }
        }
    }

    #[test]
    fn the_answer_is_the_mean_over_windows() -> Result<()> {
        let frames: Vec<f64> = (0..10).map(f64::from).collect();
        let spectrogram = Tensor::from_vec(frames, (1, 1, 10, 1), &Device::Cpu)?;
        let largest = |window: &Tensor| window.max(2)?.flatten_from(1);
        let answer = Windows { frames: 4, hop: 3 }.mean(&spectrogram, largest)?;
        assert_eq!(answer.to_vec2::<f64>()?, [[(3. + 6. + 9.) / 3.]]);
        Ok(())
    }
}
