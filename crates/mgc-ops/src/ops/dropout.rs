//! Dropout whose mask is a function of a key, so that no pass has to store it.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::philox::{NUMBERS, numbers};
use crate::kernels::planes::build_planes;
use crate::kernels::simd::widest;
use crate::scalar::real::Real;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

const OP: &str = "dropout";

/// Values of one task.
const CHUNK: usize = 64 * NUMBERS;

/// Inverted dropout (Srivastava et al. 2014): zeroes each value with probability `rate` and scales the others
/// by `1 / (1 - rate)`.
///
/// The mask depends only on `key` and on the place of each value: the numbers are those of Philox4x32-10
/// (Salmon et al. 2011). The same key gives the same mask, on any number of threads. Training takes a
/// different key for every layer and step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// Probability that a value is dropped, at least 0 and below 1.
    pub rate: f64,
    /// Selects the mask.
    pub key: u64,
}

/// Applies [`Dropout`].
///
/// # Shapes
/// - `x`: any, f32 or f64
/// - output: as `x`
///
/// # Errors
/// When the rate is not 0 to below 1, or `x` has another type or device.
///
/// # Example
/// ```
/// use mgc_ops::{Dropout, candle::{DType, Device, Tensor}, dropout};
/// let y = dropout(&Tensor::ones(1000, DType::F32, &Device::Cpu)?, Dropout { rate: 0.5, key: 1 })?.to_vec1::<f32>()?;
/// let kept = y.iter().filter(|y| **y == 2.).count();
/// assert!((400..600).contains(&kept) && y.iter().filter(|y| **y == 0.).count() == 1000 - kept);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn dropout(x: &Tensor, dropout: Dropout) -> Result<Tensor> {
    dropout.check(OP)?;
    x.contiguous()?.apply_op1(Op(dropout))
}

impl Dropout {
    pub(crate) fn check(&self, op: &str) -> Result<()> {
        if !(0.0..1.0).contains(&self.rate) {
            bail!("{op}: the rate of the dropout is {}, it must be 0 to below 1", self.rate)
        }
        Ok(())
    }

    /// Applies the mask to a part of a map that starts at value `start`. The gradient has the same factors.
    pub(crate) fn mask<T: Real>(&self, start: usize, elements: &mut [T]) {
        let (whole, skip) = ((start / NUMBERS) as u64, start % NUMBERS);
        let (head, rest) = elements.split_at_mut(elements.len().min((NUMBERS - skip) % NUMBERS));
        mask(self, whole, skip, head);
        mask(self, whole + u64::from(skip > 0), 0, rest);
    }
}

struct Op(Dropout);

impl Op {
    fn mask<T: Real>(&self, x: &[T]) -> Vec<T> {
        build_planes(x.len(), CHUNK, |i, y| {
            y.copy_from_slice(&x[i * CHUNK..][..y.len()]);
            self.0.mask(i * CHUNK, y);
        })
    }
}

widest! {
    /// Drops values by the numbers from block `first` on, of which the first `skip` are skipped; `values`
    /// ends before the second block unless `skip` is 0.
    fn mask<T: Real>(dropout: &Dropout, first: u64, skip: usize, elements: &mut [T]) {
        // numbers below this one drop their value
        let below = (dropout.rate * 2f64.powi(32)) as u32;
        let kept = T::from_f64(1.0 / (1.0 - dropout.rate));
        for (block, elements) in elements.chunks_mut(NUMBERS).enumerate() {
            let numbers = numbers(dropout.key, first + block as u64);
            for (element, number) in elements.iter_mut().zip(&numbers.as_flattened()[skip..]) {
                *element = if *number < below { T::zero() } else { *element * kept };
            }
        }
    }
}

impl CustomOp1 for Op {
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
