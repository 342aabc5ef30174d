//! Computes log-mel spectrograms.

use std::borrow::Cow;

use pulp::Arch;

use crate::{
    error::Result,
    spectral::{
        checks::{check_finite, check_size},
        config::MelConfig,
        filterbank::FilterBank,
        spectrogram::Spectrogram,
        stft::Stft,
    },
};

/// Computes log-mel spectrograms; holds the checked settings, window, FFT tables and mel filters.
///
/// Make one and share it: it is `Send + Sync` and [`compute`](Self::compute) takes `&self`.
/// [`FrontEnd`](crate::FrontEnd) also decodes, resamples and cuts.
///
/// ```
/// use mgc_audio::{MelConfig, MelSpectrogram};
///
/// let mel = MelSpectrogram::new(MelConfig::quick())?;
/// let spectrogram = mel.compute(&vec![0.1; 100_000])?;
/// assert_eq!(spectrogram.view().dim(), (108, 128));
/// # Ok::<(), mgc_audio::Error>(())
/// ```
#[derive(Clone)]
pub struct MelSpectrogram {
    config: MelConfig,
    stft: Stft,
    filters: FilterBank,
}

impl MelSpectrogram {
    /// Checks the settings and prepares the tables.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) names the first field of `config` that is out of range.
    pub fn new(config: MelConfig) -> Result<Self> {
        config.validate()?;
        Ok(Self { stft: Stft::new(config.stft())?, filters: FilterBank::new(&config), config })
    }

    /// Returns the settings.
    #[must_use]
    pub fn config(&self) -> &MelConfig {
        &self.config
    }

    /// Returns the number of frames for `samples` samples: see [`MelConfig::frames`].
    #[must_use]
    pub fn frames(&self, samples: usize) -> usize {
        self.config.frames(samples)
    }

    /// Computes the log-mel spectrogram of mono samples at [`MelConfig::sample_rate`]: (frames, bands), dB.
    ///
    /// The samples are padded with zeros or cut to [`MelConfig::chunk_samples`] first, where that is set.
    /// Memory is allocated once per call, not per frame.
    ///
    /// ```
    /// use mgc_audio::{MelConfig, MelSpectrogram};
    ///
    /// let mel = MelSpectrogram::new(MelConfig::default())?;
    /// assert_eq!(mel.compute(&[0.1; 22_050])?.view().dim(), (22, 128));
    /// # Ok::<(), mgc_audio::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFinite`](crate::Error::NotFinite) if a sample that is used is NaN or infinite;
    /// [`Error::NoSamples`](crate::Error::NoSamples) if there are none and `chunk_samples` is `None`;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if the result would not fit into 4 GiB.
    pub fn compute(&self, samples: &[f32]) -> Result<Spectrogram> {
        let frames = self.frames(samples.len());
        check_size(frames, self.config.n_mels)?;
        let samples = self.fit(samples);
        check_finite(&samples)?;
        let power = self.mel_power(&samples, frames);
        Ok(Spectrogram::new(self.config.decibels.apply(&power), frames, self.config.n_mels))
    }

    /// Pads or cuts the samples to `chunk_samples`.
    fn fit<'a>(&self, samples: &'a [f32]) -> Cow<'a, [f32]> {
        match self.config.chunk_samples {
            Some(length) if length > samples.len() => {
                let mut padded = Vec::with_capacity(length);
                padded.extend_from_slice(samples);
                padded.resize(length, 0.0);
                padded.into()
            }
            Some(length) => samples[..length].into(),
            None => samples.into(),
        }
    }

    /// Computes the mel power, (frames, bands).
    fn mel_power(&self, samples: &[f32], frames: usize) -> Vec<f64> {
        let mut scratch = self.stft.scratch();
        let bins = self.stft.bins();
        let mut power = vec![0.0; bins + FilterBank::SPARE_BINS];
        let mut mel = vec![0.0; frames * self.config.n_mels];
        for (frame, row) in mel.chunks_exact_mut(self.config.n_mels).enumerate() {
            self.stft.power(samples, frame, &mut scratch, &mut power[..bins]);
            Arch::new().dispatch(
                #[inline(always)]
                || self.filters.apply(&power, row),
            );
        }
        mel
    }
}

impl std::fmt::Debug for MelSpectrogram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MelSpectrogram").field("config", &self.config).finish_non_exhaustive()
    }
}
