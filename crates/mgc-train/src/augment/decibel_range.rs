//! The levels that a front end limits its spectrograms to.

use crate::augment::checks::check;
use crate::error::Result;
use serde::Serialize;

/// The levels that a front end limits its spectrograms to; no limits by default.
///
/// A filter that is applied to music before the front end cannot push a level below these limits. So they are
/// applied again after the augmentations that change levels:
///
/// > x' = max(x, lowest, max(x over the example) - top_db)
///
/// An example within these limits stays as it is. Levels relative to the loudest are not made relative again:
/// the loudest level of an augmented example may differ from 0 dB.
///
/// Source: `amin` and `top_db` of `librosa.power_to_db`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DecibelRange {
    /// The lowest level, dB; `None` sets no limit.
    pub lowest: Option<f64>,
    /// The largest distance below the loudest value of the example, dB, at least 0; `None` sets no limit.
    pub top_db: Option<f64>,
}

impl DecibelRange {
    pub(super) fn validate(&self) -> Result<()> {
        let finite = self.lowest.is_none_or(f64::is_finite);
        check(finite, "lowest", self.lowest.unwrap_or_default(), "a finite level in dB")?;
        let holds = self.top_db.is_none_or(|top_db| top_db >= 0.0);
        check(holds, "top_db", self.top_db.unwrap_or_default(), "at least 0 dB")
    }

    /// Raises the values of an example to the limits.
    pub(super) fn apply(&self, values: &mut [f32]) {
        let below_loudest = self.top_db.map(|top_db| (f64::from(loudest(values)) - top_db) as f32);
        let limits = [self.lowest.map(|lowest| lowest as f32), below_loudest];
        let Some(limit) = limits.into_iter().flatten().reduce(f32::max) else { return };
        values.iter_mut().for_each(|value| *value = value.max(limit));
    }
}

/// Returns the largest value. Eight running maxima keep the comparisons independent of each other.
pub(super) fn loudest(values: &[f32]) -> f32 {
    let (blocks, rest) = values.as_chunks::<8>();
    let mut maxima = [f32::NEG_INFINITY; 8];
    for block in blocks {
        for (maximum, value) in maxima.iter_mut().zip(block) {
            *maximum = maximum.max(*value);
        }
    }
    maxima.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}
