//! Two-dimensional convolution by matrix products over patches.

use crate::im2col::Patches;
use crate::map_op::{Gradients, MapOp, Node};
use crate::matmul::{Matrix, MatrixMut, multiply, transpose};
use crate::planes::Dims;
use crate::real::Real;
use crate::rows;
use crate::window::Window;
use candle::{Result, Tensor, bail};
use rayon::prelude::*;
use std::ops::Range;

const OP: &str = "conv2d";

/// Output cells per block of the patch matrix: small enough for the cache, large enough for the product.
const BLOCK_CELLS: usize = 256;

/// Cross-correlates `x` with `weight` and adds `bias`, as Keras' `Conv2D` and torch's `conv2d` do.
///
/// # Shapes
/// - `x`: (N, C, H, W), f32 or f64
/// - `weight`: (O, C, kernel rows, kernel columns)
/// - `bias`: (O)
/// - output: (N, O, H', W') with H', W' of [`Window::output_size`]
///
/// # Errors
/// When shapes or types disagree, the kernel of `window` is not that of `weight`, or a tensor is not on the CPU.
pub fn conv2d(x: &Tensor, weight: &Tensor, bias: &Tensor, window: &Window) -> Result<Tensor> {
    let input = Dims::of(x)?;
    let (out_c, in_c, kh, kw) = weight.dims4()?;
    if out_c == 0 || in_c != input.c || bias.dims() != [out_c] || (kh, kw) != window.kernel {
        bail!(
            "{OP}: input {:?}, weight {:?}, bias {:?} and kernel {:?} do not fit",
            x.dims(),
            weight.dims(),
            bias.dims(),
            window.kernel
        )
    }
    x.contiguous()?.apply_op3(
        &weight.contiguous()?,
        &bias.contiguous()?,
        Node(Conv2d::new(window, input, out_c)?),
    )
}

/// A convolution of maps of known size.
pub(crate) struct Conv2d {
    patches: Patches,
    out_c: usize,
}

/// One sample's share of the gradients to weight and bias.
struct Partial<T> {
    /// (taps of all channels, outputs): so the product runs faster than into the weight's own layout.
    weight: Vec<T>,
    bias: Vec<f64>,
}

impl Conv2d {
    pub(crate) fn new(window: &Window, input: Dims, out_c: usize) -> Result<Self> {
        let (out_h, out_w) = window.output_size(input.h, input.w)?;
        Ok(Self { patches: Patches { window: *window, input, out_h, out_w }, out_c })
    }

    fn out_sample(&self) -> usize {
        self.out_c * self.patches.out_plane()
    }

    /// Threads inside one product: samples run in parallel unless there is only one.
    fn threads(&self) -> usize {
        usize::from(self.patches.input.n > 1)
    }

    /// Fixed blocks of output rows, so that sums do not depend on the thread count.
    fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (rows, total) = (BLOCK_CELLS.div_ceil(self.patches.out_w), self.patches.out_h);
        (0..total).step_by(rows).map(move |start| start..(start + rows).min(total))
    }

    fn block_len(&self) -> usize {
        let rows = BLOCK_CELLS.div_ceil(self.patches.out_w).min(self.patches.out_h);
        self.patches.depth() * rows * self.patches.out_w
    }

    /// Adds `weight` times the patches of one sample to its output.
    fn forward_sample<T: Real>(&self, x: &[T], weight: &[T], y: &mut [T]) {
        let (depth, plane) = (self.patches.depth(), self.patches.out_plane());
        let weight = Matrix::new(weight, self.out_c, depth, depth);
        if self.patches.window.is_pointwise() {
            let y = MatrixMut::new(y, self.out_c, plane, plane);
            return multiply(y, weight, Matrix::new(x, depth, plane, plane), true, self.threads());
        }
        let mut columns = vec![T::zero(); self.block_len()];
        for rows in self.blocks() {
            let (start, width) = (rows.start * self.patches.out_w, rows.len() * self.patches.out_w);
            let columns = &mut columns[..depth * width];
            self.patches.gather(x, &rows, columns);
            let y = MatrixMut::new(&mut y[start..], self.out_c, width, plane);
            multiply(y, weight, Matrix::new(columns, depth, width, width), true, self.threads());
        }
    }

    fn backward_sample<T: Real>(&self, x: &[T], weight: &[T], dy: &[T], dx: Option<&mut [T]>) -> Partial<T> {
        let bias = dy.chunks(self.patches.out_plane()).map(rows::sum);
        let mut partial = Partial { weight: vec![T::zero(); weight.len()], bias: bias.collect() };
        if self.patches.window.is_pointwise() {
            self.backward_pointwise(x, weight, dy, &mut partial.weight, dx);
        } else {
            self.backward_blocks(x, weight, dy, &mut partial.weight, dx);
        }
        partial
    }

    fn backward_pointwise<T: Real>(
        &self,
        x: &[T],
        weight: &[T],
        dy: &[T],
        dweight: &mut [T],
        dx: Option<&mut [T]>,
    ) {
        let (depth, plane) = (self.patches.depth(), self.patches.out_plane());
        let dy = Matrix::new(dy, self.out_c, plane, plane);
        let dweight = MatrixMut::new(dweight, depth, self.out_c, self.out_c);
        multiply(dweight, Matrix::new(x, depth, plane, plane), dy.t(), false, self.threads());
        if let Some(dx) = dx {
            let weight = Matrix::new(weight, self.out_c, depth, depth);
            multiply(MatrixMut::new(dx, depth, plane, plane), weight.t(), dy, false, self.threads());
        }
    }

    fn backward_blocks<T: Real>(
        &self,
        x: &[T],
        weight: &[T],
        dy: &[T],
        dweight: &mut [T],
        mut dx: Option<&mut [T]>,
    ) {
        let (depth, plane) = (self.patches.depth(), self.patches.out_plane());
        let weight = Matrix::new(weight, self.out_c, depth, depth);
        let mut columns = vec![T::zero(); self.block_len()];
        for rows in self.blocks() {
            let (start, width) = (rows.start * self.patches.out_w, rows.len() * self.patches.out_w);
            let columns = &mut columns[..depth * width];
            let dy = Matrix::new(&dy[start..], self.out_c, width, plane);
            self.patches.gather(x, &rows, columns);
            let target = MatrixMut::new(&mut *dweight, depth, self.out_c, self.out_c);
            multiply(target, Matrix::new(columns, depth, width, width), dy.t(), true, self.threads());
            if let Some(dx) = dx.as_deref_mut() {
                multiply(MatrixMut::new(columns, depth, width, width), weight.t(), dy, false, self.threads());
                self.patches.scatter_add(columns, &rows, dx);
            }
        }
    }

    /// Adds up the samples' shares in their order.
    fn sum_partials<T: Real>(&self, partials: &[Partial<T>]) -> (Vec<T>, Vec<T>) {
        let mut weight = vec![0f64; self.out_c * self.patches.depth()];
        let mut bias = vec![0f64; self.out_c];
        for partial in partials {
            weight.iter_mut().zip(&partial.weight).for_each(|(sum, share)| *sum += share.to_f64());
            bias.iter_mut().zip(&partial.bias).for_each(|(sum, share)| *sum += share);
        }
        let mut dweight = vec![T::zero(); weight.len()];
        transpose(&weight.into_iter().map(T::from_f64).collect::<Vec<T>>(), &mut dweight, self.out_c);
        (dweight, bias.into_iter().map(T::from_f64).collect())
    }
}

impl MapOp for Conv2d {
    const NAME: &'static str = OP;

    fn output(&self) -> Dims {
        Dims { n: self.patches.input.n, c: self.out_c, h: self.patches.out_h, w: self.patches.out_w }
    }

    fn forward<T: Real>(&self, x: &[T], weight: &[T], bias: &[T]) -> Vec<T> {
        let mut y = vec![T::zero(); self.patches.input.n * self.out_sample()];
        y.par_chunks_mut(self.out_sample()).zip(x.par_chunks(self.patches.input.sample())).for_each(
            |(y, x)| {
                y.chunks_mut(self.patches.out_plane()).zip(bias).for_each(|(plane, b)| plane.fill(*b));
                self.forward_sample(x, weight, y);
            },
        );
        y
    }

    fn backward<T: Real>(&self, x: &[T], weight: &[T], _: &[T], dy: &[T], want_dx: bool) -> Gradients<T> {
        let sample = self.patches.input.sample();
        let mut dx = vec![T::zero(); if want_dx { x.len() } else { 0 }];
        let inputs = x.par_chunks(sample).zip(dy.par_chunks(self.out_sample()));
        let partials: Vec<Partial<T>> = if want_dx {
            let inputs = inputs.zip(dx.par_chunks_mut(sample));
            inputs.map(|((x, dy), dx)| self.backward_sample(x, weight, dy, Some(dx))).collect()
        } else {
            inputs.map(|(x, dy)| self.backward_sample(x, weight, dy, None)).collect()
        };
        let (dweight, dbias) = self.sum_partials(&partials);
        (want_dx.then_some(dx), dweight, dbias)
    }
}
