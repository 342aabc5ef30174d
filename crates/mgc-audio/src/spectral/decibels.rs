//! Power to decibels, after `librosa.power_to_db` (0.11).

use pulp::Arch;

use crate::{
    error::Result,
    spectral::{checks::check, logarithm::decibels},
};

/// How power is converted to decibels: `10 log10(max(amin, power)) - 10 log10(max(amin, reference))`, limited
/// to `top_db` below the maximum.
///
/// ```
/// use mgc_audio::{Decibels, MelConfig, Reference};
///
/// let decibels = Decibels { reference: Reference::Max, ..Decibels::default() };
/// let config = MelConfig { decibels, ..MelConfig::default() };
/// # assert!(config.validate().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Decibels {
    /// The power of 0 dB.
    pub reference: Reference,
    /// The lowest power, above 0: smaller values are raised to it.
    pub amin: f64,
    /// The largest distance below the maximum of the spectrogram, dB, at least 0; `None` sets no limit.
    pub top_db: Option<f64>,
}

/// The power of 0 dB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Reference {
    /// A power of 1.0; librosa's default.
    #[default]
    One,
    /// The largest power in the spectrogram; librosa's `ref=np.max`.
    Max,
}

impl Default for Decibels {
    /// librosa's defaults: reference 1.0, amin 1e-10, top_db 80.
    fn default() -> Self {
        Self { reference: Reference::One, amin: 1e-10, top_db: Some(80.0) }
    }
}

impl Decibels {
    pub(crate) fn validate(&self) -> Result<()> {
        check(self.amin > 0.0 && self.amin.is_finite(), "decibels.amin", self.amin, "above 0")?;
        match self.top_db {
            Some(top_db) => check(top_db >= 0.0, "decibels.top_db", top_db, "at least 0 dB"),
            None => Ok(()),
        }
    }

    /// Converts a whole spectrogram, rounded to f32 once at the end.
    pub(crate) fn apply(&self, power: &[f64]) -> Vec<f32> {
        let (amin, loudest) = (self.amin, maximum(power).max(self.amin));
        let reference = match self.reference {
            Reference::One => amin.max(1.0),
            Reference::Max => loudest,
        };
        let offset = decibels(reference);
        let floor = self.top_db.map_or(f64::NEG_INFINITY, |top_db| decibels(loudest) - offset - top_db);
        let mut values = vec![0.0; power.len()];
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (value, p) in values.iter_mut().zip(power) {
                    *value = (decibels(p.max(amin)) - offset).max(floor) as f32;
                }
            },
        );
        values
    }
}

/// Returns the largest power, at least 0. Eight running maxima keep the comparisons independent of each
/// other.
fn maximum(power: &[f64]) -> f64 {
    let (blocks, rest) = power.as_chunks::<8>();
    let mut maxima = [0.0_f64; 8];
    for block in blocks {
        for (maximum, p) in maxima.iter_mut().zip(block) {
            *maximum = maximum.max(*p);
        }
    }
    maxima.iter().chain(rest).copied().fold(0.0, f64::max)
}
