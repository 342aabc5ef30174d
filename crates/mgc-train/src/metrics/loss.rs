//! Cross-entropy, with or without label smoothing.

use candle::{Result, Tensor, bail};

/// Mean cross-entropy of logits against class numbers, through log-softmax.
///
/// # Shapes
///
/// - logits: (n, classes), any floating type
/// - labels: (n), `u32`, each below `classes`
/// - output: scalar of the logits' type
///
/// The row maximum is subtracted first and takes no part in the gradient, so logits of any size give
/// a finite loss, and the gradient is exactly (softmax - one-hot)/n up to rounding.
///
/// # Errors
///
/// When the shapes do not fit or a label is not below `classes`.
pub fn cross_entropy(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    smoothed_cross_entropy(logits, labels, 0.)
}

/// Mean cross-entropy against smoothed labels (Szegedy et al. 2016): the right class has the share
/// `1 - smoothing` of the target, and the share `smoothing` is spread evenly over all classes.
///
/// # Shapes
///
/// As [`cross_entropy`], which is this with `smoothing` 0.
///
/// # Errors
///
/// As [`cross_entropy`], and when `smoothing` is not 0 to below 1.
pub fn smoothed_cross_entropy(logits: &Tensor, labels: &Tensor, smoothing: f64) -> Result<Tensor> {
    if !(0.0..1.0).contains(&smoothing) {
        bail!("label smoothing is {smoothing}, it must be 0 to below 1")
    }
    let max = logits.detach().max_keepdim(1)?;
    let shifted = logits.broadcast_sub(&max)?;
    let log_sum = shifted.exp()?.sum_keepdim(1)?.log()?;
    let target = shifted.gather(&labels.unsqueeze(1)?, 1)?;
    if smoothing == 0. {
        return (log_sum - target)?.mean_all();
    }
    let target = ((target * (1. - smoothing))? + (shifted.mean_keepdim(1)? * smoothing)?)?;
    (log_sum - target)?.mean_all()
}
