use candle::{Result, Tensor};

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
    let max = logits.detach().max_keepdim(1)?;
    let shifted = logits.broadcast_sub(&max)?;
    let log_sum = shifted.exp()?.sum_keepdim(1)?.log()?;
    let target = shifted.gather(&labels.unsqueeze(1)?, 1)?;
    (log_sum - target)?.mean_all()
}
