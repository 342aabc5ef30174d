//! How good a model is, and how sure that is.

use mgc::train::ConfusionMatrix;

/// `0.93 (95 % interval 0.86-0.97; 93 of 100 right), macro-F1 0.93`
pub(crate) fn summary(confusion: &ConfusionMatrix) -> String {
    let right = (0..confusion.classes()).map(|class| confusion.count(class, class)).sum();
    let total = confusion.total();
    let (low, high) = wilson(right, total);
    let (accuracy, macro_f1) = (confusion.accuracy(), confusion.macro_f1());
    format!(
        "{accuracy:.2} (95 % interval {low:.2}-{high:.2}; {right} of {total} right), macro-F1 {macro_f1:.2}"
    )
}

/// Wilson's 95 % interval of a share (Wilson 1927).
fn wilson(right: usize, total: usize) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let n = total.max(1) as f64;
    let (share, z2) = (right as f64 / n, Z * Z);
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}
