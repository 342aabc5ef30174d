//! The low-pass filter of the resampler: a sinc under a Kaiser window.
//!
//! J. F. Kaiser, *Nonrecursive digital filter design using the I0-sinh window function*, 1974. The figures are fitted to the
//! measured impulse response of soxr's HQ quality, librosa's default: at 2:1 every tap agrees to 2e-7 of the largest.

use std::f64::consts::PI;

/// Where the response is one half, as a part of the lower Nyquist frequency: flat to 0.914 of it, nothing from 1.0 of it.
const CENTRE: f64 = 0.956_872;
/// Samples at the lower rate, on either side, for each unit of the window's shape: this fixes the width of the transition.
const REACH: f64 = 7.457_8;
/// Up to this part of the lower Nyquist frequency the response is 1 to 5e-7, the depth of the stop band.
const FLAT: f64 = 0.9;

/// The filter, in time at the lower of the two rates.
#[derive(Clone, Copy)]
pub(super) struct Lowpass {
    /// Kaiser's alpha, which numpy and others call beta: what the stop band lets through.
    shape: f64,
}

impl Lowpass {
    /// The filter for a rate ratio in lowest terms.
    ///
    /// soxr takes 2:1 and the like in one step, with a stop band 127 dB down by Kaiser's rule `0.1102 (dB - 8.7)`, and others in
    /// two, or three where far apart: each further step has 6 dB to spare.
    pub(super) fn new(period: (usize, usize)) -> Self {
        let shape = match period {
            (1..=3, 1..=3) => 13.04,
            (period_in, period_out) if period_in > 4 * period_out => 14.374,
            _ => 13.703,
        };
        Self { shape }
    }

    /// Samples at the lower rate after which the filter is zero, on either side.
    pub(super) fn reach(self) -> f64 {
        REACH * self.shape
    }

    /// Response at the bins below Nyquist of an FFT of `len` samples at the lower rate.
    pub(super) fn response(self, len: usize) -> Vec<f64> {
        // Two taps a sample, so that nothing of the pass band folds back.
        let taps: Vec<f64> = (0..=(2.0 * self.reach()) as usize).map(|n| self.at(n as f64 / 2.0)).collect();
        let constant = cosine_sum(&taps, 0.0);
        let at_bin = |bin: usize| match bin as f64 * 2.0 / len as f64 {
            part if part < FLAT => 1.0,
            part => cosine_sum(&taps, part * PI / 2.0) / constant,
        };
        (0..len.div_ceil(2)).map(at_bin).collect()
    }

    /// Impulse response at `t` samples of the lower rate from its centre, 1 there.
    fn at(self, t: f64) -> f64 {
        let sinc = if t == 0.0 { 1.0 } else { (PI * CENTRE * t).sin() / (PI * CENTRE * t) };
        sinc * kaiser(t / self.reach(), self.shape)
    }

    /// What the filter gives `before` samples of the lower rate before the first of `samples`, which are `step` of those apart.
    pub(super) fn before_zero(self, samples: &[f32], before: f64, step: f64) -> f64 {
        let heard = ((self.reach() - before) / step).max(0.0) as usize;
        let taps = (0..=heard).map(|j| self.at(before + j as f64 * step));
        CENTRE * step * samples.iter().zip(taps).map(|(sample, tap)| f64::from(*sample) * tap).sum::<f64>()
    }
}

/// Kaiser's window, 1 in the middle and over at `part` 1 and beyond.
pub(super) fn kaiser(part: f64, shape: f64) -> f64 {
    match 1.0 - part * part {
        inside if inside > 0.0 => bessel_i0(shape * inside.sqrt()) / bessel_i0(shape),
        _ => 0.0,
    }
}

/// Fourier transform of symmetric taps, of which `taps` holds the middle one and one side, at `angle` radians a tap.
///
/// The cosines come by `cos((n + 1) x) = 2 cos(x) cos(n x) - cos((n - 1) x)`: good to 1e-12 over 200 taps.
fn cosine_sum(taps: &[f64], angle: f64) -> f64 {
    let twice = 2.0 * angle.cos();
    let (mut cosine, mut before) = (1.0, angle.cos());
    let mut sum = -0.5 * taps.first().unwrap_or(&0.0);
    for tap in taps {
        sum += tap * cosine;
        (cosine, before) = (twice * cosine - before, cosine);
    }
    2.0 * sum
}

/// Modified Bessel function of the first kind and order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1.. {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
        if term < f64::EPSILON * sum {
            break;
        }
    }
    sum
}
