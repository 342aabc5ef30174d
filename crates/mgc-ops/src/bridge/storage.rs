//! From a candle tensor to a slice of its elements, and back.

use crate::scalar::real::Real;
use candle::{CpuStorage, DType, Layout, Result, Storage, Tensor, bail};

/// Runs `$body` with the type alias `$T` bound to the Rust type of `$dtype`.
macro_rules! with_real {
    ($op:expr, $dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            candle::DType::F32 => {
                type $T = f32;
                $body
            }
            candle::DType::F64 => {
                type $T = f64;
                $body
            }
            dtype => $crate::bridge::storage::unsupported($op, dtype),
        }
    };
}
pub(crate) use with_real;

pub(crate) fn unsupported<R>(op: &str, dtype: DType) -> Result<R> {
    bail!("{op}: dtype {dtype:?} is not supported, convert the input to f32 or f64")
}

/// Returns the elements of a contiguous storage.
pub(crate) fn slice<'a, T: Real>(op: &str, storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [T]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&T::cpu_storage_as_slice(storage)?[start..end]),
        None => bail!("{op}: the input must be contiguous, got strides {:?}", layout.stride()),
    }
}

/// Calls `f` with the elements of a tensor on the CPU, made contiguous when it is not.
pub(crate) fn with_slice<T: Real, R>(
    op: &str,
    tensor: &Tensor,
    f: impl FnOnce(&[T]) -> Result<R>,
) -> Result<R> {
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(slice(op, storage, layout)?),
        _ => bail!("{op}: only the CPU is supported, the tensor is on {:?}", tensor.device().location()),
    }
}

/// Returns a tensor with the shape and on the device of another one.
pub(crate) fn like<T: Real>(data: Vec<T>, tensor: &Tensor) -> Result<Tensor> {
    Tensor::from_vec(data, tensor.shape(), tensor.device())
}
