//! Probabilities on a scale that does not saturate.

/// Returns the log-odds ln(p / (1 - p)) of a class, from the probabilities of all classes.
///
/// The complement is summed from the other classes, so that a probability of 1 - 1e-12 keeps its digits.
/// Values that underflow count as the smallest positive number.
pub(super) fn log_odds(probabilities: &[f64], class: usize) -> f64 {
    let others = probabilities.iter().enumerate().filter(|(index, _)| *index != class);
    let rest: f64 = others.map(|(_, probability)| probability).sum();
    probabilities[class].max(f64::MIN_POSITIVE).ln() - rest.max(f64::MIN_POSITIVE).ln()
}
