//! Power to decibels, after `librosa.power_to_db` (0.11).

use pulp::Arch;

use crate::spectral::{
    config::{Decibels, Reference},
    logarithm::decibels,
};

impl Decibels {
    /// Decibels of a whole spectrogram, rounded to f32 once at the end.
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

/// The largest power, at least 0. Eight running maxima, so that the comparisons need not wait for each other.
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
