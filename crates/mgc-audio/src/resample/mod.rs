//! Sample-rate conversion: overlap-save in blocks of whole periods of the rate ratio, with soxr's filter.
//!
//! A block is transformed at one rate, multiplied by the filter, truncated or extended in frequency, and
//! transformed back at the other rate.

mod lowpass;
mod overlap_save;
mod pre_ringing;

use crate::error::{Error, Result};
use lowpass::Lowpass;
use overlap_save::BlockPair;

/// Minimum block length at the lower of the two rates, samples: about a tenth of it is overlap.
const BLOCK: usize = 2048;

pub(crate) fn resample(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>> {
    let too_long = |reason: &str| Error::Resample { from, to, reason: reason.into() };
    let wanted = resampled_len(samples.len(), from, to).ok_or_else(|| too_long("too many samples"))?;
    let mut out = Vec::new();
    out.try_reserve_exact(wanted).map_err(|e| too_long(&e.to_string()))?;
    if wanted > 0 {
        let mut resampler = Resampler::new(from, to);
        resampler.push(samples, &mut out);
        resampler.finish(&mut out);
    }
    Ok(out)
}

/// Returns `ceil(len * to / from)`, computed in integers; `None` on overflow.
pub(crate) fn resampled_len(len: usize, from: u32, to: u32) -> Option<usize> {
    (len as u128 * u128::from(to)).div_ceil(u128::from(from)).try_into().ok()
}

/// A streaming conversion: takes samples in pieces of any length and returns every output that they
/// determine.
pub(crate) struct Resampler {
    /// Period of the rate ratio: the number of input samples that last as long as this number of output
    /// samples.
    period: (usize, usize),
    /// Distance between the starts of two blocks, input and output samples: whole periods.
    step: (usize, usize),
    /// Input samples that the filter reaches before and after a step.
    guard: usize,
    /// Input samples, from `guard` before the next step to the end of the two blocks that are converted
    /// together.
    pending: Vec<f32>,
    /// The first input samples, as far as the filter reaches.
    head: Vec<f32>,
    /// Input samples taken and output samples returned so far.
    taken: u64,
    given: u64,
    pair: BlockPair,
}

impl Resampler {
    /// Plans a conversion between two rates within [`Clip::SAMPLE_RATES`](crate::Clip::SAMPLE_RATES).
    pub(crate) fn new(from: u32, to: u32) -> Self {
        let divisor = gcd(from, to);
        let period @ (period_in, period_out) = ((from / divisor) as usize, (to / divisor) as usize);
        let lower = period_in.min(period_out);
        let lowpass = Lowpass::new(period);
        // A power of two, for fast transforms; two at least, as the guards may take one.
        let periods = BLOCK.div_ceil(lower).next_power_of_two().max(2);
        let guard = (lowpass.reach() * period_in as f64 / lower as f64).ceil() as usize;
        let steps = periods - (2 * guard).div_ceil(period_in);
        Self {
            period,
            step: (steps * period_in, steps * period_out),
            guard,
            pending: vec![0.0; guard],
            head: Vec::new(),
            taken: 0,
            given: 0,
            pair: BlockPair::new((periods * period_in, periods * period_out), lowpass),
        }
    }

    /// Takes `samples` and appends to `out` the outputs that are determined by now.
    pub(crate) fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        let missing = (self.guard + 1).saturating_sub(self.head.len());
        self.head.extend(samples.iter().take(missing));
        loop {
            let (now, later) = samples.split_at(samples.len().min(self.room()));
            self.pending.extend_from_slice(now);
            if self.room() > 0 {
                return;
            }
            self.convert(usize::MAX, out);
            samples = later;
        }
    }

    /// Appends the remaining outputs to `out`, as if silence followed: `ceil(n * to / from)` samples in all.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) {
        let wanted = (u128::from(self.taken) * self.period.1 as u128).div_ceil(self.period.0 as u128) as u64;
        while self.given < wanted {
            self.pending.resize(self.pending.len() + self.room(), 0.0);
            self.convert(usize::try_from(wanted - self.given).unwrap_or(usize::MAX), out);
        }
    }

    /// Returns the number of samples missing to complete the next two blocks.
    fn room(&self) -> usize {
        self.pair.len_in() + self.step.0 - self.pending.len()
    }

    /// Converts two blocks, appends at most `most` of their samples and advances by two steps.
    fn convert(&mut self, most: usize, out: &mut Vec<f32>) {
        let converted = self.pair.run(&self.pending, &self.pending[self.step.0..], self.guard);
        let settled = &converted[..self.step.1];
        let before = out.len();
        out.extend(settled.iter().take(most).map(|pair| pair.re));
        out.extend(settled.iter().take(most.saturating_sub(settled.len())).map(|pair| pair.im));
        if self.given == 0 {
            pre_ringing::without_ringing(&mut out[before..], &self.head, self.period);
        }
        self.given += (out.len() - before) as u64;
        self.pending.drain(..2 * self.step.0);
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
