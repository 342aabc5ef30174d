//! A random equaliser.

use crate::augment::checks::check;
use crate::augment::curve::add_curve;
use crate::augment::draw::Draw;
use crate::error::Result;
use crate::rng::Stream;
use serde::{Deserialize, Serialize};

/// Random equaliser: a smooth curve of gains over the bands, the same for all frames.
///
/// > x'\[t, k\] = x\[t, k\] + g(k)
///
/// The curve g goes through `min_knots` to `max_knots` knots, every number equally likely. The outer knots
/// lie on the first and the last band; each inner one lies up to a third of their distance from an even
/// spacing. The gain of a knot is uniform from -`db` to `db`. From a knot (k0, g0) to the next (k1, g1)
///
/// > g(k) = g0 + (g1 - g0) (3 u^2 - 2 u^3), u = (k - k0) / (k1 - k0),
///
/// which is level at both ends and never beyond them.
///
/// Source: H. Nam, S.-H. Kim, Y.-H. Park: FilterAugment, arXiv 2110.03282 (3 to 6 bands, here with smooth
/// steps between them).
///
/// ```
/// use mgc_train::{AugmentConfig, Augmentation, Draw, EqualiserConfig, FrequencyAxis};
///
/// let equaliser = EqualiserConfig { db: 8.0, ..Default::default() };
/// let axis = FrequencyAxis::new((1..=64).map(|band| 50.0 * f64::from(band)).collect())?;
/// let augmentation = Augmentation::new(AugmentConfig { equaliser, ..Default::default() }, axis)?;
/// let curve = augmentation.example(&Draw { seed: 1, epoch: 0, example: 0, visit: 0 }, &[0.0; 64])?;
/// assert!(curve.iter().all(|gain| gain.abs() <= 8.0));
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EqualiserConfig {
    /// The largest gain up or down, dB, 0 to 60. Default 0: off.
    pub db: f64,
    /// The least number of knots, 2 to 64. Default 3.
    pub min_knots: usize,
    /// The largest number of knots, `min_knots` to 64. Default 6.
    pub max_knots: usize,
}

impl Default for EqualiserConfig {
    fn default() -> Self {
        Self { db: 0.0, min_knots: 3, max_knots: 6 }
    }
}

impl EqualiserConfig {
    pub(super) fn is_off(&self) -> bool {
        self.db == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        let Self { db, min_knots, max_knots } = *self;
        check((0.0..=60.0).contains(&db), "equaliser.db", db, "a number from 0 (off) to 60 dB")?;
        check((2..=64).contains(&min_knots), "equaliser.min_knots", min_knots, "2 to 64")?;
        let holds = (min_knots..=64).contains(&max_knots);
        check(holds, "equaliser.max_knots", max_knots, "`min_knots` to 64")
    }

    /// Adds a curve that is drawn.
    pub(super) fn apply(&self, draw: &Draw, bands: usize, values: &mut [f32]) {
        if !self.is_off() {
            add_curve(values, &self.curve(&mut draw.stream("equaliser"), bands));
        }
    }

    fn curve(&self, stream: &mut Stream, bands: usize) -> Vec<f32> {
        let knots = self.knots(stream, (bands - 1) as f64);
        (0..bands).map(|band| height(&knots, band as f64) as f32).collect()
    }

    /// Draws the knots, each a place from 0 to `end` and a gain.
    fn knots(&self, stream: &mut Stream, end: f64) -> Vec<(f64, f64)> {
        let last = self.min_knots + stream.below(self.max_knots - self.min_knots + 1) - 1;
        let knot = |index: usize| {
            let moved = if index == 0 || index == last { 0.0 } else { stream.between(-1.0 / 3.0, 1.0 / 3.0) };
            let place = end * (index as f64 + moved) / last as f64;
            (place, stream.between(-self.db, self.db))
        };
        (0..=last).map(knot).collect()
    }
}

/// Returns the height of the curve through the knots.
fn height(knots: &[(f64, f64)], place: f64) -> f64 {
    let after = knots.partition_point(|(knot, _)| *knot <= place);
    match (knots[..after].last(), knots.get(after)) {
        (Some((k0, g0)), Some((k1, g1))) => {
            let u = (place - k0) / (k1 - k0);
            g0 + (g1 - g0) * (u * u * (3.0 - 2.0 * u))
        }
        (Some((_, gain)), None) | (None, Some((_, gain))) => *gain,
        (None, None) => 0.0,
    }
}
