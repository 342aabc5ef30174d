//! Whether labels and tensors are those of a network.

use crate::error::ModelError;
use candle::{DType, Tensor};
use mgc_nets::{NetConfig, tensor_shapes};
use mgc_train::Calibration;

type Result<T> = std::result::Result<T, ModelError>;

/// Checks that there is one label for each class, and no label twice.
pub(crate) fn check_labels(labels: &[String], classes: usize) -> Result<()> {
    if labels.len() != classes {
        return Err(ModelError::Labels { labels: labels.len(), classes });
    }
    let mut sorted: Vec<_> = labels.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(ModelError::DuplicateLabel { label: pair[0].clone() }),
        None => Ok(()),
    }
}

/// Checks that these are the tensors of the network, all of them and no others.
pub(crate) fn check_shapes<'a>(
    network: &NetConfig,
    found: impl Iterator<Item = (&'a str, &'a [usize])>,
) -> Result<()> {
    let mut missing = tensor_shapes(network)?;
    for (name, shape) in found {
        match missing.remove(name) {
            Some(expected) if expected == shape => {}
            Some(expected) => {
                return Err(ModelError::Shape { tensor: name.into(), actual: shape.into(), expected });
            }
            None => return Err(ModelError::StrayTensor { tensor: name.into() }),
        }
    }
    match missing.into_keys().next() {
        Some(tensor) => Err(ModelError::MissingTensor { tensor }),
        None => Ok(()),
    }
}

/// Checks that a threshold is a probability.
pub(crate) fn check_threshold(calibration: &Calibration) -> Result<()> {
    match calibration.threshold {
        Some(threshold) if !(0.0..=1.0).contains(&threshold) => Err(ModelError::Threshold { threshold }),
        _ => Ok(()),
    }
}

/// Checks that a tensor's values can be computed with in single precision.
pub(crate) fn check_values(name: &str, tensor: &Tensor) -> Result<()> {
    let values = tensor.to_dtype(DType::F32).and_then(|tensor| tensor.flatten_all()?.to_vec1::<f32>());
    let values = values.map_err(|source| ModelError::UnreadableTensor {
        tensor: name.to_owned(),
        source: Box::new(source),
    })?;
    if !values.iter().all(|value| value.is_finite()) {
        return Err(ModelError::NotFinite { tensor: name.to_owned() });
    }
    if name.ends_with(".running_var") && values.iter().any(|value| *value < 0.0) {
        return Err(ModelError::NegativeVariance { tensor: name.to_owned() });
    }
    Ok(())
}
