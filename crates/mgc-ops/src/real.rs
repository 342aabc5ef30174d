//! The element types of the fast paths, and the way from a tensor to a slice of them.

use candle::{CpuStorage, DType, Layout, Result, Storage, Tensor, WithDType, bail};

/// `f32` or `f64`: what every operation of this crate computes in.
pub(crate) trait Real: WithDType {
    /// The value that is not a number.
    fn not_a_number() -> Self {
        Self::from_f64(f64::NAN)
    }

    /// e to this power.
    fn exp(self) -> Self;

    /// `2^n` and `p` such that e to this power, up to 0, is `2^n (1 + p)`; see [`exp`](crate::exp).
    fn exp_parts(self) -> (Self, Self);

    /// e to this power, up to 0, in a form that vectorises.
    #[inline(always)]
    fn exp_below(self) -> Self {
        let (power, p) = self.exp_parts();
        power * p + power
    }

    /// [`exp_below`](Self::exp_below) less 1, with all its digits near 0.
    #[inline(always)]
    fn exp_m1_below(self) -> Self {
        let (power, p) = self.exp_parts();
        power * p + (power - Self::one())
    }

    /// The hyperbolic tangent.
    fn tanh(self) -> Self;

    /// `self * factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
}

macro_rules! real {
    ($($T:ident: $parts:ident),*) => {$(
        impl Real for $T {
            fn exp(self) -> Self {
                self.exp()
            }

            #[inline(always)]
            fn exp_parts(self) -> (Self, Self) {
                crate::exp::$parts(self)
            }

            fn tanh(self) -> Self {
                self.tanh()
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                self.mul_add(factor, term)
            }
        }
    )*};
}
real!(f32: parts_f32, f64: parts_f64);

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
            dtype => $crate::real::unsupported($op, dtype),
        }
    };
}
pub(crate) use with_real;

pub(crate) fn unsupported<R>(op: &str, dtype: DType) -> Result<R> {
    bail!("{op}: dtype {dtype:?} is not supported, convert the input to f32 or f64")
}

/// The elements of a contiguous storage.
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

/// A tensor of the shape and on the device of another one.
pub(crate) fn like<T: Real>(data: Vec<T>, tensor: &Tensor) -> Result<Tensor> {
    Tensor::from_vec(data, tensor.shape(), tensor.device())
}
