//! What a recording becomes: one spectrogram, or one of each chunk.

use mgc_audio::MelSpectrogram;

use super::chunks::MelChunks;

/// What makes the rows of a [`FeatureStore`](crate::FeatureStore): give it a `&MelSpectrogram` for one row a track, or
/// `&MelChunks` for one row a chunk.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum FrontEnd<'a> {
    /// One spectrogram of each track.
    Whole(&'a MelSpectrogram),
    /// One spectrogram of each chunk of each track.
    Chunks(&'a MelChunks),
}

/// Spectrograms of one shape, one after the other.
pub(crate) struct Spectrograms {
    /// (frames, bands) of each.
    pub(crate) shape: (usize, usize),
    /// dB, row-major.
    pub(crate) values: Vec<f32>,
}

impl FrontEnd<'_> {
    pub(crate) fn mel(&self) -> &MelSpectrogram {
        match self {
            Self::Whole(mel) => mel,
            Self::Chunks(chunks) => chunks.mel(),
        }
    }

    /// Samples from one chunk to the next.
    pub(crate) fn hop(&self) -> Option<usize> {
        match self {
            Self::Whole(_) => None,
            Self::Chunks(chunks) => Some(chunks.hop()),
        }
    }

    /// Of mono samples at the rate of the settings.
    pub(crate) fn compute(&self, samples: &[f32]) -> mgc_audio::Result<Spectrograms> {
        match self {
            Self::Whole(mel) => {
                let spectrogram = mel.compute(samples)?;
                Ok(Spectrograms {
                    shape: (spectrogram.frames(), spectrogram.bands()),
                    values: spectrogram.into_vec(),
                })
            }
            Self::Chunks(chunks) => {
                let mut all = Spectrograms { shape: (0, 0), values: Vec::new() };
                for chunk in chunks.cut(samples) {
                    let spectrogram = chunks.mel().compute(chunk)?;
                    all.shape = (spectrogram.frames(), spectrogram.bands());
                    all.values.extend_from_slice(spectrogram.as_slice());
                }
                Ok(all)
            }
        }
    }
}

impl<'a> From<&'a MelSpectrogram> for FrontEnd<'a> {
    fn from(mel: &'a MelSpectrogram) -> Self {
        Self::Whole(mel)
    }
}

impl<'a> From<&'a MelChunks> for FrontEnd<'a> {
    fn from(chunks: &'a MelChunks) -> Self {
        Self::Chunks(chunks)
    }
}
