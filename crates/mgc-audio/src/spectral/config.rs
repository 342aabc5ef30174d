//! Settings of the mel front end and their presets.

use crate::{
    error::{Error, Result},
    spectral::{checks::check, padding::PadMode, stft_config::StftConfig},
};

/// How a recording becomes a log-mel spectrogram: the arguments of `librosa.feature.melspectrogram` and `librosa.power_to_db`.
///
/// The window is the periodic Hann window over the whole FFT, frames are centred, the spectrum is a power spectrum and each
/// mel filter has Slaney's unit-area norm: librosa's defaults, fixed here.
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
    /// Rate of the samples, Hz. The caller resamples; this places the mel filters.
    pub sample_rate: u32,
    /// FFT and window length, samples, 2 to 1,048,576.
    #[cfg_attr(feature = "serde", serde(alias = "fft"))]
    pub n_fft: usize,
    /// Samples from one frame to the next, at least 1.
    #[cfg_attr(feature = "serde", serde(alias = "hop"))]
    pub hop_length: usize,
    /// Number of mel bands, 1 to `n_fft`. Bands narrower than one FFT bin may stay empty, as in librosa.
    #[cfg_attr(feature = "serde", serde(alias = "bands"))]
    pub n_mels: usize,
    /// Lower edge of the lowest band, Hz, at least 0.
    pub f_min: f64,
    /// Upper edge of the highest band, Hz, above `f_min` and at most `sample_rate / 2`.
    pub f_max: f64,
    /// The mel scale.
    pub scale: MelScale,
    /// What lies beyond both ends of the recording, for the frames centred near them.
    pub padding: PadMode,
    /// Pad with zeros or cut to this many samples first, 1 to an hour at 768 kHz; `None` keeps every length.
    #[cfg_attr(feature = "serde", serde(alias = "clip_samples"))]
    pub chunk_samples: Option<usize>,
    /// Power to decibels.
    pub decibels: Decibels,
}

/// The mel scale: how frequency in Hz maps to pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MelScale {
    /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox, 1998); librosa's default.
    #[default]
    Slaney,
    /// 2595 log10(1 + f / 700) (the HTK book); librosa's `htk=True`.
    Htk,
}

/// Power to decibels: `10 log10(max(amin, power)) - 10 log10(max(amin, reference))`, then cut at `top_db` under the maximum.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Decibels {
    /// The power that counts as 0 dB.
    pub reference: Reference,
    /// Power below this counts as this, above 0.
    pub amin: f64,
    /// The largest distance under the maximum of the spectrogram, dB, at least 0; `None` cuts nothing.
    pub top_db: Option<f64>,
}

/// The power that counts as 0 dB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Reference {
    /// A power of 1.0; librosa's default.
    #[default]
    One,
    /// The largest power in the spectrogram; librosa's `ref=np.max`.
    Max,
}

impl Default for Decibels {
    /// librosa's defaults: reference 1.0, amin 1e-10, top_db 80.
    fn default() -> Self {
        Self { reference: Reference::One, amin: 1e-10, top_db: Some(80.0) }
    }
}

impl Default for MelConfig {
    /// What all presets share: 22,050 Hz, FFT 2048, hop 1024, 128 Slaney bands from 0 to 11,025 Hz, any clip length.
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
    /// The names that [`preset`](Self::preset) knows.
    pub const PRESETS: &'static [&'static str] = &["bbnn", "heakl", "quick"];

    /// 661,794 samples (30.01 s, the usual GTZAN clip) = 647 frames: Liu et al.'s published BBNN checkpoints.
    #[must_use]
    pub fn bbnn() -> Self {
        Self::of_length(661_794)
    }

    /// 661,500 samples (30 s) = 646 frames: the notebooks of the broadcast-network variants.
    #[must_use]
    pub fn heakl() -> Self {
        Self::of_length(661_500)
    }

    /// 110,250 samples (5 s) = 108 frames: for small machines and short experiments.
    #[must_use]
    pub fn quick() -> Self {
        Self::of_length(110_250)
    }

    fn of_length(samples: usize) -> Self {
        Self { chunk_samples: Some(samples), ..Self::default() }
    }

    /// The preset of this name.
    ///
    /// # Errors
    /// [`Error::UnknownPreset`], which lists [`PRESETS`](Self::PRESETS).
    pub fn preset(name: &str) -> Result<Self> {
        match name {
            "bbnn" => Ok(Self::bbnn()),
            "heakl" => Ok(Self::heakl()),
            "quick" => Ok(Self::quick()),
            _ => Err(Error::UnknownPreset { name: name.into() }),
        }
    }

    /// Frames that a recording of `samples` samples gives: see [`StftConfig::frames`], the length being `chunk_samples` where
    /// that is set.
    #[must_use]
    pub fn frames(&self, samples: usize) -> usize {
        self.stft().frames(self.chunk_samples.unwrap_or(samples))
    }

    /// The transform under the mel filters.
    #[must_use]
    pub fn stft(&self) -> StftConfig {
        StftConfig { n_fft: self.n_fft, hop_length: self.hop_length, padding: self.padding }
    }

    pub(crate) fn validate(&self) -> Result<()> {
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
            check((1..=MAX_CLIP).contains(&length), "chunk_samples", length, format!("1 to {MAX_CLIP}"))?;
        }
        self.decibels.validate()
    }
}

/// An hour at the highest sample rate: keeps what one spectrogram takes in the gigabytes.
const MAX_CLIP: usize = 3_600 * 768_000;

impl Decibels {
    fn validate(&self) -> Result<()> {
        check(self.amin > 0.0 && self.amin.is_finite(), "decibels.amin", self.amin, "above 0")?;
        match self.top_db {
            Some(top_db) => check(top_db >= 0.0, "decibels.top_db", top_db, "at least 0 dB"),
            None => Ok(()),
        }
    }
}
