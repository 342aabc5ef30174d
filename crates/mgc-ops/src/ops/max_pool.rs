//! Max pooling with Keras' gradient: all of it to the first maximum of each window.

use crate::bridge::storage::{like, slice, with_real, with_slice};
use crate::kernels::planes::{Dims, build_planes};
use crate::kernels::pooling;
use crate::kernels::sweep::Sweep;
use crate::scalar::real::Real;
use crate::window::Window;
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

const OP: &str = "max_pool2d";

/// Returns the maximum of each window; padding never wins.
///
/// The whole gradient of an output goes to the first element, in row-major order of the window, that is equal
/// to the maximum, as in TensorFlow on the CPU and in torch.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - output: (N, C, H', W') with H', W' of [`Window::output_size`]
///
/// # Errors
/// When the window does not fit, or `x` has another rank, type or device.
///
/// # Example
/// ```
/// use mgc_ops::{Window, candle::{Device, Var}, max_pool2d};
/// let x = Var::new(&[[[[1f32, 5.], [7., 7.]]]], &Device::Cpu)?;
/// let y = max_pool2d(&x, &Window::valid((2, 2), (2, 2)))?;
/// let gradient = y.backward()?.get(&x).cloned();
/// assert_eq!(y.flatten_all()?.to_vec1::<f32>()?, [7.]);
/// assert_eq!(gradient.map(|g| g.flatten_all()?.to_vec1::<f32>()).transpose()?, Some(vec![0., 0., 1., 0.]));
/// # Ok::<(), mgc_ops::candle::Error>(())
/// ```
pub fn max_pool2d(x: &Tensor, window: &Window) -> Result<Tensor> {
    x.contiguous()?.apply_op1(MaxPool::new(window, Dims::of(x)?)?)
}

/// Marks a window all of whose elements are NaN.
const NO_WINNER: u8 = u8::MAX;
/// Elements of the largest window whose elements have numbers.
const MAX_NUMBERED: usize = NO_WINNER as usize;

/// A max pool of maps of known size.
pub(crate) struct MaxPool {
    input: Dims,
    /// Whether the windows are 2x2 squares, side by side.
    squares: bool,
    /// Whether one byte can number the elements of the window.
    pub(crate) numbered: bool,
    sweep: Sweep,
}

impl MaxPool {
    pub(crate) fn new(window: &Window, input: Dims) -> Result<Self> {
        let sweep = Sweep::new(window, input.h, input.w)?;
        let numbered = window.kernel.0 * window.kernel.1 <= MAX_NUMBERED;
        Ok(Self { input, squares: window.is_two_by_two(), numbered, sweep })
    }

    /// Returns the sizes of the pooled map.
    pub(crate) fn output(&self) -> Dims {
        Dims { h: self.sweep.out_h, w: self.sweep.out_w, ..self.input }
    }

    fn forward<T: Real>(&self, x: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.sweep.out_plane());
        build_planes(self.input.n * self.input.c * out_plane, out_plane, |i, y| {
            self.forward_plane(&x[i * plane..][..plane], y);
        })
    }

    fn backward<T: Real>(&self, x: &[T], y: &[T], dy: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.sweep.out_plane());
        build_planes(x.len(), plane, |i, dx| {
            let outputs = i * out_plane..(i + 1) * out_plane;
            self.backward_plane(&x[i * plane..][..plane], &y[outputs.clone()], &dy[outputs], dx);
        })
    }

    /// Writes the maxima of one plane.
    pub(crate) fn forward_plane<T: Real>(&self, x: &[T], y: &mut [T]) {
        if self.squares {
            let rows = x.chunks_exact(2 * self.input.w).zip(y.chunks_mut(self.sweep.out_w));
            return rows.for_each(|(x, y)| {
                let (above, below) = x.split_at(self.input.w);
                pooling::max_2x2(above, below, y);
            });
        }
        for (row, y) in y.chunks_mut(self.sweep.out_w).enumerate() {
            y.fill(T::not_a_number());
            for (_, outputs, element) in self.sweep.taps(row) {
                match self.sweep.stride() {
                    1 => pooling::running_max(&x[element..], &mut y[outputs]),
                    stride => {
                        let elements = x[element..].iter().step_by(stride);
                        y[outputs]
                            .iter_mut()
                            .zip(elements)
                            .for_each(|(y, x)| pooling::running_max_one(*x, y));
                    }
                }
            }
        }
    }

    /// Adds the gradient of one plane to `dx`.
    ///
    /// Visits the taps in order; the first element equal to the maximum takes what is left of dy.
    pub(crate) fn backward_plane<T: Real>(&self, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        if self.squares {
            return self.backward_squares(x, y, dy, dx);
        }
        let mut left = vec![T::zero(); self.sweep.out_w];
        for (row, (y, dy)) in y.chunks(self.sweep.out_w).zip(dy.chunks(self.sweep.out_w)).enumerate() {
            left.copy_from_slice(dy);
            for (_, outputs, element) in self.sweep.taps(row) {
                let (y, left) = (&y[outputs.clone()], &mut left[outputs]);
                match self.sweep.stride() {
                    1 => pooling::scatter_max_grad(&x[element..], &mut dx[element..], y, left),
                    stride => {
                        let elements =
                            x[element..].iter().step_by(stride).zip(dx[element..].iter_mut().step_by(stride));
                        elements
                            .zip(y.iter().zip(left))
                            .for_each(|((x, dx), (y, l))| pooling::scatter_max_grad_one(*x, dx, *y, l));
                    }
                }
            }
        }
    }

    /// Writes the maxima of one plane, and for each the number of the first element of its window equal to
    /// it.
    pub(crate) fn forward_winners<T: Real>(&self, x: &[T], y: &mut [T], winners: &mut [u8]) {
        let (width, out_w) = (self.input.w, self.sweep.out_w);
        if self.squares {
            let outputs = y.chunks_mut(out_w).zip(winners.chunks_mut(out_w));
            return x.chunks_exact(2 * width).zip(outputs).for_each(|(x, (y, winners))| {
                let (above, below) = x.split_at(width);
                pooling::argmax_2x2(above, below, y, winners);
            });
        }
        self.forward_plane(x, y);
        winners.fill(NO_WINNER);
        for (row, (y, winners)) in y.chunks(out_w).zip(winners.chunks_mut(out_w)).enumerate() {
            for (tap, outputs, element) in self.sweep.taps(row) {
                let elements = x[element..].iter().step_by(self.sweep.stride());
                for ((y, winner), x) in y[outputs.clone()].iter().zip(&mut winners[outputs]).zip(elements) {
                    if *winner == NO_WINNER && x == y {
                        *winner = tap as u8; // at most `MAX_NUMBERED` taps
                    }
                }
            }
        }
    }

    /// Writes the gradient of one plane to `dx`, which starts as zeros; the places of the maxima suffice.
    pub(crate) fn backward_winners<T: Real>(&self, winners: &[u8], dy: &[T], dx: &mut [T]) {
        let (width, out_w) = (self.input.w, self.sweep.out_w);
        if self.squares {
            let outputs = dy.chunks(out_w).zip(winners.chunks(out_w));
            return dx.chunks_exact_mut(2 * width).zip(outputs).for_each(|(dx, (dy, winners))| {
                let (above, below) = dx.split_at_mut(width);
                pooling::scatter_2x2(dy, winners, above, below);
            });
        }
        for (row, (dy, winners)) in dy.chunks(out_w).zip(winners.chunks(out_w)).enumerate() {
            for (tap, outputs, element) in self.sweep.taps(row) {
                let elements = dx[element..].iter_mut().step_by(self.sweep.stride());
                for ((dy, winner), dx) in dy[outputs.clone()].iter().zip(&winners[outputs]).zip(elements) {
                    if usize::from(*winner) == tap {
                        *dx += *dy;
                    }
                }
            }
        }
    }

    fn backward_squares<T: Real>(&self, x: &[T], y: &[T], dy: &[T], dx: &mut [T]) {
        let (width, out_w) = (self.input.w, self.sweep.out_w);
        let inputs = x.chunks_exact(2 * width).zip(dx.chunks_exact_mut(2 * width));
        for ((x, dx), (y, dy)) in inputs.zip(y.chunks(out_w).zip(dy.chunks(out_w))) {
            pooling::scatter_max_grad_2x2(x.split_at(width).into(), dx.split_at_mut(width).into(), y, dy);
        }
    }
}

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.forward(slice::<T>(OP, x, layout)?);
            let Dims { n, c, h, w } = self.output();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), (n, c, h, w).into()))
        })
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, x, |x| {
                with_slice(OP, y, |y| with_slice(OP, dy, |dy| Ok(self.backward(x, y, dy))))
            })?;
            Ok(Some(like(dx, x)?))
        })
    }
}
