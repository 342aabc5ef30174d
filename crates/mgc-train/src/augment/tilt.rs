//! A spectral tilt.

use crate::augment::checks::check;
use crate::augment::curve::add_curve;
use crate::augment::draw::Draw;
use crate::augment::frequency_axis::FrequencyAxis;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// The frequency that a tilt leaves as it is, Hz.
const PIVOT: f64 = 1000.0;

/// Spectral tilt: a gain that rises or falls evenly with pitch, the same for all frames.
///
/// > x'(f) = x(f) + s log2(f / 1000 Hz)
///
/// The slope s is uniform from -`db_per_octave` to `db_per_octave`. Above 0 the music is brighter, below 0
/// darker. With bands from 21 Hz to 10.8 kHz, 1 dB per octave is -5.6 dB at the low end and +3.4 dB at the high.
///
/// Source: the simplest of the equalisers, as a tone control; see [`EqualiserConfig`](crate::EqualiserConfig).
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, TiltConfig};
///
/// let config = AugmentConfig { tilt: TiltConfig { db_per_octave: 1.5 }, ..Default::default() };
/// let augmentation = Augmentation::new(config, FrequencyAxis::new(vec![500.0, 1000.0, 2000.0])?)?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let tilted = augmentation.example(&draw, &[0.0; 3])?;
/// assert_eq!((tilted[1], tilted[0]), (0.0, -tilted[2]));
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TiltConfig {
    /// The steepest slope up or down, dB per octave, 0 to 12. Default 0: off.
    pub db_per_octave: f64,
}

impl TiltConfig {
    pub(super) fn is_off(&self) -> bool {
        self.db_per_octave == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let slope = self.db_per_octave;
        let expected = "a number from 0 (off) to 12 dB per octave";
        check((0.0..=12.0).contains(&slope), "tilt.db_per_octave", slope, expected)
    }

    /// Tilts an example by a slope that is drawn.
    pub(super) fn apply(&self, draw: &Draw, axis: &FrequencyAxis, values: &mut [f32]) {
        if self.is_off() {
            return;
        }
        let slope = draw.stream("tilt").between(-self.db_per_octave, self.db_per_octave);
        let curve: Vec<f32> = axis.octaves_above(PIVOT).map(|octaves| (slope * octaves) as f32).collect();
        add_curve(values, &curve);
    }
}
