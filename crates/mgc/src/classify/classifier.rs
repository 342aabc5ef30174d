//! From music to genres.

use crate::classify::classification::{Classification, rank};
use crate::error::{Error, Result};
use crate::model::bundle::Bundle;
use candle::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use mgc_audio::{Clip, MelSpectrogram, decode, windows};
use mgc_nets::{PreparedNet, broadcast_net};
use std::path::Path;

/// Windows that go through the network at once.
const BATCH: usize = 8;

/// Which windows of a long recording are classified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Windows {
    /// All consecutive ones, their probabilities averaged; a remainder under half a window is dropped.
    #[default]
    All,
    /// Only the first: the protocol of the published figures.
    First,
}

/// A trained model, ready to name the genre of music.
///
/// It resamples to the rate of its own front end, whatever the file has, and may be shared between threads.
///
/// ```no_run
/// let genres = mgc::Classifier::load("bbnn.safetensors")?.classify("song.mp3")?;
/// println!("{} ({:.0} %)", genres[0].label, 100.0 * genres[0].probability);
/// # Ok::<(), mgc::Error>(())
/// ```
#[derive(Debug)]
pub struct Classifier {
    bundle: Bundle,
    mel: Option<MelSpectrogram>,
    net: PreparedNet,
    windows: Windows,
}

impl Classifier {
    /// Reads a bundle and prepares its network and front end.
    ///
    /// # Errors
    /// As [`Bundle::load`] and [`Classifier::new`].
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let usable = |error| match error {
            Error::Model(reason) => Error::Bundle { path: path.into(), reason },
            other => other,
        };
        Self::new(Bundle::load(path)?).map_err(usable)
    }

    /// Prepares the network and front end of a bundle.
    ///
    /// # Errors
    /// [`Error::Model`] when a tensor is missing, has another shape, belongs to no layer or is not finite, when
    /// labels and network do not fit, when the front end's settings are out of range, or when the
    /// input's size is not what the front end gives or less than the network needs.
    pub fn new(bundle: Bundle) -> Result<Self> {
        bundle.check().map_err(Error::Model)?;
        let vb = VarBuilder::from_tensors(bundle.tensors.clone(), DType::F32, &Device::Cpu);
        let net = broadcast_net(&bundle.network, vb).and_then(|net| net.prepare());
        let net = net.map_err(|error| Error::Model(error.to_string()))?;
        let mel = bundle.front_end.clone().map(MelSpectrogram::new).transpose()?;
        Ok(Self { bundle, mel, net, windows: Windows::All })
    }

    /// The same classifier looking at other windows.
    #[must_use]
    pub fn with_windows(self, windows: Windows) -> Self {
        Self { windows, ..self }
    }

    /// The model behind it.
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// Names the genre of a music file of any supported format and rate.
    ///
    /// # Errors
    /// [`Error::NoFrontEnd`] for a model of ready-made spectrograms, [`Error::Audio`] when the file cannot be
    /// decoded.
    pub fn classify(&self, path: impl AsRef<Path>) -> Result<Classification> {
        self.front_end()?;
        self.classify_clip(decode(path)?)
    }

    /// Names the genre of mono samples (full scale -1 to 1) at `sample_rate` Hz.
    ///
    /// # Errors
    /// [`Error::NoFrontEnd`] for a model of ready-made spectrograms; [`Error::Audio`] when there are no samples,
    /// one is not finite, or the rate is out of range.
    pub fn classify_samples(&self, samples: &[f32], sample_rate: u32) -> Result<Classification> {
        self.classify_clip(Clip::new(samples.to_vec(), sample_rate))
    }

    /// Probabilities of ready-made spectrograms, in the order of the labels.
    ///
    /// # Shapes
    /// - `spectrograms`: (N, 1, frames, bands) in dB, as the model was trained on
    /// - output: N rows of as many values as labels
    ///
    /// # Errors
    /// [`Error::Candle`] when the shape does not fit the network; [`Error::Model`] when it is not the size that the
    /// model was trained on, or when a result is not finite.
    pub fn probabilities(&self, spectrograms: &Tensor) -> Result<Vec<Vec<f64>>> {
        Ok(self.answers(spectrograms)?.probabilities)
    }

    fn answers(&self, spectrograms: &Tensor) -> Result<Answers> {
        self.check_size(spectrograms)?;
        let embeddings = self.net.features(&spectrograms.to_dtype(DType::F32)?)?;
        let logits = self.net.logits(&embeddings)?.to_dtype(DType::F64)?;
        let probabilities: Vec<Vec<f64>> = candle_nn::ops::softmax(&logits, 1)?.to_vec2()?;
        match probabilities.iter().flatten().all(|probability| probability.is_finite()) {
            true => Ok(Answers { probabilities, embeddings: embeddings.to_dtype(DType::F64)?.to_vec2()? }),
            false => {
                Err(Error::Model("its answer is not finite: the input or the weights are not usable".into()))
            }
        }
    }

    /// Spectrograms must be of the size that the model was trained on, as far as it is known.
    fn check_size(&self, spectrograms: &Tensor) -> Result<()> {
        let [.., frames, bands] = *spectrograms.dims() else { return Ok(()) };
        let by_front_end = self.mel.as_ref().map(|mel| (frames, mel.config().n_mels));
        match self.bundle.input_size().or(by_front_end) {
            Some(expected) if expected != (frames, bands) => Err(Error::Model(format!(
                "it was trained on {} frames x {} bands, got {frames} x {bands}",
                expected.0, expected.1
            ))),
            _ => Ok(()),
        }
    }

    fn front_end(&self) -> Result<&MelSpectrogram> {
        self.mel.as_ref().ok_or(Error::NoFrontEnd)
    }

    /// Names the genre of a decoded clip.
    ///
    /// # Errors
    /// As [`classify_samples`](Self::classify_samples).
    pub fn classify_clip(&self, clip: Clip) -> Result<Classification> {
        let (duration, sample_rate, skipped_packets) =
            (clip.duration(), clip.sample_rate, clip.skipped_packets);
        let answers = self.window_answers(clip)?;
        let genres = rank(&self.bundle.labels, &mean(&answers.probabilities));
        let embedding = mean(&answers.embeddings).into_iter().map(|value| value as f32).collect();
        let windows = answers.probabilities.len();
        Ok(Classification { genres, embedding, windows, duration, sample_rate, skipped_packets })
    }

    /// What the network says of each window, at least one.
    fn window_answers(&self, clip: Clip) -> Result<Answers> {
        let mel = self.front_end()?;
        if clip.samples.is_empty() {
            return Err(mgc_audio::Error::NoSamples.into());
        }
        let clip = clip.resampled(mel.config().sample_rate)?;
        let length = mel.config().chunk_samples.unwrap_or(clip.samples.len());
        let wanted = if self.windows == Windows::First { 1 } else { usize::MAX };
        let parts: Vec<&[f32]> = windows(&clip.samples, length).take(wanted).collect();
        let mut all = Answers::default();
        for batch in parts.chunks(BATCH) {
            let answers = self.answers(&spectrograms(mel, batch)?)?;
            all.probabilities.extend(answers.probabilities);
            all.embeddings.extend(answers.embeddings);
        }
        Ok(all)
    }
}

/// Rows of probabilities and of features, one for each spectrogram.
#[derive(Default)]
struct Answers {
    probabilities: Vec<Vec<f64>>,
    embeddings: Vec<Vec<f64>>,
}

/// The mean row of at least one.
pub(crate) fn mean(rows: &[Vec<f64>]) -> Vec<f64> {
    let columns = rows.first().map_or(0, Vec::len);
    (0..columns).map(|column| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64).collect()
}

/// (N, 1, frames, bands)
fn spectrograms(mel: &MelSpectrogram, parts: &[&[f32]]) -> Result<Tensor> {
    let one = |samples: &&[f32]| {
        let spectrogram = mel.compute(samples)?;
        let shape = (1, spectrogram.frames(), spectrogram.bands());
        Ok(Tensor::from_vec(spectrogram.into_vec(), shape, &Device::Cpu)?)
    };
    Ok(Tensor::stack(&parts.iter().map(one).collect::<Result<Vec<_>>>()?, 0)?)
}
