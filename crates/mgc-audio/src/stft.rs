//! Centred short-time Fourier transform, one power spectrum at a time.

use std::{f64::consts::TAU, sync::Arc};

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use crate::Padding;

/// Plan of the transform: window and FFT tables, shared by all threads.
///
/// Everything runs in f64, as in librosa, whose f64 window promotes its f32 samples: in f32 the rounding noise of the
/// loudest bin would show in bands 80 dB below it.
pub(crate) struct Stft {
    window: Vec<f64>,
    fft: Arc<dyn RealToComplex<f64>>,
    padding: Padding,
}

/// Buffers of one running transform.
pub(crate) struct Scratch {
    frame: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    work: Vec<Complex<f64>>,
}

impl Stft {
    pub(crate) fn new(fft: usize, padding: Padding) -> Self {
        Self { window: periodic_hann(fft), fft: RealFftPlanner::new().plan_fft_forward(fft), padding }
    }

    pub(crate) fn bins(&self) -> usize {
        self.fft.complex_len()
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            frame: self.fft.make_input_vec(),
            spectrum: self.fft.make_output_vec(),
            work: self.fft.make_scratch_vec(),
        }
    }

    /// Power spectrum of the frame centred at sample `centre`: `power` is (bins).
    pub(crate) fn power(&self, samples: &[f32], centre: usize, scratch: &mut Scratch, power: &mut [f64]) {
        self.fill(samples, centre, &mut scratch.frame);
        let Scratch { frame, spectrum, work } = scratch;
        let done = self.fft.process_with_scratch(frame, spectrum, work);
        debug_assert!(done.is_ok(), "buffers come from this plan");
        for (p, bin) in power.iter_mut().zip(spectrum.iter()) {
            *p = bin.norm_sqr();
        }
    }

    /// Windowed samples around `centre`, padded where the frame reaches over an end.
    fn fill(&self, samples: &[f32], centre: usize, frame: &mut [f64]) {
        let half = self.window.len() / 2;
        let inside = centre.checked_sub(half).and_then(|start| samples.get(start..start + self.window.len()));
        if let Some(inside) = inside {
            for ((value, sample), weight) in frame.iter_mut().zip(inside).zip(&self.window) {
                *value = f64::from(*sample) * weight;
            }
            return;
        }
        let start = centre as i64 - half as i64;
        for ((value, index), weight) in frame.iter_mut().zip(start..).zip(&self.window) {
            *value = f64::from(self.padding.at(samples, index)) * weight;
        }
    }
}

impl Padding {
    /// The sample at `index`, which may lie beyond either end.
    fn at(self, samples: &[f32], index: i64) -> f32 {
        let index = match self {
            Self::Constant => usize::try_from(index).ok(),
            Self::Reflect => Some(mirrored(index, samples.len())),
        };
        index.and_then(|i| samples.get(i)).copied().unwrap_or(0.0)
    }
}

/// `index` folded into `0..len` by mirrors standing on the first and the last sample.
fn mirrored(index: i64, len: usize) -> usize {
    let last = len.saturating_sub(1) as i64;
    if last == 0 {
        return 0;
    }
    let folded = index.rem_euclid(2 * last);
    folded.min(2 * last - folded) as usize
}

/// `0.5 - 0.5 cos(2 pi n / length)`: the Hann window whose period is the frame.
fn periodic_hann(length: usize) -> Vec<f64> {
    (0..length).map(|n| 0.5 - 0.5 * (TAU * n as f64 / length as f64).cos()).collect()
}
