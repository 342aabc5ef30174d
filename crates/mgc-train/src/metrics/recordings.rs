//! Recordings of which several examples are chunks.

use crate::data::examples::Examples;
use crate::error::{Error, Result};
use crate::metrics::evaluate::{Metrics, argmax, evaluate_with_labels};
use candle_nn::ModuleT;
use std::collections::BTreeMap;

/// Averages the probabilities of the chunks of each recording.
///
/// `recordings` has the recording of each row of `probabilities`. Returns the recordings in ascending order,
/// and for each the mean of every class over its rows.
///
/// ```
/// use mgc_train::mean_by_recording;
///
/// let probabilities = [vec![0.5, 0.5], vec![1.0, 0.0], vec![0.0, 1.0]];
/// let (recordings, means) = mean_by_recording(&[7, 4, 7], &probabilities)?;
/// assert_eq!(recordings, [4, 7]);
/// assert_eq!(means, [[1.0, 0.0], [0.25, 0.75]]);
/// # Ok::<(), mgc_train::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unpaired`] when the lists differ in length.
pub fn mean_by_recording(
    recordings: &[usize],
    probabilities: &[Vec<f64>],
) -> Result<(Vec<usize>, Vec<Vec<f64>>)> {
    if recordings.len() != probabilities.len() {
        return Err(Error::Unpaired { first: recordings.len(), second: probabilities.len() });
    }
    let mut chunks: BTreeMap<usize, Vec<&Vec<f64>>> = BTreeMap::new();
    for (&recording, row) in recordings.iter().zip(probabilities) {
        chunks.entry(recording).or_default().push(row);
    }
    let means = chunks.values().map(|rows| mean(rows)).collect();
    Ok((chunks.into_keys().collect(), means))
}

fn mean(rows: &[&Vec<f64>]) -> Vec<f64> {
    let classes = rows.first().map_or(0, |row| row.len());
    let mut sum = vec![0.0; classes];
    for row in rows {
        sum.iter_mut().zip(row.iter()).for_each(|(sum, value)| *sum += value);
    }
    sum.iter().map(|sum| sum / rows.len() as f64).collect()
}

/// Evaluates a model for validation: on recordings where the examples are chunks of them, else on the examples.
pub(crate) fn validate(
    model: &(impl ModuleT + ?Sized),
    examples: &dyn Examples,
    batch_size: usize,
) -> Result<Metrics> {
    let (evaluation, labels) = evaluate_with_labels(model, examples, batch_size)?;
    let Some(recordings) = examples.recordings() else { return Ok(evaluation.metrics()) };
    let labels = label_of_each(&recordings, &labels)?;
    let (_, means) = mean_by_recording(&recordings, &evaluation.probabilities)?;
    let loss = |(mean, label): (&Vec<f64>, &u32)| cross_entropy(mean[*label as usize]);
    let right = |(mean, label): &(&Vec<f64>, &u32)| argmax(mean) == **label;
    let (pairs, count) = (|| means.iter().zip(&labels), labels.len() as f64);
    Ok(Metrics {
        loss: pairs().map(loss).sum::<f64>() / count,
        accuracy: pairs().filter(right).count() as f64 / count,
    })
}

/// Returns the loss of a probability. That of 0 is finite, for a mean of rounded probabilities is seldom truly 0.
fn cross_entropy(probability: f64) -> f64 {
    -probability.clamp(f64::MIN_POSITIVE, 1.0).ln() // keeps what is not a number
}

/// Returns the label of each recording, in ascending order of the recordings.
fn label_of_each(recordings: &[usize], labels: &[u32]) -> Result<Vec<u32>> {
    if recordings.len() != labels.len() {
        return Err(Error::Unpaired { first: recordings.len(), second: labels.len() });
    }
    let mut known: BTreeMap<usize, u32> = BTreeMap::new();
    for (index, (&recording, &label)) in recordings.iter().zip(labels).enumerate() {
        if *known.entry(recording).or_insert(label) != label {
            let expected = "the label of the other chunks of its recording";
            return Err(Error::Value { what: "the label of example", index, value: label.into(), expected });
        }
    }
    Ok(known.into_values().collect())
}
