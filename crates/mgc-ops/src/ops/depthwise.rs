//! Depthwise convolution: every channel has its own kernel.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::{ACCUMULATORS, Dims, build_planes};
use crate::kernels::rows;
use crate::kernels::sweep::Sweep;
use crate::scalar::real::Real;
use crate::window::Window;
use candle::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use rayon::prelude::*;

const OP: &str = "depthwise_conv2d";

/// Cross-correlates each channel of `x` with its own kernel.
///
/// This is Keras' `DepthwiseConv2D` without bias and with depth multiplier 1, and torch's `conv2d` with as
/// many groups as channels. Followed by a 1x1 [`conv2d`](crate::conv2d) it is the separable convolution of
/// Chollet (2017), *Xception*.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`: (C, 1, kernel rows, kernel columns)
/// - output: (N, C, H', W') with H', W' of [`Window::output_size`]
///
/// # Errors
/// When shapes or types disagree, the kernel of `window` is not that of `weight`, or a tensor is not on the
/// CPU.
///
/// # Example
/// ```
/// use mgc_ops::{Window, candle::{Device, Tensor}, depthwise_conv2d};
/// let x = Tensor::new(&[1f32, 2., 3., 4.], &Device::Cpu)?.reshape((1, 2, 1, 2))?;
/// let weight = Tensor::new(&[1f32, 1., 10., 1.], &Device::Cpu)?.reshape((2, 1, 1, 2))?;
/// let y = depthwise_conv2d(&x, &weight, &Window::same((1, 2)))?;
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [3., 2., 34., 40.]);
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn depthwise_conv2d(x: &Tensor, weight: &Tensor, window: &Window) -> Result<Tensor> {
    let (input, (kh, kw)) = (Dims::of(x)?, window.kernel);
    if weight.dims() != [input.c, 1, kh, kw] {
        bail!(
            "{OP}: input {:?}, weight {:?} and kernel {:?} do not fit",
            x.dims(),
            weight.dims(),
            window.kernel
        )
    }
    let op = Depthwise { input, sweep: Sweep::new(window, input.h, input.w)?, taps: kh * kw };
    x.contiguous()?.apply_op2(&weight.contiguous()?, op)
}

struct Depthwise {
    input: Dims,
    sweep: Sweep,
    taps: usize,
}

impl Depthwise {
    /// Returns the kernel of plane `i`, counted over all samples.
    fn kernel<'a, T>(&self, i: usize, weight: &'a [T]) -> &'a [T] {
        &weight[i % self.input.c * self.taps..][..self.taps]
    }

    fn forward<T: Real>(&self, x: &[T], weight: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.sweep.out_plane());
        build_planes(self.input.n * self.input.c * out_plane, out_plane, |i, y| {
            self.forward_plane(&x[i * plane..][..plane], self.kernel(i, weight), y);
        })
    }

    /// Adds the taps of one plane to `y`.
    fn forward_plane<T: Real>(&self, x: &[T], kernel: &[T], y: &mut [T]) {
        for (row, y) in y.chunks_mut(self.sweep.out_w).enumerate() {
            for (tap, outputs, element) in self.sweep.taps(row) {
                let (scale, y) = (kernel[tap], &mut y[outputs]);
                match self.sweep.stride() {
                    1 => rows::add_scaled(scale, &x[element..], y),
                    stride => {
                        let elements = x[element..].iter().step_by(stride);
                        y.iter_mut().zip(elements).for_each(|(y, x)| *y += scale * *x);
                    }
                }
            }
        }
    }

    /// Returns the gradients of x and weight.
    fn backward<T: Real>(&self, x: &[T], weight: &[T], dy: &[T]) -> (Vec<T>, Vec<T>) {
        let (plane, out_plane) = (self.input.plane(), self.sweep.out_plane());
        let mut dx = vec![T::zero(); x.len()];
        let planes = dx.par_chunks_mut(plane).zip(x.par_chunks(plane)).zip(dy.par_chunks(out_plane));
        let shares: Vec<Vec<f64>> = planes
            .enumerate()
            .map(|(i, ((dx, x), dy))| self.backward_plane(x, self.kernel(i, weight), dy, dx))
            .collect();
        let mut dweight = vec![0f64; weight.len()];
        for sample in shares.chunks(self.input.c) {
            dweight.iter_mut().zip(sample.iter().flatten()).for_each(|(sum, share)| *sum += share);
        }
        (dx, dweight.into_iter().map(T::from_f64).collect())
    }

    /// Adds the gradient of one plane to `dx` and returns that of its kernel.
    fn backward_plane<T: Real>(&self, x: &[T], kernel: &[T], dy: &[T], dx: &mut [T]) -> Vec<f64> {
        let mut sums = vec![[0f64; ACCUMULATORS]; self.taps];
        for (row, dy) in dy.chunks(self.sweep.out_w).enumerate() {
            for (tap, outputs, element) in self.sweep.taps(row) {
                let (scale, dy, sum) = (kernel[tap], &dy[outputs], &mut sums[tap]);
                match self.sweep.stride() {
                    1 => {
                        rows::add_scaled(scale, dy, &mut dx[element..]);
                        rows::add_products(&x[element..], dy, sum);
                    }
                    stride => {
                        let elements = x[element..].iter().zip(&mut dx[element..]).step_by(stride);
                        for ((x, dx), dy) in elements.zip(dy) {
                            *dx += scale * *dy;
                            sum[0] += x.to_f64() * dy.to_f64();
                        }
                    }
                }
            }
        }
        sums.into_iter().map(|lanes| lanes.iter().sum()).collect()
    }
}

impl CustomOp2 for Depthwise {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        x_layout: &Layout,
        weight: &CpuStorage,
        weight_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.forward(slice::<T>(OP, x, x_layout)?, slice::<T>(OP, weight, weight_layout)?);
            let shape = (self.input.n, self.input.c, self.sweep.out_h, self.sweep.out_w).into();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), shape))
        })
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _y: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        with_real!(OP, x.dtype(), T => {
            let (dx, dweight) = with_slice::<T, _>(OP, x, |x| {
                with_slice(OP, weight, |weight| with_slice(OP, dy, |dy| Ok(self.backward(x, weight, dy))))
            })?;
            Ok((Some(like(dx, x)?), Some(like(dweight, weight)?)))
        })
    }
}
