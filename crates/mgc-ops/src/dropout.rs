//! Dropout whose mask is a function of a key, so that no pass has to store it.

use crate::philox::{NUMBERS, numbers};
use crate::planes::build_planes;
use crate::real::{Real, like, slice, with_real, with_slice};
use crate::simd::widest;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

const OP: &str = "dropout";

/// Cells of one task.
const CHUNK: usize = 64 * NUMBERS;

/// Inverted dropout (Srivastava et al. 2014): zeroes each cell with probability `rate` and scales the others by `1 / (1 - rate)`.
///
/// Which cells go depends on `key` and their place alone: the numbers are those of Philox4x32-10 (Salmon et al. 2011). The same key
/// gives the same mask again, on any number of threads; training takes another one for every layer and step.
///
/// # Shapes
/// - `x`: any, f32 or f64
/// - output: as `x`
///
/// # Errors
/// When `rate` is not 0 to below 1, or `x` has another type or device.
///
/// # Example
/// ```
/// use mgc_ops::{candle::{DType, Device, Tensor}, dropout};
/// let y = dropout(&Tensor::ones(1000, DType::F32, &Device::Cpu)?, 0.5, 1)?.to_vec1::<f32>()?;
/// let kept = y.iter().filter(|y| **y == 2.).count();
/// assert!((400..600).contains(&kept) && y.iter().filter(|y| **y == 0.).count() == 1000 - kept);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn dropout(x: &Tensor, rate: f64, key: u64) -> Result<Tensor> {
    if !(0.0..1.0).contains(&rate) {
        bail!("{OP}: the rate is {rate}, it must be 0 to below 1")
    }
    x.contiguous()?.apply_op1(Dropout { rate, key })
}

struct Dropout {
    rate: f64,
    key: u64,
}

impl Dropout {
    /// Both passes: a cell and its gradient have the same factor.
    fn mask<T: Real>(&self, x: &[T]) -> Vec<T> {
        // of 2^32 numbers those below are dropped
        let below = (self.rate * 2f64.powi(32)) as u32;
        let kept = T::from_f64(1.0 / (1.0 - self.rate));
        build_planes(x.len(), CHUNK, |i, y| {
            let first = i * CHUNK;
            mask(self.key, (first / NUMBERS) as u64, below, kept, &x[first..first + y.len()], y);
        })
    }
}

widest! {
    /// Writes `kept * x` where the number of the cell is not `below`, else zero.
    fn mask<T: Real>(key: u64, first: u64, below: u32, kept: T, x: &[T], y: &mut [T]) {
        for (block, (x, y)) in x.chunks(NUMBERS).zip(y.chunks_mut(NUMBERS)).enumerate() {
            let numbers = numbers(key, first + block as u64);
            for (number, (x, y)) in numbers.as_flattened().iter().zip(x.iter().zip(y)) {
                *y = if *number < below { T::zero() } else { *x * kept };
            }
        }
    }
}

impl CustomOp1 for Dropout {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.mask(slice::<T>(OP, x, layout)?);
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), layout.shape().clone()))
        })
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, dy, |dy| Ok(self.mask(dy)))?;
            Ok(Some(like(dx, x)?))
        })
    }
}
