//! A low-pass filter.

use crate::augment::checks::{check, check_probability};
use crate::augment::curve::add_curve;
use crate::augment::draw::Draw;
use crate::augment::frequency_axis::FrequencyAxis;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Low-pass filter: the highs fall off above a cut-off frequency, as in old or strongly compressed recordings.
///
/// > x'(f) = x(f) - s max(0, log2(f / fc))
///
/// It happens to an example with `probability`. The cut-off fc is then drawn uniformly on a logarithmic
/// scale from `lowest_hz` to `highest_hz`; the slope s is `db_per_octave`. Below fc nothing changes. The
/// limits of the front end ([`DecibelRange`](crate::DecibelRange)) keep what is filtered out from falling
/// without end.
///
/// Source: J. Schlüter, T. Grill, ISMIR 2015 (random frequency filters); the slope is that of Butterworth
/// filters, 6 dB per octave and order.
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, LowPassConfig};
///
/// let low_pass = LowPassConfig { probability: 1.0, ..Default::default() };
/// let axis = FrequencyAxis::new(vec![1000.0, 2000.0, 10_000.0])?;
/// let augmentation = Augmentation::new(AugmentConfig { low_pass, ..Default::default() }, axis)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let filtered = augmentation.example(&draw, &[0.0; 3])?;
/// assert_eq!((filtered[0], filtered[1]), (0.0, 0.0));
/// assert!(filtered[2] < 0.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LowPassConfig {
    /// The probability that an example is filtered, 0 to 1. Default 0: off.
    pub probability: f64,
    /// The lowest cut-off frequency, Hz, above 0. Default 3000.
    pub lowest_hz: f64,
    /// The highest cut-off frequency, Hz, at least `lowest_hz`. Default 9000.
    pub highest_hz: f64,
    /// The slope above the cut-off, dB per octave, 0 to 120. Default 24.
    pub db_per_octave: f64,
}

impl Default for LowPassConfig {
    fn default() -> Self {
        Self { probability: 0.0, lowest_hz: 3000.0, highest_hz: 9000.0, db_per_octave: 24.0 }
    }
}

impl LowPassConfig {
    pub(super) fn is_off(&self) -> bool {
        self.probability == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let Self { probability, lowest_hz, highest_hz, db_per_octave } = *self;
        check_probability("low_pass.probability", probability)?;
        check(lowest_hz > 0.0 && lowest_hz.is_finite(), "low_pass.lowest_hz", lowest_hz, "above 0 Hz")?;
        let holds = highest_hz >= lowest_hz && highest_hz.is_finite();
        check(holds, "low_pass.highest_hz", highest_hz, "at least `lowest_hz`")?;
        let holds = (0.0..=120.0).contains(&db_per_octave);
        check(holds, "low_pass.db_per_octave", db_per_octave, "a number from 0 to 120 dB per octave")
    }

    /// Filters an example, or not, as is drawn.
    pub(super) fn apply(&self, draw: &Draw, axis: &FrequencyAxis, values: &mut [f32]) {
        let mut stream = draw.stream("low_pass");
        if self.is_off() || !stream.chance(self.probability) {
            return;
        }
        let cut_off = stream.log_between(self.lowest_hz, self.highest_hz);
        let gain = |octaves: f64| (-self.db_per_octave * octaves.max(0.0)) as f32;
        let curve: Vec<f32> = axis.octaves_above(cut_off).map(gain).collect();
        add_curve(values, &curve);
    }
}
