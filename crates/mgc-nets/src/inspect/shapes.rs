//! Lists the tensors of a network, without making them.

use crate::config::NetConfig;
use crate::net::{BroadcastNet, broadcast_net};
use candle::{DType, Device, Result, Shape, Tensor};
use candle_nn::{Init, VarBuilder, var_builder::SimpleBackend};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Lists the names and shapes of a network's tensors, its contract with checkpoints, without allocating them.
///
/// # Errors
/// When the configuration is invalid.
///
/// # Example
/// ```
/// use mgc_nets::{Variant, tensor_shapes};
/// let shapes = tensor_shapes(&Variant::Proposed.config(10))?;
/// assert_eq!(shapes["stem.conv.weight"], [32, 1, 3, 3]);
/// assert_eq!(shapes.values().map(|shape| shape.iter().product::<usize>()).sum::<usize>(), 186_026);
/// # Ok::<(), mgc_nets::candle::Error>(())
/// ```
pub fn tensor_shapes(config: &NetConfig) -> Result<BTreeMap<String, Vec<usize>>> {
    let (_, seen) = recorded(config)?;
    let seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(seen)
}

/// Builds a network of scalar tensors, for walks that compute nothing.
pub(crate) fn blank(config: &NetConfig) -> Result<BroadcastNet> {
    Ok(recorded(config)?.0)
}

fn recorded(config: &NetConfig) -> Result<(BroadcastNet, Seen)> {
    let seen = Seen::default();
    let vb = VarBuilder::from_backend(Box::new(Recorder(seen.clone())), DType::F32, Device::Cpu);
    Ok((broadcast_net(config, vb)?, seen))
}

type Seen = Arc<Mutex<BTreeMap<String, Vec<usize>>>>;

/// Records each name and shape asked for, and returns a scalar on the host instead.
struct Recorder(Seen);

impl SimpleBackend for Recorder {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(name.to_owned(), shape.into_dims());
        Tensor::zeros((), dtype, device)
    }

    fn get_unchecked(&self, _: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        Tensor::zeros((), dtype, device)
    }

    fn contains_tensor(&self, _: &str) -> bool {
        true
    }
}
