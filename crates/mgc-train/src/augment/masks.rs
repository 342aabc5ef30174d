//! Masks over time and frequency.

use crate::augment::checks::check;
use crate::augment::draw::Draw;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Masks over time and frequency: some frames and some bands are replaced by the mean of the example.
///
/// > x'\[t, k\] = mean(x) where t or k is masked, else x\[t, k\]
///
/// Of `time_masks` masks each covers w frames, w uniform from 0 to `time_width`, at any place where it fits;
/// `frequency_masks` and `frequency_width` say the same of bands. Masks may overlap. All of a kind is covered
/// at most once: a width counts as at most the whole axis.
///
/// Source: D. S. Park et al.: SpecAugment, arXiv 1904.08779, without its warp of time. There the input has
/// mean 0 and masks are 0.
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, MasksConfig};
///
/// let masks = MasksConfig { time_masks: 2, time_width: 3, ..Default::default() };
/// let augmentation =
///     Augmentation::new(AugmentConfig { masks, ..Default::default() }, FrequencyAxis::new(vec![440.0])?)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let ramp: Vec<f32> = (0..10).map(|frame| frame as f32).collect();
/// let masked = augmentation.example(&draw, &ramp)?;
/// assert!(masked.iter().zip(&ramp).filter(|(a, b)| a != b).count() <= 6);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MasksConfig {
    /// The number of masks over time, 0 to 100. Default 0: off.
    pub time_masks: usize,
    /// The largest width of a mask over time, frames. Default 0: off.
    pub time_width: usize,
    /// The number of masks over frequency, 0 to 100. Default 0: off.
    pub frequency_masks: usize,
    /// The largest width of a mask over frequency, bands. Default 0: off.
    pub frequency_width: usize,
}

impl MasksConfig {
    pub(super) fn is_off(&self) -> bool {
        self.time_masks.min(self.time_width) == 0 && self.frequency_masks.min(self.frequency_width) == 0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let (time, frequency) = (self.time_masks, self.frequency_masks);
        check(time <= 100, "masks.time_masks", time, "0 to 100")?;
        check(frequency <= 100, "masks.frequency_masks", frequency, "0 to 100")
    }

    /// Lays masks over an example at places that are drawn.
    pub(super) fn apply(&self, draw: &Draw, bands: usize, values: &mut [f32]) {
        if self.is_off() {
            return;
        }
        let (frames, mean) = (values.len() / bands, mean(values));
        for frames in masks(draw, "time_masks", self.time_masks, self.time_width, frames) {
            values[frames.start * bands..frames.end * bands].fill(mean);
        }
        for masked in masks(draw, "frequency_masks", self.frequency_masks, self.frequency_width, bands) {
            values.chunks_exact_mut(bands).for_each(|frame| frame[masked.clone()].fill(mean));
        }
    }
}

/// Draws masks of at most `width` of `length` places.
fn masks(draw: &Draw, kind: &str, count: usize, width: usize, length: usize) -> Vec<Range<usize>> {
    let mut stream = draw.stream(kind);
    let mask = |_| {
        let width = stream.below(width.min(length) + 1);
        let start = stream.below(length - width + 1);
        start..start + width
    };
    (0..count).map(mask).collect()
}

fn mean(values: &[f32]) -> f32 {
    let sum: f64 = values.iter().map(|&value| f64::from(value)).sum();
    (sum / values.len() as f64) as f32
}
