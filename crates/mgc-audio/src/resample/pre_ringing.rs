//! The part of the first samples that soxr leaves out.
//!
//! At most rate ratios soxr works in two steps: its low-pass filter, at the rate of the input or twice that,
//! and a short interpolation from there to the output. The second step does not see the filter's ringing
//! before time zero, so if a recording starts abruptly, the first two or three samples lack its contribution.
//! librosa's features are computed from such samples; to match them, the contribution is subtracted here.
//!
//! The constants are fitted to the measured difference between the responses to an impulse near the beginning
//! and far from it. The difference is up to 0.075 for an impulse of 1; at twelve common pairs of rates (8,
//! 12, 16, 24, 32, 48 and 64 kHz to 22,050 Hz, 22,050 Hz to 16 and 48 kHz, 44.1 kHz to 16 and 48 kHz, 48 to
//! 44.1 kHz) 2e-5 of it remain.

use std::f64::consts::PI;

use super::lowpass::{Lowpass, kaiser};

/// Kaiser's alpha of the interpolation.
const SHAPE: f64 = 14.06;
/// Length of its window, samples, times the width of its transition.
const LENGTH: f64 = 6.08;

/// soxr converts ratios of smaller numbers (4:1, 12:7) in another way.
const LEAST_PERIOD: usize = 100;

/// Whether soxr converts this ratio, in lowest terms, in these two steps.
fn has_two_steps((period_in, period_out): (usize, usize)) -> bool {
    period_in.max(period_out) >= LEAST_PERIOD && period_in <= 4 * period_out
}

/// The interpolation of the second step, in samples of the rate between the steps.
struct Interpolation {
    /// The frequency of half response, as a fraction of the Nyquist frequency.
    centre: f64,
    /// Samples, on either side, after which it is zero.
    reach: f64,
    /// Input samples per output sample.
    step: f64,
}

/// Subtracts the contribution of the ringing before time zero from the first samples of `out`; `period` is
/// the rate ratio in lowest terms.
pub(super) fn without_ringing(out: &mut [f32], samples: &[f32], period: (usize, usize)) {
    if !has_two_steps(period) {
        return;
    }
    let lowpass = Lowpass::new(period);
    let (from, to) = (period.0 as f64, period.1 as f64);
    let lower = from.min(to);
    let between = if from < 2.0 * lower { 2.0 * from } else { from };
    let interpolation = Interpolation::new(lower / between, between / to);
    let ringing: Vec<f64> = (1..=interpolation.reach as usize)
        .map(|k| lowpass.before_zero(samples, k as f64 * lower / between, lower / from))
        .collect();
    for (n, sample) in
        out.iter_mut().enumerate().take((interpolation.reach / interpolation.step) as usize + 1)
    {
        let at = |k: usize| interpolation.at(n as f64 * interpolation.step + k as f64);
        let lacking: f64 = ringing.iter().enumerate().map(|(k, ringing)| at(k + 1) * ringing).sum();
        *sample -= lacking as f32;
    }
}

impl Interpolation {
    /// `lower` is the lower of the two rates and `step` the rate between the steps divided by that of the
    /// output.
    fn new(lower: f64, step: f64) -> Self {
        let centre = 0.856_2 + 0.105_5 * lower;
        Self { centre, reach: (LENGTH / (centre - lower)).ceil() / 2.0, step }
    }

    fn at(&self, t: f64) -> f64 {
        let sinc = if t == 0.0 { 1.0 } else { (PI * self.centre * t).sin() / (PI * self.centre * t) };
        self.centre * sinc * kaiser(t / self.reach, SHAPE)
    }
}
