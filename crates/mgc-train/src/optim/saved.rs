//! Tensors of a saved state, found by name.

use candle::{Result, Tensor, bail};
use std::collections::HashMap;

/// Returns the tensor of this name.
pub(crate) fn find<'a>(state: &'a HashMap<String, Tensor>, name: &str) -> Result<&'a Tensor> {
    match state.get(name) {
        Some(tensor) => Ok(tensor),
        None => bail!("{name} is missing: the state was written by another model or optimiser"),
    }
}

/// Returns the tensor of this name, on the device of `like`, whose shape and type it must have.
pub(crate) fn find_like(state: &HashMap<String, Tensor>, name: &str, like: &Tensor) -> Result<Tensor> {
    let found = find(state, name)?;
    if found.dims() != like.dims() || found.dtype() != like.dtype() {
        bail!(
            "{name} is {:?} {:?}, expected {:?} {:?}",
            found.dtype(),
            found.dims(),
            like.dtype(),
            like.dims()
        )
    }
    found.to_device(like.device())
}
