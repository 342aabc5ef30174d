//! Power to decibels, after `librosa.power_to_db` (0.11).

use crate::{Decibels, Reference};

impl Decibels {
    /// Decibels of a whole spectrogram, rounded to f32 once at the end.
    pub(crate) fn apply(&self, power: &[f64]) -> Vec<f32> {
        let loudest = power.iter().copied().fold(self.amin, f64::max);
        let reference = match self.reference {
            Reference::One => self.amin.max(1.0),
            Reference::Max => loudest,
        };
        let offset = 10.0 * reference.log10();
        let floor = match self.top_db {
            Some(top_db) => 10.0 * loudest.log10() - offset - top_db,
            None => f64::NEG_INFINITY,
        };
        let decibels = |p: &f64| (10.0 * p.max(self.amin).log10() - offset).max(floor) as f32;
        power.iter().map(decibels).collect()
    }
}
