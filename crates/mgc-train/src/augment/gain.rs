//! Another level.

use crate::augment::checks::check;
use crate::augment::draw::Draw;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Gain: the whole example is louder or quieter.
///
/// > x' = x + g
///
/// The gain g is uniform from -`db` to `db`, one for the whole example. It is for front ends whose levels are
/// absolute. Where levels are relative to the loudest one, no music differs in this way: there it only adds
/// disturbance.
///
/// Source: J. Schlüter, T. Grill, ISMIR 2015 (loudness).
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, GainConfig};
///
/// let config = AugmentConfig { gain: GainConfig { db: 6.0 }, ..Default::default() };
/// let augmentation = Augmentation::new(config, FrequencyAxis::new(vec![500.0, 1000.0])?)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let changed = augmentation.example(&draw, &[0.0, 0.0])?;
/// assert!(changed[0] == changed[1] && changed[0].abs() <= 6.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GainConfig {
    /// The largest gain up or down, dB, 0 to 60. Default 0: off.
    pub db: f64,
}

impl GainConfig {
    pub(super) fn is_off(&self) -> bool {
        self.db == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        check((0.0..=60.0).contains(&self.db), "gain.db", self.db, "a number from 0 (off) to 60 dB")
    }

    /// Changes the level of an example by a gain that is drawn.
    pub(super) fn apply(&self, draw: &Draw, values: &mut [f32]) {
        if self.is_off() {
            return;
        }
        let gain = draw.stream("gain").between(-self.db, self.db) as f32;
        values.iter_mut().for_each(|value| *value += gain);
    }
}
