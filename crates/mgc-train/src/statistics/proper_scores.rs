//! Scores that reward honest probabilities.

use crate::error::Result;
use crate::statistics::checks::check_rows;

/// Returns the mean negative log-likelihood of the true classes, in nats: `log_loss` of scikit-learn.
///
/// It is 0 where every true class has probability 1, and ln(classes) for equal probabilities. A probability
/// below 2.2e-308 counts as that.
///
/// # Shapes
///
/// - `probabilities`: a row for each example, with a value for each class; a row sums to 1
/// - `truth`: the class of each example
///
/// # Errors
///
/// [`Error::Lengths`](crate::Error::Lengths) when the lists differ in length,
/// [`Error::TooFew`](crate::Error::TooFew) without examples, [`Error::Label`](crate::Error::Label) for a
/// label without a probability, [`Error::Value`](crate::Error::Value) for a probability outside 0 to 1.
///
/// # Examples
///
/// ```
/// let probabilities = [vec![0.5, 0.5], vec![1.0, 0.0]];
/// let loss = mgc_train::negative_log_likelihood(&probabilities, &[0, 0])?;
/// assert_eq!(loss, 2f64.ln() / 2.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn negative_log_likelihood(probabilities: &[Vec<f64>], truth: &[u32]) -> Result<f64> {
    check_rows(probabilities, truth)?;
    let rows = probabilities.iter().zip(truth);
    let loss: f64 = rows.map(|(row, &label)| -row[label as usize].max(f64::MIN_POSITIVE).ln()).sum();
    Ok(loss / truth.len() as f64)
}

/// Returns the Brier score: the squared distance of the probabilities from 1 for the true class and 0 for the
/// others, summed over the classes and averaged over the examples.
///
/// It is from 0, the best, to 2: `brier_score_loss(scale_by_half=False)` of scikit-learn.
///
/// # Shapes
///
/// As [`negative_log_likelihood`].
///
/// # Errors
///
/// As [`negative_log_likelihood`].
///
/// Source: G. W. Brier, Verification of Forecasts Expressed in Terms of Probability, 1950.
///
/// # Examples
///
/// ```
/// let probabilities = [vec![0.5, 0.5], vec![1.0, 0.0]];
/// assert_eq!(mgc_train::brier_score(&probabilities, &[0, 0])?, 0.25);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn brier_score(probabilities: &[Vec<f64>], truth: &[u32]) -> Result<f64> {
    check_rows(probabilities, truth)?;
    let distance = |row: &[f64], label: usize| -> f64 {
        row.iter().enumerate().map(|(class, p)| (p - f64::from(class == label)).powi(2)).sum()
    };
    let rows = probabilities.iter().zip(truth);
    Ok(rows.map(|(row, &label)| distance(row, label as usize)).sum::<f64>() / truth.len() as f64)
}
