//! Whether probabilities mean what they say.

use crate::error::{Error, Result};
use crate::metrics::evaluate::argmax;
use crate::statistics::checks::check_rows;

/// The examples whose largest probability lies in one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// The interval: above `low`, up to and including `high`. The first one includes 0.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The number of examples.
    pub count: usize,
    /// The mean of their largest probabilities; 0 without examples.
    pub confidence: f64,
    /// The share of them that was predicted right; 0 without examples.
    pub accuracy: f64,
}

/// The bins of a reliability diagram: accuracy against confidence, in intervals of equal width.
///
/// The confidence of a prediction is the probability of its class, the largest. Where a model is calibrated,
/// the predictions with confidence 0.8 are right in 80 of 100 cases.
///
/// # Examples
///
/// ```
/// use mgc_train::Reliability;
///
/// let probabilities = [vec![0.9, 0.1], vec![0.1, 0.9], vec![0.6, 0.4], vec![0.4, 0.6]];
/// let reliability = Reliability::new(&probabilities, &[0, 1, 0, 0], 10)?;
/// let last = reliability.bins[8];
/// assert_eq!((last.count, last.confidence, last.accuracy), (2, 0.9, 1.0));
/// assert!((reliability.expected_calibration_error() - 0.1).abs() < 1e-12);
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reliability {
    /// The bins, by rising confidence.
    pub bins: Vec<ReliabilityBin>,
}

impl Reliability {
    /// Sorts the predictions into `bins` intervals of equal width by their confidence; 10 or 15 are usual.
    ///
    /// # Shapes
    ///
    /// As [`negative_log_likelihood`](crate::negative_log_likelihood).
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for no bin; else as [`negative_log_likelihood`](crate::negative_log_likelihood).
    ///
    /// # Examples
    ///
    /// ```
    /// let reliability = mgc_train::Reliability::new(&[vec![0.7, 0.3]], &[0], 10)?;
    /// assert_eq!(reliability.bins.iter().map(|bin| bin.count).sum::<usize>(), 1);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn new(probabilities: &[Vec<f64>], truth: &[u32], bins: usize) -> Result<Self> {
        check_rows(probabilities, truth)?;
        if bins == 0 {
            return Err(Error::Config { name: "bins", value: "0".into(), expected: "at least 1" });
        }
        let mut bins: Vec<ReliabilityBin> = (0..bins).map(|bin| empty(bin, bins)).collect();
        for (row, &label) in probabilities.iter().zip(truth) {
            let predicted = argmax(row);
            let confidence = row[predicted as usize];
            let place = bins.partition_point(|bin| bin.high < confidence).min(bins.len() - 1);
            bins[place].count += 1;
            bins[place].confidence += confidence;
            bins[place].accuracy += f64::from(predicted == label);
        }
        for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
            bin.confidence /= bin.count as f64;
            bin.accuracy /= bin.count as f64;
        }
        Ok(Self { bins })
    }

    /// Returns the expected calibration error: the mean distance of accuracy from confidence in the bins,
    /// weighted by their counts, 0 to 1.
    ///
    /// With few examples it is above 0 even for a calibrated model, and it depends on the number of bins:
    /// compare figures of equal sets and bins only.
    ///
    /// Source: C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, On Calibration of Modern Neural Networks, 2017,
    /// section 2.
    ///
    /// # Examples
    ///
    /// ```
    /// let half_right = [vec![0.5, 0.5], vec![0.5, 0.5]];
    /// let reliability = mgc_train::Reliability::new(&half_right, &[0, 1], 10)?;
    /// assert_eq!(reliability.expected_calibration_error(), 0.0);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn expected_calibration_error(&self) -> f64 {
        let total: usize = self.bins.iter().map(|bin| bin.count).sum();
        let distance = |bin: &ReliabilityBin| bin.count as f64 * (bin.accuracy - bin.confidence).abs();
        self.bins.iter().map(distance).sum::<f64>() / total as f64
    }
}

fn empty(bin: usize, bins: usize) -> ReliabilityBin {
    let edge = |number: usize| number as f64 / bins as f64;
    ReliabilityBin { low: edge(bin), high: edge(bin + 1), count: 0, confidence: 0.0, accuracy: 0.0 }
}
