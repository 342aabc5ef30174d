//! Cross-entropy, with or without label smoothing and class weights.

use candle::{Result, Tensor, bail};

/// Returns the mean cross-entropy of logits and class numbers.
///
/// # Shapes
///
/// - logits: (n, classes), any floating type
/// - labels: (n), `u32`, each below `classes`
/// - output: scalar of the logits' type
///
/// The maximum of each row is subtracted first and is constant to the gradient. Logits of any size therefore
/// give a finite loss, and the gradient is (softmax - one-hot) / n up to rounding.
///
/// # Errors
///
/// When the shapes do not fit or a label is not below `classes`.
///
/// # Examples
///
/// ```
/// use mgc_train::candle::{Device, Tensor};
///
/// let logits = Tensor::new(&[[0f64, 3f64.ln()]], &Device::Cpu)?;
/// let loss = mgc_train::cross_entropy(&logits, &Tensor::new(&[1u32], &Device::Cpu)?)?;
/// assert!((loss.to_scalar::<f64>()? + 0.75f64.ln()).abs() < 1e-12);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
pub fn cross_entropy(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    smoothed_cross_entropy(logits, labels, 0.)
}

/// Returns the mean cross-entropy of logits and smoothed labels.
///
/// The right class has the share `1 - smoothing` of the target. The share `smoothing` is spread evenly over
/// all classes, the right one included (Szegedy et al. 2016, section 7).
///
/// # Shapes
///
/// As [`cross_entropy`], which is this with `smoothing` 0.
///
/// # Errors
///
/// As [`cross_entropy`], and when `smoothing` is not in [0, 1).
///
/// # Examples
///
/// ```
/// use mgc_train::candle::{Device, Tensor};
///
/// let logits = Tensor::new(&[[0f64, 3f64.ln()]], &Device::Cpu)?;
/// let loss = mgc_train::smoothed_cross_entropy(&logits, &Tensor::new(&[1u32], &Device::Cpu)?, 0.1)?;
/// let expected = -0.95 * 0.75f64.ln() - 0.05 * 0.25f64.ln();
/// assert!((loss.to_scalar::<f64>()? - expected).abs() < 1e-12);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
pub fn smoothed_cross_entropy(logits: &Tensor, labels: &Tensor, smoothing: f64) -> Result<Tensor> {
    each(logits, labels, smoothing)?.mean_all()
}

/// Returns the mean of the cross-entropies of logits and smoothed labels, each times the weight of its class.
///
/// It is the sum of the weighted losses divided by the number of examples, as Keras computes it for
/// `class_weight`; PyTorch divides by the sum of the weights. With smoothing, the weight is that of the right
/// class.
///
/// # Shapes
///
/// - logits: (n, classes), any floating type
/// - labels: (n), `u32`, each below `classes` and below the number of weights
/// - weights: a number per class, usually those of [`ClassWeights`](crate::ClassWeights)
/// - output: scalar of the logits' type
///
/// # Errors
///
/// As [`smoothed_cross_entropy`], and when a label has no weight.
///
/// # Examples
///
/// ```
/// use mgc_train::candle::{Device, Tensor};
/// use mgc_train::{cross_entropy, weighted_cross_entropy};
///
/// let logits = Tensor::new(&[[0f64, 1.0], [2.0, 0.0]], &Device::Cpu)?;
/// let labels = Tensor::new(&[1u32, 1], &Device::Cpu)?;
/// let plain = cross_entropy(&logits, &labels)?.to_scalar::<f64>()?;
/// let weighted = weighted_cross_entropy(&logits, &labels, 0.0, &[1.0, 3.0])?.to_scalar::<f64>()?;
/// assert!((weighted - 3.0 * plain).abs() < 1e-12);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
pub fn weighted_cross_entropy(
    logits: &Tensor,
    labels: &Tensor,
    smoothing: f64,
    weights: &[f64],
) -> Result<Tensor> {
    (each(logits, labels, smoothing)? * column(&weights_of(labels, weights)?, logits)?)?.mean_all()
}

/// Returns the mean cross-entropy of logits and two labels for each example, the first with a share of 0 to
/// 1 and the second with the rest, each times the weight of its class.
pub(crate) fn mixed_cross_entropy(
    logits: &Tensor,
    [own, partners]: [&Tensor; 2],
    shares: &[f64],
    smoothing: f64,
    weights: Option<&[f64]>,
) -> Result<Tensor> {
    let part = |labels: &Tensor, mut factors: Vec<f64>| {
        if let Some(weights) = weights {
            let weights = weights_of(labels, weights)?;
            factors.iter_mut().zip(weights).for_each(|(factor, weight)| *factor *= weight);
        }
        each(logits, labels, smoothing)? * column(&factors, logits)?
    };
    let rest = shares.iter().map(|share| 1. - share).collect();
    (part(own, shares.to_vec())? + part(partners, rest)?)?.mean_all()
}

/// Returns the weight of each label.
fn weights_of(labels: &Tensor, weights: &[f64]) -> Result<Vec<f64>> {
    let weight = |&label: &u32| match weights.get(label as usize) {
        Some(weight) => Ok(*weight),
        None => bail!("label {label} has no weight, there are {} weights", weights.len()),
    };
    labels.to_vec1::<u32>()?.iter().map(weight).collect()
}

/// Returns a factor for each example, (n, 1), of the type and on the device of the logits.
fn column(factors: &[f64], logits: &Tensor) -> Result<Tensor> {
    Tensor::new(factors, logits.device())?.to_dtype(logits.dtype())?.unsqueeze(1)
}

/// Returns the cross-entropy of every example, (n, 1).
fn each(logits: &Tensor, labels: &Tensor, smoothing: f64) -> Result<Tensor> {
    if !(0.0..1.0).contains(&smoothing) {
        bail!("label smoothing is {smoothing}, expected a number in [0, 1)")
    }
    let max = logits.detach().max_keepdim(1)?;
    let shifted = logits.broadcast_sub(&max)?;
    let log_sum = shifted.exp()?.sum_keepdim(1)?.log()?;
    let target = shifted.gather(&labels.unsqueeze(1)?, 1)?;
    if smoothing == 0. {
        return log_sum - target;
    }
    let target = ((target * (1. - smoothing))? + (shifted.mean_keepdim(1)? * smoothing)?)?;
    log_sum - target
}
