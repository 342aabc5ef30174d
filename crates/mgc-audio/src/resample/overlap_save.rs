//! One step of the resampler: two blocks to another rate by way of their spectrum.
//!
//! They are the real and the imaginary part of one complex transform; a filter with a real response keeps
//! them apart.

use std::sync::Arc;

use rustfft::{Fft, FftPlanner, num_complex::Complex};

use super::lowpass::Lowpass;

/// Plan and buffers for two blocks.
pub(super) struct BlockPair {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    input: Vec<Complex<f32>>,
    output: Vec<Complex<f32>>,
    work: Vec<Complex<f32>>,
    /// Filter at the bins below the lower Nyquist frequency, with the scale of the transforms.
    response: Vec<f32>,
}

impl BlockPair {
    pub(super) fn new((len_in, len_out): (usize, usize), lowpass: Lowpass) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(len_in), planner.plan_fft_inverse(len_out));
        let work = forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len());
        let response = lowpass.response(len_in.min(len_out));
        Self {
            forward,
            inverse,
            input: vec![Complex::default(); len_in],
            output: vec![Complex::default(); len_out],
            work: vec![Complex::default(); work],
            response: response.iter().map(|r| (r / len_in as f64) as f32).collect(),
        }
    }

    /// Returns the input samples of one block.
    pub(super) fn len_in(&self) -> usize {
        self.input.len()
    }

    /// Filters two blocks circularly. Their sample `start` becomes sample 0 of the output; the first block is
    /// the real part, the second the imaginary part.
    pub(super) fn run(&mut self, first: &[f32], second: &[f32], start: usize) -> &[Complex<f32>] {
        let wrap = self.input.len() - start;
        let (head, tail) = self.input.split_at_mut(wrap);
        interleave(head, &first[start..], &second[start..]);
        interleave(tail, first, second);
        self.forward.process_with_scratch(&mut self.input, &mut self.work);
        self.shape();
        self.inverse.process_with_scratch(&mut self.output, &mut self.work);
        &self.output
    }

    /// Fills the bins of the output: the filtered bins of the input below the lower Nyquist frequency, and
    /// zeros.
    fn shape(&mut self) {
        let (below, above) = (self.response.len(), self.response.len() - 1);
        let empty = self.output.len() - above;
        self.output[below..empty].fill(Complex::default());
        for ((out, bin), gain) in self.output.iter_mut().zip(&self.input).zip(&self.response) {
            *out = bin * gain;
        }
        let negative = self.output[empty..].iter_mut().rev().zip(self.input.iter().rev());
        for ((out, bin), gain) in negative.zip(&self.response[1..]) {
            *out = bin * gain;
        }
    }
}

fn interleave(pairs: &mut [Complex<f32>], re: &[f32], im: &[f32]) {
    for ((pair, re), im) in pairs.iter_mut().zip(re).zip(im) {
        *pair = Complex::new(*re, *im);
    }
}
