//! Max pooling with the gradient Keras gives: all of it to the first maximum of each window.

use crate::planes::{Dims, build_planes};
use crate::real::{Real, slice, with_real, with_slice};
use crate::window::{Reach, Window, reach};
use candle::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};

const OP: &str = "max_pool2d";

/// The maximum of each window; padded cells never win.
///
/// The gradient of an output goes whole to the first cell, in row-major order of the window, that holds
/// the maximum (as TensorFlow on the CPU and torch do).
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
    let input = Dims::of(x)?;
    let (out_h, out_w) = window.output_size(input.h, input.w)?;
    x.contiguous()?.apply_op1(MaxPool { window: *window, input, out_h, out_w })
}

struct MaxPool {
    window: Window,
    input: Dims,
    out_h: usize,
    out_w: usize,
}

/// One output row in the making: the best value so far and the tap it came from.
struct Row<T> {
    best: Vec<T>,
    tap: Vec<u32>,
}

/// The tap of an output that no cell reached yet.
const NO_TAP: u32 = u32::MAX;

impl MaxPool {
    fn out_plane(&self) -> usize {
        self.out_h * self.out_w
    }

    /// The taps of the window that see input from output row `row`: (tap, input row, reach across).
    fn taps(&self, row: usize) -> impl Iterator<Item = (u32, usize, Reach)> {
        let Window { kernel: (kh, kw), stride: (sh, sw), padding } = self.window;
        let Dims { h, w, .. } = self.input;
        (0..kh * kw).filter_map(move |tap| {
            let cell_row = (row * sh + tap / kw).checked_sub(padding.top).filter(|r| *r < h)?;
            Some((tap as u32, cell_row, reach(tap % kw, sw, padding.left, w, self.out_w)))
        })
    }

    /// Finds the maxima of output row `row` of one plane.
    fn scan<T: Real>(&self, plane: &[T], row: usize, state: &mut Row<T>) {
        let stride = self.window.stride.1;
        state.tap.fill(NO_TAP);
        for (tap, cell_row, Reach { outputs, first }) in self.taps(row) {
            let cells = plane[cell_row * self.input.w + first..].iter().step_by(stride);
            let targets = state.best[outputs.clone()].iter_mut().zip(&mut state.tap[outputs]);
            for ((best, chosen), cell) in targets.zip(cells) {
                let wins = *chosen == NO_TAP || *cell > *best;
                *best = if wins { *cell } else { *best };
                *chosen = if wins { tap } else { *chosen };
            }
        }
    }

    fn row<T: Real>(&self) -> Row<T> {
        Row { best: vec![T::zero(); self.out_w], tap: vec![NO_TAP; self.out_w] }
    }

    fn forward<T: Real>(&self, x: &[T]) -> Vec<T> {
        let (plane, out_plane) = (self.input.plane(), self.out_plane());
        build_planes(self.input.n * self.input.c * out_plane, out_plane, |i, out| {
            let mut state = self.row();
            for (row, out) in out.chunks_mut(self.out_w).enumerate() {
                self.scan(&x[i * plane..][..plane], row, &mut state);
                out.copy_from_slice(&state.best);
            }
        })
    }

    fn backward<T: Real>(&self, x: &[T], dy: &[T]) -> Vec<T> {
        let (plane, out_plane, stride) = (self.input.plane(), self.out_plane(), self.window.stride.1);
        build_planes(x.len(), plane, |i, dx| {
            let mut state = self.row();
            for (row, dy) in dy[i * out_plane..][..out_plane].chunks(self.out_w).enumerate() {
                self.scan(&x[i * plane..][..plane], row, &mut state);
                for (tap, cell_row, Reach { outputs, first }) in self.taps(row) {
                    let cells = dx[cell_row * self.input.w + first..].iter_mut().step_by(stride);
                    let sources = dy[outputs.clone()].iter().zip(&state.tap[outputs]);
                    for (cell, (dy, chosen)) in cells.zip(sources) {
                        *cell += if *chosen == tap { *dy } else { T::zero() };
                    }
                }
            }
        })
    }
}

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        OP
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(OP, candle::backend::BackendStorage::dtype(x), T => {
            let y = self.forward(slice::<T>(OP, x, layout)?);
            let shape = (self.input.n, self.input.c, self.out_h, self.out_w).into();
            Ok((<T as candle::WithDType>::to_cpu_storage_owned(y), shape))
        })
    }

    fn bwd(&self, x: &Tensor, _y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        with_real!(OP, x.dtype(), T => {
            let dx = with_slice::<T, _>(OP, x, |x| with_slice(OP, dy, |dy| Ok(self.backward(x, dy))))?;
            Ok(Some(Tensor::from_vec(dx, x.shape(), x.device())?))
        })
    }
}
