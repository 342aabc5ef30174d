//! A random piece of the example.

use crate::augment::checks::check;
use crate::augment::draw::Draw;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Crop in time: a random piece of `frames` frames.
///
/// > x'\[t\] = x\[start + t\], t = 0 .. frames - 1
///
/// `start` is uniform over all places where the piece fits. Together with [`StretchConfig`] the piece is that
/// of the stretched music: `frames` is the length after stretching, and no other frames are read. Validation
/// examples keep their length, so the model must take both; a network that ends in a global pool does.
///
/// Units: frames; the front end gives the seconds (43.07 frames a second at 22,050 Hz and a hop of 512).
///
/// Source: common practice; K. Choi, G. Fazekas, M. Sandler, K. Cho: Convolutional Recurrent Neural Networks
/// for Music Classification, arXiv 1609.04243, trains on pieces of 29 s.
///
/// [`StretchConfig`]: crate::StretchConfig
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, CropConfig, Draw, FrequencyAxis};
///
/// let config = AugmentConfig { crop: CropConfig { frames: Some(2) }, ..Default::default() };
/// let augmentation = Augmentation::new(config, FrequencyAxis::new(vec![440.0])?)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let piece = augmentation.example(&draw, &[0.0, 1.0, 2.0, 3.0])?;
/// assert_eq!(piece[1], piece[0] + 1.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CropConfig {
    /// The length of the piece, frames, at least 1 and at most that of the examples. Default: none, all
    /// frames are kept.
    pub frames: Option<usize>,
}

impl CropConfig {
    pub(super) fn is_off(&self) -> bool {
        self.frames.is_none()
    }

    pub(super) fn validate(&self) -> Result<()> {
        check(self.frames != Some(0), "crop.frames", 0, "at least 1 frame")
    }

    /// Returns the length of the piece of an example of `frames` frames.
    pub(super) fn length(&self, frames: usize) -> Result<usize> {
        let length = self.frames.unwrap_or(frames);
        let expected = "at most the number of frames of the examples";
        check(length <= frames, "crop.frames", length, expected)?;
        Ok(length)
    }

    /// Draws the first frame of a piece that spans `span` of `frames` frames; 0 where it spans more.
    pub(super) fn start(draw: &Draw, span: usize, frames: usize) -> usize {
        match frames.saturating_sub(span) {
            0 => 0,
            free => draw.stream("crop").below(free + 1),
        }
    }
}
