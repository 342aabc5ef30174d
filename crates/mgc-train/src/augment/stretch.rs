//! Another tempo.

use crate::augment::checks::check;
use crate::augment::draw::Draw;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Time stretch: the music is played at another tempo and keeps its pitch.
///
/// > x'\[t\] = x at the place start + t r, linear between two frames
///
/// The tempo r is drawn uniformly on a logarithmic scale from 1 / `max_factor` to `max_factor`; above 1 the
/// music is faster. The number of frames stays, or is that of the crop. A slower example is a random piece
/// of the music; a faster one that needs more frames than there are begins again at the first.
///
/// Source: J. Schlüter, T. Grill: Exploring Data Augmentation for Improved Singing Voice Detection with Neural
/// Networks, ISMIR 2015, which resamples spectrograms in time by up to 30 %.
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, StretchConfig};
///
/// let config = AugmentConfig { stretch: StretchConfig { max_factor: 1.25 }, ..Default::default() };
/// let augmentation = Augmentation::new(config, FrequencyAxis::new(vec![440.0])?)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 3, visit: 0 };
/// let ramp: Vec<f32> = (0..100).map(|frame| frame as f32).collect();
/// let stretched = augmentation.example(&draw, &ramp)?;
/// let tempo = stretched[1] - stretched[0];
/// assert!((0.8..=1.25).contains(&tempo) && tempo != 1.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StretchConfig {
    /// The largest factor by which the tempo rises or falls, 1 to 4. Default 1: off.
    pub max_factor: f64,
}

impl Default for StretchConfig {
    fn default() -> Self {
        Self { max_factor: 1.0 }
    }
}

impl StretchConfig {
    pub(super) fn is_off(&self) -> bool {
        self.max_factor == 1.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let holds = (1.0..=4.0).contains(&self.max_factor);
        check(holds, "stretch.max_factor", self.max_factor, "a number from 1 (off) to 4")
    }

    /// Draws a tempo; 1 where it is off.
    pub(super) fn tempo(&self, draw: &Draw) -> f64 {
        if self.is_off() {
            return 1.0;
        }
        draw.stream("stretch").log_between(1.0 / self.max_factor, self.max_factor)
    }
}

/// Returns the number of frames that `frames` frames at a tempo are made of.
pub(super) fn span(frames: usize, tempo: f64) -> usize {
    (frames.saturating_sub(1) as f64 * tempo).ceil() as usize + 1
}

/// Appends `frames` frames of the music at a tempo, from the frame `start` on. `values` holds whole frames, at
/// least one.
pub(super) fn append_at_tempo(
    values: &[f32],
    bands: usize,
    start: usize,
    frames: usize,
    tempo: f64,
    output: &mut Vec<f32>,
) {
    if tempo == 1.0 && (start + frames) * bands <= values.len() {
        return output.extend_from_slice(&values[start * bands..(start + frames) * bands]);
    }
    let count = values.len() / bands;
    let frame = |index: usize| {
        let first = (start + index) % count * bands;
        &values[first..first + bands]
    };
    for index in 0..frames {
        let place = index as f64 * tempo;
        let (before, share) = (place.floor() as usize, (place - place.floor()) as f32);
        if share == 0.0 {
            output.extend_from_slice(frame(before));
            continue;
        }
        output.extend(frame(before).iter().zip(frame(before + 1)).map(|(a, b)| a + share * (b - a)));
    }
}
