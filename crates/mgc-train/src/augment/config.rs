//! The strengths of all augmentations.

use crate::augment::crop::CropConfig;
use crate::augment::equaliser::EqualiserConfig;
use crate::augment::gain::GainConfig;
use crate::augment::low_pass::LowPassConfig;
use crate::augment::masks::MasksConfig;
use crate::augment::mix_style::MixStyleConfig;
use crate::augment::mixup::MixupConfig;
use crate::augment::noise_floor::NoiseFloorConfig;
use crate::augment::pitch::PitchConfig;
use crate::augment::stretch::StretchConfig;
use crate::augment::tilt::TiltConfig;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// The strengths of all augmentations; every one is off by default. They are applied in the order of the
/// fields.
///
/// The page of each says what it does, with its formula and source. What is off is not written by serde, so
/// settings that were written before an augmentation existed stay the same.
///
/// ```
/// use mgc_train::{AugmentConfig, CropConfig, EqualiserConfig};
///
/// let config = AugmentConfig {
///     crop: CropConfig { frames: Some(96) },
///     equaliser: EqualiserConfig { db: 8.0, ..Default::default() },
///     ..Default::default()
/// };
/// assert!(!config.is_off());
/// assert!(AugmentConfig::default().is_off());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AugmentConfig {
    /// A random piece of the example.
    #[serde(skip_serializing_if = "is_default")]
    pub crop: CropConfig,
    /// Another tempo. Crop and stretch are one step: only the frames of the piece are read.
    #[serde(skip_serializing_if = "is_default")]
    pub stretch: StretchConfig,
    /// Another pitch.
    #[serde(skip_serializing_if = "is_default")]
    pub pitch: PitchConfig,
    /// A smooth curve of gains over the bands.
    #[serde(skip_serializing_if = "is_default")]
    pub equaliser: EqualiserConfig,
    /// A gain that rises or falls with pitch.
    #[serde(skip_serializing_if = "is_default")]
    pub tilt: TiltConfig,
    /// Highs that fall off.
    #[serde(skip_serializing_if = "is_default")]
    pub low_pass: LowPassConfig,
    /// Steady noise.
    #[serde(skip_serializing_if = "is_default")]
    pub noise_floor: NoiseFloorConfig,
    /// Another level. After it come the limits of the front end ([`DecibelRange`](crate::DecibelRange)).
    #[serde(skip_serializing_if = "is_default")]
    pub gain: GainConfig,
    /// Frames and bands that are covered.
    #[serde(skip_serializing_if = "is_default")]
    pub masks: MasksConfig,
    /// Mean and deviation of the bands of another example of the batch.
    #[serde(skip_serializing_if = "is_default")]
    pub mix_style: MixStyleConfig,
    /// Mixtures of two examples of the batch and of their targets.
    #[serde(skip_serializing_if = "is_default")]
    pub mixup: MixupConfig,
}

impl AugmentConfig {
    /// Returns whether nothing is changed.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.crop.is_off()
            && self.stretch.is_off()
            && self.pitch.is_off()
            && self.equaliser.is_off()
            && self.tilt.is_off()
            && self.low_pass.is_off()
            && self.noise_floor.is_off()
            && self.gain.is_off()
            && self.masks.is_off()
            && self.mix_style.is_off()
            && self.mixup.is_off()
    }

    /// Checks every strength.
    ///
    /// # Errors
    ///
    /// [`Error::Config`](crate::Error::Config) names the first that is out of range.
    pub fn validate(&self) -> Result<()> {
        self.crop.validate()?;
        self.stretch.validate()?;
        self.pitch.validate()?;
        self.equaliser.validate()?;
        self.tilt.validate()?;
        self.low_pass.validate()?;
        self.noise_floor.validate()?;
        self.gain.validate()?;
        self.masks.validate()?;
        self.mix_style.validate()?;
        self.mixup.validate()
    }
}

/// For serde.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
