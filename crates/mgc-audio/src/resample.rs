//! Sample-rate conversion: overlap-save in blocks of whole periods of the rate ratio, with soxr's filter.
//!
//! A block is transformed at the one rate, shaped, cut or lengthened in frequency, and transformed back at the other rate.

mod lowpass;

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};

use crate::{Error, Result};
use lowpass::Lowpass;

/// Least block length at the lower of the two rates, samples: about 5 % of it is overlap.
const BLOCK: usize = 4096;

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

/// `ceil(len * to / from)` in whole numbers; `None` if that is no length.
fn resampled_len(len: usize, from: u32, to: u32) -> Option<usize> {
    (len as u128 * u128::from(to)).div_ceil(u128::from(from)).try_into().ok()
}

/// One running conversion: takes samples in pieces of any length and gives what they settle.
pub(crate) struct Resampler {
    /// Periods of the rate ratio: so many samples in last as long as so many samples out.
    period: (usize, usize),
    /// Samples by which a block grows from one to the next, in and out: whole periods.
    step: (usize, usize),
    /// Samples in, before and after a step, that the filter reaches.
    guard: usize,
    /// Samples in from `guard` before the next step, at most one block of them.
    pending: Vec<f32>,
    /// Samples taken and given so far.
    taken: usize,
    given: usize,
    /// Filter at the bins below the lower Nyquist frequency, with the scale of the transforms.
    response: Vec<f32>,
    transforms: Transforms,
}

/// FFT plans and their buffers.
struct Transforms {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    input: Vec<f32>,
    input_bins: Vec<Complex<f32>>,
    output: Vec<f32>,
    output_bins: Vec<Complex<f32>>,
    work: Vec<Complex<f32>>,
}

impl Resampler {
    /// Plans a conversion; both rates are above 0 and within [`Clip::SAMPLE_RATES`](crate::Clip::SAMPLE_RATES).
    pub(crate) fn new(from: u32, to: u32) -> Self {
        let divisor = gcd(from, to);
        let (period_in, period_out) = ((from / divisor) as usize, (to / divisor) as usize);
        let lower = period_in.min(period_out);
        let lowpass = Lowpass::new(period_in, period_out);
        // A power of two of periods keeps the transforms fast, and even.
        let periods = BLOCK.div_ceil(lower).next_power_of_two().max(2);
        let guard = (lowpass.reach() * period_in as f64 / lower as f64).ceil() as usize;
        let steps = periods - (2 * guard).div_ceil(period_in);
        let scale = 1.0 / (periods * period_in) as f64;
        Self {
            period: (period_in, period_out),
            step: (steps * period_in, steps * period_out),
            guard,
            pending: vec![0.0; guard],
            taken: 0,
            given: 0,
            response: lowpass.response(periods * lower).iter().map(|r| (r * scale) as f32).collect(),
            transforms: Transforms::new(periods * period_in, periods * period_out),
        }
    }

    /// Takes `samples` and appends to `out` what is settled by now.
    pub(crate) fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len();
        let block = self.transforms.input.len();
        loop {
            let (now, later) = samples.split_at(samples.len().min(block - self.pending.len()));
            self.pending.extend_from_slice(now);
            if self.pending.len() < block {
                return;
            }
            self.convert(self.step.1, out);
            samples = later;
        }
    }

    /// Appends to `out` what is left, as if silence followed: `ceil(n * to / from)` samples in all.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) {
        let wanted = (self.taken as u128 * self.period.1 as u128).div_ceil(self.period.0 as u128) as usize;
        while self.given < wanted {
            self.pending.resize(self.transforms.input.len(), 0.0);
            self.convert(self.step.1.min(wanted - self.given), out);
        }
    }

    /// Converts the full block that is pending, gives its first `count` samples and moves on by one step.
    fn convert(&mut self, count: usize, out: &mut Vec<f32>) {
        self.transforms.run(&self.pending, self.guard, &self.response);
        out.extend_from_slice(&self.transforms.output[..count]);
        self.given += count;
        self.pending.copy_within(self.step.0.., 0);
        self.pending.truncate(self.pending.len() - self.step.0);
    }
}

impl Transforms {
    fn new(len_in: usize, len_out: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(len_in), planner.plan_fft_inverse(len_out));
        Self {
            input: forward.make_input_vec(),
            input_bins: forward.make_output_vec(),
            output_bins: inverse.make_input_vec(),
            output: inverse.make_output_vec(),
            work: vec![Complex::default(); forward.get_scratch_len().max(inverse.get_scratch_len())],
            forward,
            inverse,
        }
    }

    /// Filters a block circularly; sample `start` of the block becomes sample 0 of the output.
    fn run(&mut self, block: &[f32], start: usize, response: &[f32]) {
        let (before, rest) = block.split_at(start);
        self.input[..rest.len()].copy_from_slice(rest);
        self.input[rest.len()..].copy_from_slice(before);
        let done = self.forward.process_with_scratch(&mut self.input, &mut self.input_bins, &mut self.work);
        debug_assert!(done.is_ok(), "buffers come from this plan");
        for ((bin, input), gain) in self.output_bins.iter_mut().zip(&self.input_bins).zip(response) {
            *bin = input * gain;
        }
        self.output_bins[response.len()..].fill(Complex::default());
        let done = self.inverse.process_with_scratch(&mut self.output_bins, &mut self.output, &mut self.work);
        debug_assert!(done.is_ok(), "buffers come from this plan, bin 0 is real as the input is");
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
