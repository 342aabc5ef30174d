//! Accuracy against coverage, when the least confident answers are refused.

use crate::error::{Error, Result};
use crate::metrics::evaluate::argmax;
use crate::statistics::checks::check_rows;

/// The answers that remain when those below a confidence are refused.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoveragePoint {
    /// The answers whose largest probability is at least this are kept.
    pub threshold: f64,
    /// The share of examples that keep their answer, above 0 and up to 1.
    pub coverage: f64,
    /// The share of kept answers that are right.
    pub accuracy: f64,
}

/// Coverage and accuracy for every threshold of the confidence, the largest probability of an answer.
///
/// Source: R. El-Yaniv, Y. Wiener, On the Foundations of Noise-free Selective Classification, 2010
/// (risk-coverage curve).
///
/// # Examples
///
/// ```
/// use mgc_train::CoverageCurve;
///
/// let probabilities = [vec![0.9, 0.1], vec![0.2, 0.8], vec![0.6, 0.4]];
/// let curve = CoverageCurve::new(&probabilities, &[0, 1, 1])?;
/// let accuracies: Vec<f64> = curve.points.iter().map(|point| point.accuracy).collect();
/// assert_eq!(accuracies, [1.0, 1.0, 2.0 / 3.0]);
/// let threshold = curve.threshold(0.95)?.ok_or("never so good")?;
/// assert!((threshold - 0.7).abs() < 1e-12, "between the last right and the first wrong answer");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CoverageCurve {
    /// A point for each different confidence, by rising coverage. The last has threshold 0, coverage 1, and
    /// the plain accuracy; the threshold of another lies midway between the confidences that it divides.
    pub points: Vec<CoveragePoint>,
}

impl CoverageCurve {
    /// Computes the curve.
    ///
    /// # Shapes
    ///
    /// As [`negative_log_likelihood`](crate::negative_log_likelihood).
    ///
    /// # Errors
    ///
    /// As [`negative_log_likelihood`](crate::negative_log_likelihood).
    ///
    /// # Examples
    ///
    /// ```
    /// let curve = mgc_train::CoverageCurve::new(&[vec![0.9, 0.1], vec![0.9, 0.1]], &[0, 1])?;
    /// assert_eq!(curve.points.len(), 1, "equal confidences are kept or refused together");
    /// assert_eq!((curve.points[0].coverage, curve.points[0].accuracy), (1.0, 0.5));
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn new(probabilities: &[Vec<f64>], truth: &[u32]) -> Result<Self> {
        check_rows(probabilities, truth)?;
        let answer = |(row, &label): (&Vec<f64>, &u32)| {
            let predicted = argmax(row);
            (row[predicted as usize], predicted == label)
        };
        let mut answers: Vec<(f64, bool)> = probabilities.iter().zip(truth).map(answer).collect();
        answers.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut points, mut right) = (Vec::new(), 0);
        for (index, &(confidence, is_right)) in answers.iter().enumerate() {
            right += usize::from(is_right);
            let next = answers.get(index + 1).map(|answer| answer.0);
            if next != Some(confidence) {
                let kept = (index + 1) as f64;
                let coverage = kept / answers.len() as f64;
                let threshold = next.map_or(0.0, |next| between(next, confidence));
                points.push(CoveragePoint { threshold, coverage, accuracy: right as f64 / kept });
            }
        }
        Ok(Self { points })
    }

    /// Returns the threshold that keeps most answers among those whose kept answers reach an accuracy; `None`
    /// when no threshold reaches it.
    ///
    /// The accuracy on other music is a little lower, since the threshold is the best for these examples. It
    /// means little where few answers are kept: look at [`CoveragePoint::coverage`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when `accuracy` is not above 0 and up to 1.
    ///
    /// # Examples
    ///
    /// ```
    /// let curve = mgc_train::CoverageCurve::new(&[vec![0.9, 0.1], vec![0.8, 0.2]], &[1, 0])?;
    /// assert_eq!(curve.threshold(0.5)?, Some(0.0));
    /// assert_eq!(curve.threshold(0.6)?, None, "the most confident answer is wrong");
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn threshold(&self, accuracy: f64) -> Result<Option<f64>> {
        if !(accuracy > 0.0 && accuracy <= 1.0) {
            let (name, expected) = ("accuracy", "a number above 0, up to 1");
            return Err(Error::Config { name, value: accuracy.to_string(), expected });
        }
        let reached = self.points.iter().rev().find(|point| point.accuracy >= accuracy);
        Ok(reached.map(|point| point.threshold))
    }
}

/// Returns a number above `low` and up to `high`, midway where there is one.
fn between(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) / 2.0;
    if middle > low { middle } else { high }
}
