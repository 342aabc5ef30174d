//! Scores as text.

use mgc_train::ConfusionMatrix;

/// Returns accuracy, its 95 % interval (Wilson 1927), counts and macro-F1 in one line.
///
/// ```
/// use mgc::train::ConfusionMatrix;
///
/// let confusion = ConfusionMatrix::new(2, &[0, 0, 1, 1], &[0, 1, 1, 1])?;
/// let line = "0.75 (95 % interval 0.30-0.95; 3 of 4 right), macro-F1 0.73";
/// assert_eq!(mgc::report::summary(&confusion), line);
/// # Ok::<(), mgc::train::Error>(())
/// ```
#[must_use]
pub fn summary(confusion: &ConfusionMatrix) -> String {
    let (right, total) = (confusion.correct(), confusion.total());
    let (low, high) = confusion.accuracy_interval();
    let (accuracy, macro_f1) = (confusion.accuracy(), confusion.macro_f1());
    format!(
        "{accuracy:.2} (95 % interval {low:.2}-{high:.2}; {right} of {total} right), macro-F1 {macro_f1:.2}"
    )
}
