//! Fits temperature and threshold to validation examples.

use crate::error::Result;
use crate::statistics::coverage::CoverageCurve;
use crate::statistics::temperature::Temperature;
use serde::{Deserialize, Serialize};

/// How to read the probabilities of a model: the temperature that makes them honest, and the probability
/// below which its answer is not sure. Without either, probabilities are taken as they are.
///
/// # Examples
///
/// ```
/// use mgc_train::Calibration;
///
/// // nine of ten answers of a network that says 99 % are right, and one of two where it says 60 %
/// let mut probabilities = vec![vec![0.99, 0.01]; 10];
/// probabilities.extend([vec![0.6, 0.4], vec![0.6, 0.4]]);
/// let truth = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1];
/// let calibration = Calibration::fit(&probabilities, &truth, Some(0.9))?;
///
/// let sure = calibration.apply(&[0.99, 0.01]);
/// assert!((0.88..0.92).contains(&sure[0]));
/// assert!(!calibration.is_unsure(&sure));
/// assert!(calibration.is_unsure(&calibration.apply(&[0.6, 0.4])));
/// # Ok::<(), mgc_train::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The temperature; `None` leaves the probabilities as the network gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Temperature>,
    /// The least largest probability of a sure answer, 0 to 1, after the temperature; `None` takes every
    /// answer as sure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
}

impl Calibration {
    /// Fits the temperature to examples that the network was not trained on, then the threshold above which
    /// answers reach `target_accuracy`.
    ///
    /// Use validation examples, never those of the test, whose figures would be too good. The rows should be
    /// of the kind that will be calibrated: of whole tracks where the answers are about whole tracks, such as
    /// the mean over their chunks. `temperature` is `None` where [`Temperature::fit`] finds none, `threshold`
    /// where no target is given or none reaches it ([`CoverageCurve::threshold`]).
    ///
    /// # Shapes
    ///
    /// As [`negative_log_likelihood`](crate::negative_log_likelihood).
    ///
    /// # Errors
    ///
    /// As [`negative_log_likelihood`](crate::negative_log_likelihood), and
    /// [`Error::Config`](crate::Error::Config) when the target is not above 0 and up to 1.
    ///
    /// # Examples
    ///
    /// ```
    /// let (probabilities, truth) = ([vec![0.9, 0.1], vec![0.2, 0.8]], [0, 1]);
    /// let calibration = mgc_train::Calibration::fit(&probabilities, &truth, None)?;
    /// assert_eq!(calibration, mgc_train::Calibration::default(), "two right answers say nothing");
    /// # Ok::<(), mgc_train::Error>(())
    /// ```
    pub fn fit(probabilities: &[Vec<f64>], truth: &[u32], target_accuracy: Option<f64>) -> Result<Self> {
        let temperature = Temperature::fit(probabilities, truth)?;
        let threshold = match target_accuracy {
            None => None,
            Some(accuracy) => {
                let tempered = Self { temperature, threshold: None };
                let rows: Vec<_> = probabilities.iter().map(|row| tempered.apply(row)).collect();
                CoverageCurve::new(&rows, truth)?.threshold(accuracy)?
            }
        };
        Ok(Self { temperature, threshold })
    }

    /// Returns the probabilities of one example at the temperature.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(mgc_train::Calibration::default().apply(&[0.8, 0.2]), [0.8, 0.2]);
    /// ```
    #[must_use]
    pub fn apply(&self, probabilities: &[f64]) -> Vec<f64> {
        match self.temperature {
            Some(temperature) => temperature.apply(probabilities),
            None => probabilities.to_vec(),
        }
    }

    /// Returns whether an answer is not sure: the largest of its probabilities, which [`apply`](Self::apply)
    /// returned, is below the threshold.
    ///
    /// # Examples
    ///
    /// ```
    /// use mgc_train::Calibration;
    ///
    /// let calibration = Calibration { threshold: Some(0.7), ..Default::default() };
    /// assert!(calibration.is_unsure(&[0.6, 0.4]) && !calibration.is_unsure(&[0.3, 0.7]));
    /// ```
    #[must_use]
    pub fn is_unsure(&self, probabilities: &[f64]) -> bool {
        let largest = probabilities.iter().copied().fold(0.0, f64::max);
        self.threshold.is_some_and(|threshold| largest < threshold)
    }
}
