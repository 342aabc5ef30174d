//! Lists of the variables of a model, and their assignment.

use crate::error::Error;
use candle::{Result, Tensor, Var, bail};
use candle_nn::VarMap;
use std::path::Path;

/// Returns the variables that an optimiser may change, sorted by name.
///
/// It leaves out the running statistics of batch normalisation, whose names end in `.running_mean` and
/// `.running_var`: they are in the same map but are not parameters. The variables are sorted because the
/// order of the map itself differs from run to run.
///
/// # Errors
///
/// When a thread panicked while it held the map.
///
/// # Examples
///
/// ```
/// use candle_nn::VarMap;
/// use mgc_train::candle::{DType, Device};
/// use mgc_train::{seeded, trainable};
///
/// let vars = VarMap::new();
/// let vb = seeded(&vars, 1, DType::F32, &Device::Cpu);
/// candle_nn::linear(4, 2, vb.pp("head"))?;
/// candle_nn::batch_norm(4, 1e-3, vb.pp("norm"))?;
/// let names: Vec<String> = trainable(&vars)?.into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["head.bias", "head.weight", "norm.bias", "norm.weight"]);
/// # Ok::<(), mgc_train::candle::Error>(())
/// ```
pub fn trainable(vars: &VarMap) -> Result<Vec<(String, Var)>> {
    let mut found = all(vars)?;
    found.retain(|(name, _)| !is_running_statistic(name));
    Ok(found)
}

/// Returns the running statistics of batch normalisation, sorted by name.
pub(crate) fn running_statistics(vars: &VarMap) -> Result<Vec<(String, Var)>> {
    let mut found = all(vars)?;
    found.retain(|(name, _)| is_running_statistic(name));
    Ok(found)
}

/// Returns all variables, sorted by name.
pub(crate) fn all(vars: &VarMap) -> Result<Vec<(String, Var)>> {
    let Ok(vars) = vars.data().lock() else { bail!("the variables are locked by a thread that panicked") };
    let mut found: Vec<_> = vars.iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    Ok(found)
}

fn is_running_statistic(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    matches!(last, "running_mean" | "running_var")
}

/// Sets every variable to the tensor that `find` returns for its name. When one does not fit, none is
/// changed.
///
/// `path` names the source of the tensors in errors.
pub(crate) fn set_all<'a>(
    vars: &VarMap,
    path: &Path,
    find: impl Fn(&str) -> Option<&'a Tensor>,
) -> crate::error::Result<()> {
    let wrong = |name: &str, var: &Var, found: &str| Error::State {
        path: path.to_path_buf(),
        reason: format!("{name} is {found}, expected {:?}: the file is of another model", var.dims()),
    };
    let mut values = Vec::new();
    for (name, var) in all(vars)? {
        let tensor = find(&name).ok_or_else(|| wrong(&name, &var, "missing"))?;
        if tensor.shape() != var.shape() {
            return Err(wrong(&name, &var, &format!("{:?}", tensor.dims())));
        }
        let value = tensor.to_dtype(var.dtype())?.to_device(var.device())?;
        values.push((var, value));
    }
    Ok(values.iter().try_for_each(|(var, value)| var.set(value))?)
}
