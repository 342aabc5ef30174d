//! The share of every place of the last map in the answer.

use super::ExplainError;
use crate::classify::classifier::Classifier;
use crate::classify::places::Places;
use crate::error::Result;
use candle::{DType, Device, Tensor};
use candle_nn::ops::softmax;
use mgc_nets::HeadPool;
use ndarray::Array2;

/// Computes a class-activation map of each class in one forward pass: how much every place of the network's
/// last map adds to the log-odds of the class.
///
/// The network must end with a global average pool. Each place of its last map then has logits of its own,
/// whose mean is that of the chunk (B. Zhou et al., *Learning Deep Features for Discriminative Localization*,
/// 2016). A place adds to the log-odds of class k its logit of k, minus its mean logit of the other
/// classes weighted by their probabilities, divided by the number of places. These values sum to the log-odds
/// of the chunk plus the entropy of the other classes' shares, a number between 0 and ln(classes - 1). Of an
/// ensemble the maps are the means of the members' maps.
///
/// A place of the last map sees a wide part of the spectrogram, so the map is less sharp than it looks.
///
/// # Shapes
/// - `spectrogram`: (frames, bands), dB, as the model was trained on
/// - output: a map (frames, bands) for each class, in log-odds (natural logarithm); all cells of
///   a place have its value
///
/// # Errors
/// [`Error::Explain`](crate::Error::Explain) for a network that ends with maxima, of the whole map or of
/// sub-bands, and for a model that hears a track in [windows](crate::Windows);
/// [`Error::Model`](crate::Error::Model) for a spectrogram of another size than the model was trained on.
///
/// ```
/// # std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"))?;
/// use mgc::explain::{Chunk, activation};
///
/// let classifier = mgc::Classifier::load("model.safetensors")?;
/// let chunk = Chunk::read(&classifier, "song.wav", Default::default())?;
/// let maps = activation(&classifier, &chunk.spectrogram)?;
/// assert_eq!((maps.len(), maps[0].dim()), (3, (44, 32)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn activation(classifier: &Classifier, spectrogram: &Array2<f32>) -> Result<Vec<Array2<f32>>> {
    let (size, classes) = (spectrogram.dim(), classifier.labels().len());
    let values = spectrogram.iter().copied().collect();
    let input = Tensor::from_vec(values, (1, 1, size.0, size.1), &Device::Cpu)?;
    let mut maps = vec![Array2::zeros(size); classes];
    for member in &classifier.members {
        if member.bundle.network.head_pool != HeadPool::Average {
            return Err(ExplainError::NoActivationMap.into());
        }
        if member.bundle.windows.is_some() {
            return Err(ExplainError::Windows.into());
        }
        let (places, logits) = member.places(&input)?;
        let weights = weights(&logits)?;
        for (map, weights) in maps.iter_mut().zip(&weights) {
            add(map, &places, weights, 1.0 / (classifier.members.len() * places.logits.len()) as f64);
        }
    }
    Ok(maps)
}

/// The derivatives of each class's log-odds by all logits.
fn weights(logits: &Tensor) -> Result<Vec<Vec<f64>>> {
    let probabilities: Vec<f64> = softmax(&logits.to_dtype(DType::F64)?, 0)?.to_vec1()?;
    let weights = |class: usize| {
        let others = probabilities.iter().enumerate().filter(|(other, _)| *other != class);
        let rest: f64 = others.map(|(_, probability)| probability).sum();
        let weight = |(other, probability): (usize, &f64)| match other == class {
            true => 1.0,
            false => -probability / rest.max(f64::MIN_POSITIVE),
        };
        probabilities.iter().enumerate().map(weight).collect()
    };
    Ok((0..probabilities.len()).map(weights).collect())
}

/// Adds the weighted logits of the places, enlarged to the size of the spectrogram.
fn add(map: &mut Array2<f32>, places: &Places, weights: &[f64], share: f64) {
    let (frames, bands) = map.dim();
    for ((frame, band), cell) in map.indexed_iter_mut() {
        let place = places.of(frame * places.size.0 / frames, band * places.size.1 / bands);
        let sum: f64 = place.iter().zip(weights).map(|(logit, weight)| logit * weight).sum();
        *cell += (share * sum) as f32;
    }
}
