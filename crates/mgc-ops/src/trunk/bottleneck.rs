//! Normalise, activate and mix channels in one sweep: `y = weight * act(affine(x)) + bias`.
//!
//! The activated map is never stored; the backward pass makes it again, tile by tile.

use crate::activation::Activation;
use crate::affine::{Affine, Sums};
use crate::matmul::{Matrix, MatrixMut, multiply};
use crate::real::Real;
use crate::rows;

/// Cells per tile: a tile of all channels stays in the second-level cache.
const TILE: usize = 512;

/// One bottleneck with its statistics in place.
pub(crate) struct Bottleneck<'a, T> {
    pub(crate) affine: Vec<Affine<T>>,
    pub(crate) activation: Activation,
    /// (outputs, channels)
    pub(crate) weight: &'a [T],
    /// (outputs)
    pub(crate) bias: &'a [T],
}

/// What one sample adds to a bottleneck's gradients.
#[derive(Debug, Clone)]
pub(crate) struct Share<T> {
    pub(crate) weight: Vec<T>,
    pub(crate) bias: Vec<f64>,
    pub(crate) sums: Vec<Sums>,
}

impl<T: Real> Share<T> {
    /// Adds what another sample found.
    pub(crate) fn add(&mut self, other: &Self) {
        self.weight.iter_mut().zip(&other.weight).for_each(|(a, b)| *a += *b);
        self.bias.iter_mut().zip(&other.bias).for_each(|(a, b)| *a += b);
        for (a, b) in self.sums.iter_mut().zip(&other.sums) {
            a.dz += b.dz;
            a.dzx += b.dzx;
        }
    }
}

impl<T: Real> Bottleneck<'_, T> {
    fn channels(&self) -> usize {
        self.affine.len()
    }

    /// Room for the activated cells of one tile.
    fn scratch(&self, plane: usize) -> Vec<T> {
        vec![T::zero(); self.channels() * TILE.min(plane)]
    }

    fn activate(&self, x: &[T], plane: usize, start: usize, width: usize, out: &mut [T]) {
        for ((affine, x), out) in self.affine.iter().zip(x.chunks(plane)).zip(out.chunks_mut(width)) {
            rows::normalise(affine, self.activation, &x[start..start + width], out);
        }
    }

    fn weight(&self) -> Matrix<'_, T> {
        Matrix::new(self.weight, self.bias.len(), self.channels(), self.channels())
    }

    /// One sample: `x` (at least channels, plane) to `y` (outputs, plane).
    pub(crate) fn forward(&self, x: &[T], y: &mut [T], plane: usize) {
        y.chunks_mut(plane).zip(self.bias).for_each(|(y, bias)| y.fill(*bias));
        let mut active = self.scratch(plane);
        for start in (0..plane).step_by(TILE) {
            let width = TILE.min(plane - start);
            let active = &mut active[..self.channels() * width];
            self.activate(x, plane, start, width, active);
            let y = MatrixMut::new(&mut y[start..], self.bias.len(), width, plane);
            multiply(y, self.weight(), Matrix::new(active, self.channels(), width, width), true, 1);
        }
    }

    /// One sample: adds `scale * dz` to `dx`, to which the statistics' correction is still owed.
    pub(crate) fn backward(&self, x: &[T], dy: &[T], dx: &mut [T], plane: usize) -> Share<T> {
        let (channels, outputs) = (self.channels(), self.bias.len());
        let bias = dy.chunks(plane).map(rows::sum).collect();
        let mut share = Share {
            weight: vec![T::zero(); outputs * channels],
            bias,
            sums: vec![Sums::default(); channels],
        };
        let mut scratch = self.scratch(plane);
        for start in (0..plane).step_by(TILE) {
            let width = TILE.min(plane - start);
            let scratch = &mut scratch[..channels * width];
            let dy = Matrix::new(&dy[start..], outputs, width, plane);
            self.activate(x, plane, start, width, scratch);
            let dweight = MatrixMut::new(&mut share.weight, outputs, channels, channels);
            multiply(dweight, dy, Matrix::new(scratch, channels, width, width).t(), true, 1);
            multiply(MatrixMut::new(scratch, channels, width, width), self.weight().t(), dy, false, 1);
            self.backward_tile(x, dx, scratch, plane, start, &mut share.sums);
        }
        share
    }

    /// Takes the gradient of one activated tile back to `dx`.
    fn backward_tile(
        &self,
        x: &[T],
        dx: &mut [T],
        tile: &mut [T],
        plane: usize,
        start: usize,
        total: &mut [Sums],
    ) {
        let width = tile.len() / self.channels();
        let channels = self.affine.iter().zip(x.chunks(plane)).zip(dx.chunks_mut(plane));
        for (((affine, x), dx), (tile, total)) in channels.zip(tile.chunks_mut(width).zip(total)) {
            let found = rows::deactivate(affine, self.activation, &x[start..start + width], tile);
            total.dz += found.dz;
            total.dzx += found.dzx;
            rows::add_scaled(affine.scale, tile, &mut dx[start..start + width]);
        }
    }
}
