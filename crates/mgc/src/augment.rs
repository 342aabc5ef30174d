//! Augmentations for the spectrograms of a front end.

use crate::error::Result;
use mgc_audio::{Decibels, MelConfig, Reference};
use mgc_train::{AugmentConfig, Augmentation, DecibelRange, FrequencyAxis};

/// Makes augmentations of these strengths for the spectrograms that a front end computes: with its band
/// centres and its limits of levels.
///
/// Where the front end measures levels from an absolute reference, `amin` is a limit too; where it measures
/// them from the loudest, only `top_db` is.
///
/// ```
/// use mgc::audio::MelConfig;
/// use mgc::train::{AugmentConfig, Draw, PitchConfig};
///
/// let config = AugmentConfig { pitch: PitchConfig { semitones: 2.0 }, ..Default::default() };
/// let augmentation = mgc::augmentation(config, &MelConfig::bbnn())?;
/// let draw = Draw { seed: 1, epoch: 0, example: 0, visit: 0 };
/// let moved = augmentation.example(&draw, &vec![-60.0; 647 * 128]).map_err(mgc::Error::from)?;
/// assert_eq!(moved.len(), 647 * 128);
/// # Ok::<(), mgc::Error>(())
/// ```
///
/// # Errors
/// [`Error::Audio`](crate::Error::Audio) for a front end, [`Error::Train`](crate::Error::Train) for a strength
/// that is out of range.
pub fn augmentation(config: AugmentConfig, front_end: &MelConfig) -> Result<Augmentation> {
    front_end.validate()?;
    let axis = FrequencyAxis::new(front_end.band_centres())?;
    Ok(Augmentation::new(config, axis)?.with_range(range(&front_end.decibels))?)
}

fn range(decibels: &Decibels) -> DecibelRange {
    let lowest = match decibels.reference {
        Reference::One => Some(10.0 * (decibels.amin / decibels.amin.max(1.0)).log10()),
        Reference::Max => None,
    };
    DecibelRange { lowest, top_db: decibels.top_db }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_the_front_end() {
        let librosas = Decibels::default();
        assert_eq!(range(&librosas), DecibelRange { lowest: Some(-100.0), top_db: Some(80.0) });
        let relative = Decibels { reference: Reference::Max, ..Decibels::default() };
        assert_eq!(range(&relative), DecibelRange { lowest: None, top_db: Some(80.0) });
        let loud = Decibels { amin: 10.0, top_db: None, ..Decibels::default() };
        assert_eq!(range(&loud), DecibelRange { lowest: Some(0.0), top_db: None });
    }
}
