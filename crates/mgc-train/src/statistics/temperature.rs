//! Temperature scaling of probabilities.

use crate::error::{Error, Result};
use crate::statistics::checks::check_rows;
use serde::{Deserialize, Serialize};

/// The least and the largest temperature that is fitted.
const RANGE: (f64, f64) = (0.05, 20.0);

/// A temperature that makes the probabilities of a network honest: it divides the logits.
///
/// Above 1 it lowers the confidence of a network that is too sure of itself, as most are; below 1 it raises
/// it. The order of the classes stays the same, and so does the accuracy.
///
/// Source: C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, On Calibration of Modern Neural Networks, 2017,
/// section 4.2.
///
/// # Examples
///
/// ```
/// use mgc_train::Temperature;
///
/// // nine of ten are right, and the network says 99 %
/// let probabilities = vec![vec![0.99, 0.01]; 10];
/// let truth = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
/// let temperature = Temperature::fit(&probabilities, &truth)?.ok_or("every answer is right")?;
/// assert!((temperature.apply(&[0.99, 0.01])[0] - 0.9).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Temperature(f64);

impl Temperature {
    /// Returns a temperature of a known value.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] when it is not above 0, or not finite.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::Temperature;
    ///
    /// assert_eq!(Temperature::new(1.5)?.value(), 1.5);
    /// assert!(Temperature::new(0.0).is_err());
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn new(value: f64) -> Result<Self> {
        match value > 0.0 && value.is_finite() {
            true => Ok(Self(value)),
            false => Err(Error::Config {
                name: "temperature",
                value: value.to_string(),
                expected: "a finite number above 0",
            }),
        }
    }

    /// Fits the temperature that minimises the [`negative_log_likelihood`](crate::negative_log_likelihood) of
    /// examples that the network was not trained on.
    ///
    /// `None` when no temperature from 0.05 to 20 does. So it is when every example is right, because the
    /// loss then falls as long as the temperature does, and when the probabilities say nothing about the
    /// classes. A probability below 2.2e-308 counts as that.
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
    /// use mgc_train::Temperature;
    ///
    /// assert_eq!(Temperature::fit(&[vec![0.9, 0.1]], &[0])?, None);
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn fit(probabilities: &[Vec<f64>], truth: &[u32]) -> Result<Option<Self>> {
        check_rows(probabilities, truth)?;
        let log = |row: &Vec<f64>| row.iter().map(|p| p.max(f64::MIN_POSITIVE).ln()).collect();
        let logits: Vec<Vec<f64>> = probabilities.iter().map(log).collect();
        // The loss is convex in the inverse of the temperature, so its slope rises and is 0 once at most.
        let slope = |inverse: f64| slope(&logits, truth, inverse);
        let (mut low, mut high) = (1.0 / RANGE.1, 1.0 / RANGE.0);
        if slope(low) >= 0.0 || slope(high) <= 0.0 {
            return Ok(None);
        }
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                return Ok(Some(Self(1.0 / middle)));
            }
            if slope(middle) < 0.0 { low = middle } else { high = middle }
        }
    }

    /// Returns the number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// Returns the probabilities of one example at this temperature; they sum to 1.
    ///
    /// A probability of 0 stays 0, and temperature 1 changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// let hot = mgc_train::Temperature::new(2.0)?;
    /// let cooled = hot.apply(&[0.8, 0.2]);
    /// assert!((cooled[0] - 2.0 / 3.0).abs() < 1e-15); // the odds are the root of 4
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    #[must_use]
    pub fn apply(self, probabilities: &[f64]) -> Vec<f64> {
        if self.0 == 1.0 {
            return probabilities.to_vec();
        }
        let largest = probabilities.iter().copied().fold(0.0, f64::max);
        let powers = probabilities.iter().map(|p| ((p.ln() - largest.ln()) / self.0).exp());
        let powers: Vec<f64> = powers.collect();
        let sum: f64 = powers.iter().sum();
        powers.iter().map(|power| power / sum).collect()
    }
}

/// Returns the derivative of the loss by the inverse temperature: the mean of the logit that the
/// probabilities expect less that of the true class.
fn slope(logits: &[Vec<f64>], truth: &[u32], inverse: f64) -> f64 {
    let rows = logits.iter().zip(truth);
    rows.map(|(row, &label)| expected(row, inverse) - row[label as usize]).sum::<f64>() / truth.len() as f64
}

fn expected(logits: &[f64], inverse: f64) -> f64 {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut weighted) = (0.0, 0.0);
    for logit in logits {
        let weight = (inverse * (logit - largest)).exp();
        sum += weight;
        weighted += weight * logit;
    }
    weighted / sum
}

impl TryFrom<f64> for Temperature {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self> {
        Self::new(value)
    }
}

impl From<Temperature> for f64 {
    fn from(temperature: Temperature) -> Self {
        temperature.0
    }
}
