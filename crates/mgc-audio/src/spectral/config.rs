//! Settings of the log-mel spectrogram.

use crate::{
    error::Result,
    spectral::{
        checks::check, decibels::Decibels, mel_scale::MelScale, padding::PadMode, stft_config::StftConfig,
    },
};

/// Settings of a log-mel spectrogram: the arguments of `librosa.feature.melspectrogram` and
/// `librosa.power_to_db`.
///
/// librosa's other defaults are fixed here: a periodic Hann window over the whole FFT, centred frames, a
/// power spectrum, and mel filters of unit area (Slaney's norm).
///
/// ```
/// use mgc_audio::{MelConfig, PadMode};
///
/// let config = MelConfig { hop_length: 512, padding: PadMode::Reflect, ..MelConfig::default() };
/// assert_ne!(config, MelConfig::default());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct MelConfig {
    /// Sample rate of the samples, Hz. [`FrontEnd`](crate::FrontEnd) resamples to it.
    pub sample_rate: u32,
    /// FFT and window length, samples, 2 to 1,048,576.
    pub n_fft: usize,
    /// Samples from the start of one frame to that of the next, at least 1.
    pub hop_length: usize,
    /// Number of mel bands, 1 to `n_fft`. Bands narrower than one FFT bin may stay empty, as in librosa.
    pub n_mels: usize,
    /// Lower edge of the lowest band, Hz, at least 0.
    pub f_min: f64,
    /// Upper edge of the highest band, Hz, above `f_min` and at most `sample_rate / 2`.
    pub f_max: f64,
    /// The mel scale.
    pub scale: MelScale,
    /// How the recording is continued beyond its ends, for the frames centred near them.
    pub padding: PadMode,
    /// Length of a chunk, samples, 1 to an hour at 768 kHz: longer input is cut to it, shorter input is
    /// padded with zeros. `None` keeps every length.
    pub chunk_samples: Option<usize>,
    /// How power is converted to decibels.
    pub decibels: Decibels,
}

impl Default for MelConfig {
    /// The settings that all presets share: 22,050 Hz, FFT 2048, hop 1024, 128 Slaney bands from 0 to 11,025
    /// Hz, any length.
    fn default() -> Self {
        Self {
            sample_rate: 22_050,
            n_fft: 2048,
            hop_length: 1024,
            n_mels: 128,
            f_min: 0.0,
            f_max: 11_025.0,
            scale: MelScale::Slaney,
            padding: PadMode::Constant,
            chunk_samples: None,
            decibels: Decibels::default(),
        }
    }
}

impl MelConfig {
    /// Returns the number of frames for `samples` samples, or for `chunk_samples` where that is set:
    /// see [`StftConfig::frames`].
    ///
    /// ```
    /// use mgc_audio::MelConfig;
    ///
    /// assert_eq!(MelConfig::default().frames(22_050), 22);
    /// assert_eq!(MelConfig::quick().frames(22_050), 108); // padded to 5 s
    /// ```
    #[must_use]
    pub fn frames(&self, samples: usize) -> usize {
        self.stft().frames(self.chunk_samples.unwrap_or(samples))
    }

    /// Returns the settings of the Fourier transform that the mel filters are applied to.
    ///
    /// ```
    /// assert_eq!(mgc_audio::MelConfig::default().stft().n_fft, 2048);
    /// ```
    #[must_use]
    pub fn stft(&self) -> StftConfig {
        StftConfig { n_fft: self.n_fft, hop_length: self.hop_length, padding: self.padding }
    }

    /// Checks every field.
    ///
    /// ```
    /// use mgc_audio::MelConfig;
    ///
    /// assert!(MelConfig::default().validate().is_ok());
    /// let error = MelConfig { f_max: 20_000.0, ..MelConfig::default() }.validate().unwrap_err();
    /// assert!(error.to_string().contains("`f_max` is 20000"));
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) names the first field that is out of range.
    pub fn validate(&self) -> Result<()> {
        let nyquist = f64::from(self.sample_rate) / 2.0;
        check(self.sample_rate > 0, "sample_rate", self.sample_rate, "at least 1 Hz")?;
        self.stft().validate()?;
        check((1..=self.n_fft).contains(&self.n_mels), "n_mels", self.n_mels, "1 to `n_fft`")?;
        check(self.f_min >= 0.0, "f_min", self.f_min, "at least 0 Hz")?;
        check(
            self.f_max > self.f_min && self.f_max <= nyquist,
            "f_max",
            self.f_max,
            format!("above `f_min` and at most {nyquist} Hz"),
        )?;
        if let Some(length) = self.chunk_samples {
            check((1..=MAX_CHUNK).contains(&length), "chunk_samples", length, format!("1 to {MAX_CHUNK}"))?;
        }
        self.decibels.validate()
    }
}

/// An hour at the highest sample rate: keeps the memory of one spectrogram in the gigabytes.
const MAX_CHUNK: usize = 3_600 * 768_000;
