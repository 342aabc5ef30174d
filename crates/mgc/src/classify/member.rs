//! One model of a classifier: from spectrograms to probabilities.

use crate::classify::mean::Mean;
use crate::classify::places::Places;
use crate::error::{Error, ModelError, Result};
use crate::model::bundle::Bundle;
use candle::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use mgc_audio::FrontEnd;
use mgc_nets::{InferenceNet, broadcast_net};
use mgc_train::Temperature;

/// A model with its network in place on a device.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) bundle: Bundle,
    front_end: Option<FrontEnd>,
    net: InferenceNet,
    device: Device,
}

/// Rows of probabilities and of embeddings, one for each spectrogram.
pub(super) struct Answers {
    pub(super) probabilities: Vec<Vec<f64>>,
    embeddings: Vec<Vec<f64>>,
}

/// The answers of a model so far, averaged.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) probabilities: Mean,
    pub(super) embedding: Mean,
}

impl Member {
    /// Puts the network of a bundle on a device.
    pub(super) fn new(bundle: Bundle, device: &Device) -> Result<Self> {
        bundle.check()?;
        let vb = VarBuilder::from_tensors(bundle.tensors.clone(), DType::F32, device);
        let net =
            broadcast_net(&bundle.network, vb).and_then(|net| net.prepare()).map_err(ModelError::from)?;
        let front_end = bundle.front_end.clone().map(FrontEnd::new).transpose()?;
        Ok(Self { bundle, front_end, net, device: device.clone() })
    }

    /// Returns the front end that audio goes through.
    pub(super) fn front_end(&self) -> Result<&FrontEnd> {
        self.front_end.as_ref().ok_or(Error::NoFrontEnd)
    }

    /// (N, 1, frames, bands) -> N answers
    pub(super) fn answers(&self, spectrograms: &Tensor) -> Result<Answers> {
        self.check_size(spectrograms)?;
        let spectrograms = spectrograms.to_device(&self.device)?.to_dtype(DType::F32)?;
        let embeddings = match self.bundle.windows {
            Some(windows) => windows.mean(&spectrograms, |window| self.net.features(window))?,
            None => self.net.features(&spectrograms)?,
        };
        let logits = self.net.logits(&embeddings)?.to_dtype(DType::F64)?;
        let probabilities: Vec<Vec<f64>> = candle_nn::ops::softmax(&logits, 1)?.to_vec2()?;
        match probabilities.iter().flatten().all(|probability| probability.is_finite()) {
            true => Ok(Answers { probabilities, embeddings: embeddings.to_dtype(DType::F64)?.to_vec2()? }),
            false => Err(ModelError::AnswerNotFinite.into()),
        }
    }

    /// (1, 1, frames, bands) -> the logits of every place of the network's last map, and of the whole, (classes),
    /// at the temperature of the model
    pub(crate) fn places(&self, spectrogram: &Tensor) -> Result<(Places, Tensor)> {
        self.check_size(spectrogram)?;
        let map = self.net.maps(&spectrogram.to_device(&self.device)?.to_dtype(DType::F32)?)?.squeeze(0)?;
        let (_, rows, columns) = map.dims3()?;
        let places = map.flatten_from(1)?.t()?.contiguous()?;
        let temperature = self.bundle.calibration.temperature.map_or(1.0, Temperature::value);
        let logits = (self.net.logits(&places)?.to_dtype(DType::F64)? / temperature)?;
        Ok((Places::new((rows, columns), logits.to_vec2()?), logits.mean(0)?))
    }

    /// Checks that spectrograms are of the size that the model was trained on, as far as it is known.
    fn check_size(&self, spectrograms: &Tensor) -> Result<()> {
        let [.., frames, bands] = *spectrograms.dims() else { return Ok(()) };
        let by_front_end = self.front_end.as_ref().map(|front_end| (frames, front_end.config().n_mels));
        match self.bundle.input_size().or(by_front_end) {
            Some(expected) if expected != (frames, bands) => {
                Err(ModelError::SpectrogramSize { actual: (frames, bands), expected }.into())
            }
            _ => Ok(()),
        }
    }
}

impl Tally {
    /// Adds the answers to a batch.
    pub(super) fn add(&mut self, answers: &Answers) {
        answers.probabilities.iter().for_each(|row| self.probabilities.add(row));
        answers.embeddings.iter().for_each(|row| self.embedding.add(row));
    }
}
