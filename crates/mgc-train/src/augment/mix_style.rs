//! The spectral style of another example.

use crate::augment::beta::{check_alpha, symmetric_beta};
use crate::augment::checks::check_probability;
use crate::augment::draw::Draw;
use crate::augment::ring::ring;
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// Keeps the deviation of a silent band away from 0.
const EPSILON: f64 = 1e-6;

/// Freq-MixStyle: mean and deviation of each band are moved towards those of another example of the batch.
///
/// > x'\[t, k\] = s(k) (x\[t, k\] - m1(k)) / s1(k) + m(k),
/// > m = l m1 + (1 - l) m2, s = l s1 + (1 - l) s2
///
/// m1 and s1 are mean and standard deviation of band k over the frames of the example, s1 the root of the
/// variance plus 1e-6; m2 and s2 are those of its partner. An example takes part with `probability`, l is
/// drawn from Beta(`alpha`, `alpha`) for each. Labels stay: mean and deviation of bands tell of recording and
/// production, which the network shall not rely on.
///
/// Partners come from a ring: every example draws a number, and the partner is the example with the
/// next higher one. So they depend on the batch, but not on its order. A batch of one stays as it is.
///
/// Source: K. Zhou, Y. Yang, Y. Qiao, T. Xiang: Domain Generalization with MixStyle, arXiv 2104.02008; with
/// statistics over time per band instead of per channel: B. Kim et al., arXiv 2206.12513, and F. Schmid et
/// al., DCASE workshop 2022. There a coin is tossed for a whole batch, here for each example.
///
/// ```
/// use mgc_train::{AugmentConfig, MixStyleConfig};
///
/// let mix_style = MixStyleConfig { probability: 0.4, ..Default::default() };
/// assert!(!AugmentConfig { mix_style, ..Default::default() }.is_off());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MixStyleConfig {
    /// The probability that the style of an example is mixed, 0 to 1. Default 0: off.
    pub probability: f64,
    /// Both parameters of the beta distribution, 0.01 to 4. Default 0.3.
    pub alpha: f64,
}

impl Default for MixStyleConfig {
    fn default() -> Self {
        Self { probability: 0.0, alpha: 0.3 }
    }
}

impl MixStyleConfig {
    pub(super) fn is_off(&self) -> bool {
        self.probability == 0.0
    }

    pub(super) fn validate(&self) -> Result<()> {
        check_probability("mix_style.probability", self.probability)?;
        check_alpha("mix_style.alpha", self.alpha)
    }

    /// Mixes the styles of a batch.
    pub(super) fn apply(&self, draws: &[Draw], bands: usize, examples: &mut [&mut [f32]]) {
        if self.is_off() || examples.len() < 2 {
            return;
        }
        let styles: Vec<Style> = examples.iter().map(|values| Style::of(values, bands)).collect();
        let ring = ring(draws, "mix_style");
        let partners = ring.iter().cycle().skip(1);
        for (&place, &partner) in ring.iter().zip(partners) {
            let mut stream = draws[place].stream("mix_style");
            if stream.chance(self.probability) {
                let share = symmetric_beta(&mut stream, self.alpha);
                let line = styles[place].towards(&styles[partner], share);
                for frame in examples[place].chunks_exact_mut(bands) {
                    for (value, (factor, offset)) in frame.iter_mut().zip(&line) {
                        *value = (f64::from(*value) * factor + offset) as f32;
                    }
                }
            }
        }
    }
}

/// Mean and standard deviation of each band.
struct Style {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Style {
    fn of(values: &[f32], bands: usize) -> Self {
        let frames = (values.len() / bands) as f64;
        let mut means = vec![0.0; bands];
        for frame in values.chunks_exact(bands) {
            means.iter_mut().zip(frame).for_each(|(sum, &value)| *sum += f64::from(value));
        }
        means.iter_mut().for_each(|sum| *sum /= frames);
        let mut squares = vec![0.0; bands];
        for frame in values.chunks_exact(bands) {
            for ((sum, mean), &value) in squares.iter_mut().zip(&means).zip(frame) {
                *sum += (f64::from(value) - mean).powi(2);
            }
        }
        let deviations = squares.iter().map(|sum| (sum / frames + EPSILON).sqrt()).collect();
        Self { means, deviations }
    }

    /// Returns, for each band, factor and offset that move it to the style between this one and another.
    fn towards(&self, other: &Self, share: f64) -> Vec<(f64, f64)> {
        let own = self.means.iter().zip(&self.deviations);
        let others = other.means.iter().zip(&other.deviations);
        let line = |((m1, s1), (m2, s2)): ((&f64, &f64), (&f64, &f64))| {
            let factor = (share * s1 + (1.0 - share) * s2) / s1;
            (factor, share * m1 + (1.0 - share) * m2 - factor * m1)
        };
        own.zip(others).map(line).collect()
    }
}
