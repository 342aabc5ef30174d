//! The share of examples whose true class is among the most probable ones.

use crate::error::Result;
use crate::statistics::checks::check_rows;

/// Returns the share of examples whose true class is among the `k` most probable: `top_k_accuracy_score` of
/// scikit-learn.
///
/// Of equal probabilities the first counts as the larger, so `k` 1 is the accuracy of
/// [`Evaluation::predictions`](crate::Evaluation::predictions); scikit-learn takes the last.
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
/// let probabilities = [vec![0.5, 0.3, 0.2], vec![0.1, 0.2, 0.7]];
/// assert_eq!(mgc_train::top_k_accuracy(&probabilities, &[1, 2], 1)?, 0.5);
/// assert_eq!(mgc_train::top_k_accuracy(&probabilities, &[1, 2], 2)?, 1.0);
/// # Ok::<(), mgc_train::Error>(())
/// ```
pub fn top_k_accuracy(probabilities: &[Vec<f64>], truth: &[u32], k: usize) -> Result<f64> {
    check_rows(probabilities, truth)?;
    let place = |row: &[f64], label: usize| {
        let before = |(class, p): &(usize, &f64)| **p > row[label] || (**p == row[label] && *class < label);
        row.iter().enumerate().filter(before).count()
    };
    let hits = probabilities.iter().zip(truth).filter(|(row, label)| place(row, **label as usize) < k);
    Ok(hits.count() as f64 / truth.len() as f64)
}
