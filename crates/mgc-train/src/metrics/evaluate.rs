//! Evaluation of a model on a set of examples.

use crate::data::examples::Examples;
use crate::error::{Error, Result};
use crate::metrics::confusion_matrix::ConfusionMatrix;
use candle::{DType, Device, Tensor};
use candle_nn::ModuleT;

/// Loss and accuracy over a set of examples, or of recordings whose chunks they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    /// Mean cross-entropy of each.
    pub loss: f64,
    /// Share predicted right, in [0, 1].
    pub accuracy: f64,
}

/// The predictions of a model on a set of examples. All lists are in the order of the examples.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Mean cross-entropy.
    pub loss: f64,
    /// For each example, the probability of every class; each row sums to 1.
    pub probabilities: Vec<Vec<f64>>,
    /// For each example, the most probable class; the first of equals.
    pub predictions: Vec<u32>,
    /// Counts of true against predicted classes, with accuracy, macro-F1, recall and precision.
    pub confusion: ConfusionMatrix,
}

impl Evaluation {
    /// Returns loss and accuracy.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        Metrics { loss: self.loss, accuracy: self.confusion.accuracy() }
    }
}

/// Evaluates a model on all examples, `batch_size` at a time, in evaluation mode.
///
/// The model maps inputs as [`Examples::batch`] returns them to logits (n, classes). The logits are copied to
/// the host, where probabilities and loss are computed in `f64`.
///
/// # Errors
///
/// [`Error::NoExamples`] when there is no example, [`Error::Label`] when a label is not below the number of
/// logits, [`Error::Config`] when `batch_size` is 0, [`Error::Candle`] from the model or the examples.
///
/// # Examples
///
/// ```
/// use candle_nn::func;
/// use mgc_train::candle::{Device, Tensor};
/// use mgc_train::{TensorExamples, evaluate};
///
/// let inputs = Tensor::new(&[[2f32, 0.0], [0.0, 1.0], [3.0, 0.0]], &Device::Cpu)?;
/// let examples = TensorExamples::new(inputs, Tensor::new(&[0u32, 1, 1], &Device::Cpu)?)?;
/// let model = func(|inputs| Ok(inputs.clone())); // the inputs serve as logits
/// let evaluation = evaluate(&model, &examples, 8)?;
/// assert_eq!(evaluation.predictions, [0, 1, 0]);
/// assert_eq!(evaluation.metrics().accuracy, 2.0 / 3.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn evaluate(
    model: &(impl ModuleT + ?Sized),
    examples: &dyn Examples,
    batch_size: usize,
) -> Result<Evaluation> {
    Ok(evaluate_with_labels(model, examples, batch_size)?.0)
}

/// Evaluates a model; returns the true label of every example too.
pub(crate) fn evaluate_with_labels(
    model: &(impl ModuleT + ?Sized),
    examples: &dyn Examples,
    batch_size: usize,
) -> Result<(Evaluation, Vec<u32>)> {
    if examples.is_empty() {
        return Err(Error::NoExamples("evaluation"));
    }
    check_batch_size(batch_size)?;
    let (mut scored, mut truth) = (Scored::default(), Vec::new());
    let indices: Vec<usize> = (0..examples.len()).collect();
    for batch in indices.chunks(batch_size) {
        let (inputs, labels) = examples.batch(batch)?;
        let logits = model.forward_t(&inputs, false)?;
        truth.extend(scored.add(&logits, &labels)?);
    }
    let confusion = ConfusionMatrix::new(scored.classes, &truth, &scored.predictions)?;
    let evaluation = Evaluation {
        loss: scored.loss_sum / truth.len() as f64,
        probabilities: scored.probabilities,
        predictions: scored.predictions,
        confusion,
    };
    Ok((evaluation, truth))
}

pub(crate) fn check_batch_size(batch_size: usize) -> Result<()> {
    match batch_size {
        0 => Err(Error::Config { name: "batch_size", value: "0".into(), expected: "at least 1" }),
        _ => Ok(()),
    }
}

#[derive(Default)]
struct Scored {
    classes: usize,
    loss_sum: f64,
    probabilities: Vec<Vec<f64>>,
    predictions: Vec<u32>,
}

impl Scored {
    fn add(&mut self, logits: &Tensor, labels: &Tensor) -> Result<Vec<u32>> {
        let (rows, labels) = to_rows(logits, labels)?;
        for (row, &label) in rows.iter().zip(&labels) {
            let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let exp: Vec<f64> = row.iter().map(|logit| (logit - max).exp()).collect();
            let sum: f64 = exp.iter().sum();
            self.loss_sum += sum.ln() - (row[label as usize] - max);
            self.predictions.push(argmax(row));
            self.probabilities.push(exp.iter().map(|e| e / sum).collect());
            self.classes = row.len();
        }
        Ok(labels)
    }
}

/// Copies logits and labels to the host; every label is below the number of logits.
pub(crate) fn to_rows(logits: &Tensor, labels: &Tensor) -> Result<(Vec<Vec<f64>>, Vec<u32>)> {
    let rows: Vec<Vec<f64>> = logits.to_device(&Device::Cpu)?.to_dtype(DType::F64)?.to_vec2()?;
    let labels: Vec<u32> = labels.to_vec1()?;
    if rows.len() != labels.len() {
        return Err(Error::Lengths { truth: labels.len(), predicted: rows.len() });
    }
    let classes = rows.first().map_or(0, Vec::len);
    match labels.iter().find(|&&label| label as usize >= classes) {
        Some(&label) => Err(Error::Label { label, classes }),
        None => Ok((rows, labels)),
    }
}

/// Returns the index of the largest value, the first of equals; a value that is not a number is never the
/// largest.
pub(crate) fn argmax(row: &[f64]) -> u32 {
    let mut best = 0;
    for (index, value) in row.iter().enumerate() {
        if *value > row[best] || row[best].is_nan() {
            best = index;
        }
    }
    best as u32
}
