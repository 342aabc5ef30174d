//! Convolutions of any window, sample by sample, as products of the weights and a matrix of patches.

use crate::activation::Activation;
use crate::conv::algorithm::{SampleConv, Scratch};
use crate::conv::im2col::Patches;
use crate::kernels::matmul::{Matrix, MatrixMut, multiply};
use crate::kernels::rows;
use crate::scalar::real::Real;
use std::ops::Range;

/// Output elements per block of the patch matrix: small enough for the cache, large enough for the product.
const BLOCK_ELEMENTS: usize = 256;

/// A convolution of maps of known size.
pub(crate) struct ColumnConv {
    pub(crate) patches: Patches,
    pub(crate) out_c: usize,
}

impl ColumnConv {
    /// Returns the threads inside one product: samples run in parallel unless there is only one.
    fn threads(&self) -> usize {
        usize::from(self.patches.input.n > 1)
    }

    /// Returns fixed blocks of output rows, so that sums do not depend on the thread count.
    fn blocks(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let (rows, total) = (BLOCK_ELEMENTS.div_ceil(self.patches.out_w), self.patches.out_h);
        (0..total).step_by(rows).map(move |start| start..(start + rows).min(total))
    }

    fn block_len(&self) -> usize {
        let rows = BLOCK_ELEMENTS.div_ceil(self.patches.out_w).min(self.patches.out_h);
        self.patches.depth() * rows * self.patches.out_w
    }

    /// Adds `weight` times the patches of one sample to its output.
    fn add_products<T: Real>(&self, x: &[T], weight: &[T], y: &mut [T], columns: &mut Vec<T>) {
        let (depth, plane) = (self.patches.depth(), self.patches.out_plane());
        let weight = Matrix::new(weight, self.out_c, depth, depth);
        if self.patches.window.is_pointwise() {
            let y = MatrixMut::new(y, self.out_c, plane, plane);
            return multiply(y, weight, Matrix::new(x, depth, plane, plane), true, self.threads());
        }
        columns.resize(self.block_len(), T::zero());
        for rows in self.blocks() {
            let (start, width) = (rows.start * self.patches.out_w, rows.len() * self.patches.out_w);
            let columns = &mut columns[..depth * width];
            self.patches.gather(x, &rows, columns);
            let y = MatrixMut::new(&mut y[start..], self.out_c, width, plane);
            multiply(y, weight, Matrix::new(columns, depth, width, width), true, self.threads());
        }
    }

    fn backward_pointwise<T: Real>(
        &self,
        weight: &[T],
        (x, dy): (&[T], &[T]),
        dweight: &mut [T],
        dx: Option<&mut [T]>,
    ) {
        let (depth, plane) = (self.patches.depth(), self.patches.out_plane());
        let dy = Matrix::new(dy, self.out_c, plane, plane);
        let dweight = MatrixMut::new(dweight, depth, self.out_c, self.out_c);
        multiply(dweight, Matrix::new(x, depth, plane, plane), dy.t(), true, self.threads());
        if let Some(dx) = dx {
            let weight = Matrix::new(weight, self.out_c, depth, depth);
            multiply(MatrixMut::new(dx, depth, plane, plane), weight.t(), dy, false, self.threads());
        }
    }

    fn backward_blocks<T: Real>(
        &self,
        weight: &[T],
        (x, dy): (&[T], &[T]),
        dweight: &mut [T],
        mut dx: Option<&mut [T]>,
        columns: &mut Vec<T>,
    ) {
        let (depth, plane) = (self.patches.depth(), self.patches.out_plane());
        let weight = Matrix::new(weight, self.out_c, depth, depth);
        columns.resize(self.block_len(), T::zero());
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
}

impl SampleConv for ColumnConv {
    type Forward<T: Real> = Vec<T>;
    type Backward<T: Real> = Vec<T>;

    fn forward_plan<T: Real>(&self, weight: &[T]) -> Vec<T> {
        weight.to_vec()
    }

    fn forward<T: Real>(
        &self,
        weight: &Vec<T>,
        (x, bias): (&[T], &[T]),
        act: Activation,
        y: &mut [T],
        scratch: &mut Scratch<T>,
    ) {
        y.chunks_mut(self.patches.out_plane()).zip(bias).for_each(|(plane, b)| plane.fill(*b));
        self.add_products(x, weight, y, &mut scratch.values);
        rows::activate(act, y);
    }

    fn backward_plan<T: Real>(&self, weight: &[T], _: bool) -> Vec<T> {
        weight.to_vec()
    }

    fn backward<T: Real>(
        &self,
        weight: &Vec<T>,
        maps: (&[T], &[T]),
        dweight: &mut [T],
        dx: Option<&mut [T]>,
        scratch: &mut Scratch<T>,
    ) {
        if self.patches.window.is_pointwise() {
            self.backward_pointwise(weight, maps, dweight, dx);
        } else {
            self.backward_blocks(weight, maps, dweight, dx, &mut scratch.values);
        }
    }

    fn dweight_len(&self) -> usize {
        self.patches.depth() * self.out_c
    }

    /// Orders by tap, then filter: the product runs faster than into the weight's own layout.
    fn dweight_place(&self, filter: usize, tap: usize) -> usize {
        tap * self.out_c + filter
    }
}
