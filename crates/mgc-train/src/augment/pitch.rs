//! Another pitch.

use crate::augment::checks::check;
use crate::augment::draw::Draw;
use crate::augment::frequency_axis::FrequencyAxis;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Pitch: all frequencies times one factor, as a warp of the frequency axis.
///
/// > x'(f) = x(f / 2^(s / 12)), linear between two bands
///
/// The shift s is uniform from -`semitones` to `semitones`, one for the whole example. A tone at f moves to
/// f 2^(s / 12). On a mel axis that is no shift by a number of bands: a semitone is proportional to f below
/// 1 kHz and about 2.2 of 128 bands above. Where the warp asks for frequencies beyond the axis, it reads the
/// outermost band. The tempo stays.
///
/// Source: as [`StretchConfig`](crate::StretchConfig) (Schlüter and Grill, ISMIR 2015, section on pitch
/// shifting by scaling spectrograms).
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, FrequencyAxis, PitchConfig};
///
/// let config = AugmentConfig { pitch: PitchConfig { semitones: 2.0 }, ..Default::default() };
/// let axis = FrequencyAxis::new((1..=64).map(|band| 50.0 * f64::from(band)).collect())?;
/// let augmentation = Augmentation::new(config, axis)?;
/// let mut tone = vec![-80.0; 64];
/// tone[20] = 0.0;
/// let moved = augmentation.example(&Draw { seed: 1, epoch: 0, example: 0, visit: 0 }, &tone)?;
/// assert_ne!(moved, tone);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PitchConfig {
    /// The largest shift up or down, semitones, 0 to 12. Default 0: off.
    pub semitones: f64,
}

impl PitchConfig {
    pub(super) fn is_off(&self) -> bool {
        self.semitones == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let holds = (0.0..=12.0).contains(&self.semitones);
        check(holds, "pitch.semitones", self.semitones, "a number from 0 (off) to 12")
    }

    /// Moves an example by a shift that is drawn.
    pub(super) fn apply(&self, draw: &Draw, axis: &FrequencyAxis, values: &mut [f32]) {
        if self.is_off() {
            return;
        }
        let semitones = draw.stream("pitch").between(-self.semitones, self.semitones);
        let sources = sources(axis, semitones);
        let mut frame = vec![0.0; axis.bands()];
        for values in values.chunks_exact_mut(axis.bands()) {
            frame.copy_from_slice(values);
            for (value, &(lower, upper, share)) in values.iter_mut().zip(&sources) {
                *value = frame[lower] + share * (frame[upper] - frame[lower]);
            }
        }
    }
}

/// Returns, for each band, the two bands that it is read from and the share of the upper one.
fn sources(axis: &FrequencyAxis, semitones: f64) -> Vec<(usize, usize, f32)> {
    let factor = (-semitones / 12.0).exp2();
    let source = |centre: &f64| {
        let place = axis.place(centre * factor);
        let lower = place.floor() as usize;
        (lower, (lower + 1).min(axis.bands() - 1), (place - place.floor()) as f32)
    };
    axis.centres().iter().map(source).collect()
}
