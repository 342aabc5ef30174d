//! Mel-frequency cepstral coefficients, after `librosa.feature.mfcc` (0.11).

use std::f64::consts::PI;

use ndarray::Array2;

use crate::{
    error::{Error, Result},
    spectral::{checks::check, config::MelConfig, mel::MelSpectrogram, spectrogram::Spectrogram},
};

/// Settings of MFCCs: the arguments of `librosa.feature.mfcc`. The DCT-II with orthonormal scaling is fixed.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct MfccConfig {
    /// Settings of the log-mel spectrogram.
    pub mel: MelConfig,
    /// Coefficients per frame, starting with the zeroth, 1 to `mel.n_mels`; librosa's `n_mfcc`.
    pub coefficients: usize,
    /// Coefficient n is multiplied by `1 + lifter / 2 * sin(pi (n + 1) / lifter)`; 0 switches this off.
    /// Otherwise at least 0.001.
    pub lifter: f64,
}

impl Default for MfccConfig {
    /// librosa's defaults: 20 coefficients of 128 bands, hop 512, no lifter.
    fn default() -> Self {
        Self { mel: MelConfig { hop_length: 512, ..MelConfig::default() }, coefficients: 20, lifter: 0.0 }
    }
}

/// Limits the DCT table to 128 MiB: up to 4096 bands, all coefficients are available.
const MAX_TABLE: usize = 1 << 24;

/// Typical values are a few tens.
const MIN_LIFTER: f64 = 1e-3;

/// Computes MFCCs; holds the plan of the log-mel spectrogram and the DCT table.
///
/// Make one and share it: it is `Send + Sync` and its methods take `&self`. It neither decodes nor resamples:
/// for a file, see the example at [`compute`](Self::compute).
///
/// ```
/// use mgc_audio::{Mfcc, MfccConfig};
///
/// let mfcc = Mfcc::new(MfccConfig { coefficients: 13, ..MfccConfig::default() })?;
/// let coefficients = mfcc.compute(&vec![0.1; 22_050])?;
/// assert_eq!(coefficients.dim(), (44, 13)); // frames, coefficients
/// # Ok::<(), mgc_audio::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mfcc {
    config: MfccConfig,
    mel: MelSpectrogram,
    /// (coefficients, bands): lifter times DCT.
    table: Vec<f64>,
}

impl Mfcc {
    /// Checks the settings and prepares the tables.
    ///
    /// # Errors
    /// [`Error::Config`] names the first field of `config` that is out of range.
    pub fn new(config: MfccConfig) -> Result<Self> {
        let mel = MelSpectrogram::new(config.mel.clone())?;
        let bands = config.mel.n_mels;
        let most = bands.min(MAX_TABLE / bands);
        let in_range = (1..=most).contains(&config.coefficients);
        check(in_range, "coefficients", config.coefficients, format!("1 to {most} for {bands} mel bands"))?;
        let lifter = config.lifter;
        // For smaller values the argument of sin(pi (n + 1) / lifter) is too large for an exact sine.
        let sound = lifter == 0.0 || (MIN_LIFTER..f64::INFINITY).contains(&lifter);
        check(sound, "lifter", lifter, format!("0, or {MIN_LIFTER} or more and finite"))?;
        Ok(Self { table: table(&config), mel, config })
    }

    /// Returns the settings.
    #[must_use]
    pub fn config(&self) -> &MfccConfig {
        &self.config
    }

    /// Computes the MFCCs of mono samples at [`MelConfig::sample_rate`]: (frames, coefficients).
    ///
    /// ```
    /// use mgc_audio::{Mfcc, MfccConfig};
    ///
    /// let mfcc = Mfcc::new(MfccConfig::default())?;
    /// assert_eq!(mfcc.compute(&[0.1; 22_050])?.dim(), (44, 20));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// Of a file:
    ///
    /// ```
    /// use mgc_audio::{Mfcc, MfccConfig, decode};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("song.wav");
    /// # mgc_audio::write_wav(&path, &mgc_audio::Clip::new(vec![0.1; 44_100], 44_100))?;
    /// let mfcc = Mfcc::new(MfccConfig::default())?;
    /// let clip = decode(&path)?.resampled(mfcc.config().mel.sample_rate)?;
    /// assert_eq!(mfcc.compute(&clip.samples)?.dim(), (44, 20)); // 1 s
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`MelSpectrogram::compute`].
    pub fn compute(&self, samples: &[f32]) -> Result<Array2<f32>> {
        self.from_mel(&self.mel.compute(samples)?)
    }

    /// Computes the MFCCs of an existing log-mel spectrogram: (frames, coefficients).
    ///
    /// ```
    /// use mgc_audio::{MelConfig, MelSpectrogram, Mfcc, MfccConfig};
    ///
    /// let mel = MelConfig { hop_length: 512, ..MelConfig::default() };
    /// let spectrogram = MelSpectrogram::new(mel.clone())?.compute(&[0.1; 22_050])?;
    /// let mfcc = Mfcc::new(MfccConfig { mel, ..MfccConfig::default() })?;
    /// assert_eq!(mfcc.from_mel(&spectrogram)?, mfcc.compute(&[0.1; 22_050])?);
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Bands`] if the spectrogram has another number of bands than the settings.
    pub fn from_mel(&self, mel: &Spectrogram) -> Result<Array2<f32>> {
        let bands = self.config.mel.n_mels;
        if mel.bands() != bands {
            return Err(Error::Bands { expected: bands, actual: mel.bands() });
        }
        let mut coefficients = Array2::zeros((mel.frames(), self.config.coefficients));
        for (mut row, frame) in coefficients.rows_mut().into_iter().zip(mel.as_slice().chunks_exact(bands)) {
            for (coefficient, weights) in row.iter_mut().zip(self.table.chunks_exact(bands)) {
                *coefficient = dot(weights, frame) as f32;
            }
        }
        Ok(coefficients)
    }
}

/// Returns the orthonormal DCT-II with the lifter applied to its rows, (coefficients, bands).
fn table(config: &MfccConfig) -> Vec<f64> {
    let bands = config.mel.n_mels as f64;
    let row = |n: usize| {
        let scale = if n == 0 { 1.0 } else { 2.0_f64 } / bands;
        let weight = scale.sqrt() * lift(config.lifter, n);
        (0..config.mel.n_mels).map(move |band| weight * (PI * n as f64 * (band as f64 + 0.5) / bands).cos())
    };
    (0..config.coefficients).flat_map(row).collect()
}

/// Returns the lifter's weight of coefficient `n`, which counts from 0 (librosa's sine counts from 1).
fn lift(lifter: f64, n: usize) -> f64 {
    if lifter == 0.0 { 1.0 } else { 1.0 + lifter / 2.0 * (PI * (n + 1) as f64 / lifter).sin() }
}

/// Returns the dot product. Four running sums keep the additions independent of each other.
fn dot(weights: &[f64], values: &[f32]) -> f64 {
    let (w4, w_rest) = weights.as_chunks::<4>();
    let (v4, v_rest) = values.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (w, v) in w4.iter().zip(v4) {
        for (sum, (w, v)) in sums.iter_mut().zip(w.iter().zip(v)) {
            *sum += w * f64::from(*v);
        }
    }
    let rest: f64 = w_rest.iter().zip(v_rest).map(|(w, v)| w * f64::from(*v)).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}
