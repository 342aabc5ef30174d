//! Centred short-time Fourier transform.

use std::{f64::consts::TAU, sync::Arc};

use ndarray::Array2;
use pulp::Arch;
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};

use crate::{
    error::Result,
    spectral::{
        checks::{check_finite, check_size},
        stft_config::StftConfig,
    },
};

/// Computes short-time Fourier transforms; holds the checked settings, window and FFT tables.
///
/// Make one and share it: it is `Send + Sync` and [`magnitudes`](Self::magnitudes) takes `&self`.
/// [`MelSpectrogram`](crate::MelSpectrogram) uses the same transform.
///
/// Everything is computed in f64, as in librosa, whose f64 window promotes the f32 samples. In f32 the
/// rounding noise of the loudest bin would be visible in bands 80 dB below it.
///
/// ```
/// use mgc_audio::{Stft, StftConfig};
///
/// let stft = Stft::new(StftConfig { n_fft: 512, hop_length: 256, ..StftConfig::default() })?;
/// let magnitudes = stft.magnitudes(&vec![0.1; 22_050])?;
/// assert_eq!(magnitudes.dim(), (87, 257)); // frames, bins
/// # Ok::<(), mgc_audio::Error>(())
/// ```
#[derive(Clone)]
pub struct Stft {
    config: StftConfig,
    window: Vec<f64>,
    fft: Arc<dyn RealToComplex<f64>>,
}

/// Buffers of one running transform.
pub(crate) struct Scratch {
    frame: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    work: Vec<Complex<f64>>,
}

impl Stft {
    /// Checks the settings and prepares the tables.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) names the first field of `config` that is out of range.
    pub fn new(config: StftConfig) -> Result<Self> {
        config.validate()?;
        let fft = RealFftPlanner::new().plan_fft_forward(config.n_fft);
        Ok(Self { window: periodic_hann(config.n_fft), fft, config })
    }

    /// Returns the settings.
    #[must_use]
    pub fn config(&self) -> &StftConfig {
        &self.config
    }

    /// Returns the number of bins per frame, `1 + n_fft / 2`; bin k is at `k * sample_rate / n_fft` Hz.
    ///
    /// ```
    /// use mgc_audio::{Stft, StftConfig};
    ///
    /// assert_eq!(Stft::new(StftConfig::default())?.bins(), 1025);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    #[must_use]
    pub fn bins(&self) -> usize {
        self.fft.complex_len()
    }

    /// Computes the magnitudes of mono samples, (frames, bins), not normalised: `np.abs(librosa.stft(y)).T`
    /// without its rounding to complex64.
    ///
    /// ```
    /// use mgc_audio::{Stft, StftConfig};
    ///
    /// let magnitudes = Stft::new(StftConfig::default())?.magnitudes(&[0.1; 22_050])?;
    /// assert_eq!(magnitudes.dim(), (44, 1025));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) if a sample is NaN or infinite;
    /// [`Error::NoSamples`](crate::Error::NoSamples) if there are none;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if the result would not fit into 4 GiB.
    pub fn magnitudes(&self, samples: &[f32]) -> Result<Array2<f32>> {
        check_finite(samples)?;
        let (frames, bins) = (self.config.frames(samples.len()), self.bins());
        check_size(frames, bins)?;
        let mut magnitudes = Array2::zeros((frames, bins));
        let mut scratch = self.scratch();
        let mut power = vec![0.0; bins];
        for (frame, mut row) in magnitudes.rows_mut().into_iter().enumerate() {
            self.power(samples, frame, &mut scratch, &mut power);
            for (magnitude, p) in row.iter_mut().zip(&power) {
                *magnitude = p.sqrt() as f32;
            }
        }
        Ok(magnitudes)
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            frame: self.fft.make_input_vec(),
            spectrum: self.fft.make_output_vec(),
            work: self.fft.make_scratch_vec(),
        }
    }

    /// Computes the power spectrum of frame number `frame`: `power` is (bins).
    pub(crate) fn power(&self, samples: &[f32], frame: usize, scratch: &mut Scratch, power: &mut [f64]) {
        self.fill(samples, frame * self.config.hop_length, &mut scratch.frame);
        let done =
            self.fft.process_with_scratch(&mut scratch.frame, &mut scratch.spectrum, &mut scratch.work);
        debug_assert!(done.is_ok(), "buffers come from this plan");
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (p, bin) in power.iter_mut().zip(&scratch.spectrum) {
                    *p = bin.norm_sqr();
                }
            },
        );
    }

    /// Fills `frame` with windowed samples around `centre`, padded where it reaches beyond an end.
    fn fill(&self, samples: &[f32], centre: usize, frame: &mut [f64]) {
        let half = self.window.len() / 2;
        let inside = centre.checked_sub(half).and_then(|start| samples.get(start..start + self.window.len()));
        if let Some(inside) = inside {
            Arch::new().dispatch(
                #[inline(always)]
                || {
                    for ((value, sample), weight) in frame.iter_mut().zip(inside).zip(&self.window) {
                        *value = f64::from(*sample) * weight;
                    }
                },
            );
            return;
        }
        let start = centre as i64 - half as i64;
        for ((value, index), weight) in frame.iter_mut().zip(start..).zip(&self.window) {
            *value = f64::from(self.config.padding.at(samples, index)) * weight;
        }
    }
}

/// Returns the Hann window with the period of the frame: `0.5 - 0.5 cos(2 pi n / length)`.
fn periodic_hann(length: usize) -> Vec<f64> {
    (0..length).map(|n| 0.5 - 0.5 * (TAU * n as f64 / length as f64).cos()).collect()
}

impl std::fmt::Debug for Stft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stft").field("config", &self.config).finish_non_exhaustive()
    }
}
