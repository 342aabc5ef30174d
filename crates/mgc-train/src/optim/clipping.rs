//! Clipping of gradients by their common norm.

use candle::backprop::GradStore;
use candle::{DType, Device, Result, Var};

/// Returns the factor that brings the norm of all gradients down to the limit; none where they are within it.
pub(super) fn clip_scale<'a>(
    vars: impl Iterator<Item = &'a Var>,
    grads: &GradStore,
    limit: f64,
) -> Result<Option<f64>> {
    let mut sum = 0.0;
    for g in vars.filter_map(|var| grads.get(var)) {
        let squares = g.detach().to_dtype(DType::F64)?.sqr()?.sum_all()?;
        sum += squares.to_device(&Device::Cpu)?.to_scalar::<f64>()?;
    }
    let norm = sum.sqrt();
    Ok((norm > limit).then(|| limit / norm))
}
