//! Scores as text.

use mgc_train::Confusion;

/// Returns accuracy, its 95 % interval (Wilson 1927), counts and macro-F1 in one line.
///
/// ```
/// use mgc::train::Confusion;
///
/// let confusion = Confusion::new(2, &[0, 0, 1, 1], &[0, 1, 1, 1])?;
/// let line = "0.75 (95 % interval 0.30-0.95; 3 of 4 right), macro-F1 0.73";
/// assert_eq!(mgc::report::summary(&confusion), line);
/// # Ok::<(), mgc::train::Error>(())
/// ```
#[must_use]
pub fn summary(confusion: &Confusion) -> String {
    let right = (0..confusion.classes()).map(|class| confusion.count(class, class)).sum();
    let total = confusion.total();
    let (low, high) = wilson(right, total);
    let (accuracy, macro_f1) = (confusion.accuracy(), confusion.macro_f1());
    format!(
        "{accuracy:.2} (95 % interval {low:.2}-{high:.2}; {right} of {total} right), macro-F1 {macro_f1:.2}"
    )
}

/// Wilson's 95 % interval of a share.
fn wilson(right: usize, total: usize) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let n = total.max(1) as f64;
    let (share, z2) = (right as f64 / n, Z * Z);
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}
