//! Noise below the music.

use crate::augment::checks::{check, check_probability};
use crate::augment::decibel_range::loudest;
use crate::augment::draw::Draw;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// Noise floor: steady white noise is added to the music.
///
/// > x' = 10 log10(10^(x / 10) + 10^(n / 10))
///
/// It happens to an example with `probability`. The level n is then uniform from `lowest_db` to `highest_db`,
/// relative to the loudest value of the example, and the same in all frames and bands: white noise has
/// the same mean power in every mel band, since the filters have unit area. Its own variation is left out.
///
/// Source: J. Salamon, J. P. Bello: Deep Convolutional Neural Networks and Data Augmentation for Environmental
/// Sound Classification, arXiv 1608.04363 (background noise), here with the expected power of white noise.
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, NoiseFloorConfig};
///
/// let noise_floor = NoiseFloorConfig { probability: 1.0, lowest_db: -20.0, highest_db: -20.0 };
/// let axis = FrequencyAxis::new(vec![500.0, 1000.0])?;
/// let augmentation = Augmentation::new(AugmentConfig { noise_floor, ..Default::default() }, axis)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let noisy = augmentation.example(&draw, &[0.0, -20.0])?;
/// assert!((noisy[1] - -16.99).abs() < 0.01); // twice the power
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoiseFloorConfig {
    /// The probability that noise is added to an example, 0 to 1. Default 0: off.
    pub probability: f64,
    /// The lowest level, dB relative to the loudest value of the example, -200 to 0. Default -80.
    pub lowest_db: f64,
    /// The highest level, dB relative to the loudest value of the example, `lowest_db` to 0. Default -40.
    pub highest_db: f64,
}

impl Default for NoiseFloorConfig {
    fn default() -> Self {
        Self { probability: 0.0, lowest_db: -80.0, highest_db: -40.0 }
    }
}

impl NoiseFloorConfig {
    pub(super) fn is_off(&self) -> bool {
        self.probability == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let Self { probability, lowest_db, highest_db } = *self;
        check_probability("noise_floor.probability", probability)?;
        let holds = (-200.0..=0.0).contains(&lowest_db);
        check(holds, "noise_floor.lowest_db", lowest_db, "a number from -200 to 0 dB")?;
        let holds = (lowest_db..=0.0).contains(&highest_db);
        check(holds, "noise_floor.highest_db", highest_db, "a number from `lowest_db` to 0 dB")
    }

    /// Adds noise to an example, or not, as is drawn.
    pub(super) fn apply(&self, draw: &Draw, values: &mut [f32]) {
        let mut stream = draw.stream("noise_floor");
        if self.is_off() || !stream.chance(self.probability) {
            return;
        }
        let level = loudest(values) + stream.between(self.lowest_db, self.highest_db) as f32;
        let excess = EXCESS.as_slice();
        values.iter_mut().for_each(|value| *value = power_sum(*value, level, excess));
    }
}

/// Entries of [`EXCESS`] per dB, and the difference where it ends: beyond, the quieter power adds less than 1e-7 dB.
const STEPS: f32 = 64.0;
const END_DB: f32 = 80.0;

/// How far the level of a sum lies above the louder of two powers, by their difference. Between two entries it
/// is straight to 2e-6 dB, less than the rounding of a level; logarithms would cost most of all augmentations.
static EXCESS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let excess = |step: usize| {
        let difference = step as f64 / f64::from(STEPS);
        (10.0 * (10f64.powf(-difference / 10.0) + 1.0).log10()) as f32
    };
    (0..=(END_DB * STEPS) as usize).map(excess).collect()
});

/// Returns the level of the sum of two powers, dB.
fn power_sum(a: f32, b: f32, excess: &[f32]) -> f32 {
    let place = (a - b).abs() * STEPS;
    let step = place as usize;
    match (excess.get(step), excess.get(step.saturating_add(1))) {
        (Some(before), Some(after)) => a.max(b) + (before + (place - step as f32) * (after - before)),
        _ => a.max(b),
    }
}
