//! What the ways to convolve one sample have in common.

use crate::activation::Activation;
use crate::conv::gathered::WIDTH;
use crate::scalar::real::Real;

/// A way to convolve single samples of known size.
pub(crate) trait SampleConv: Sync {
    /// The weights as the forward pass reads them, and what else its samples share.
    type Forward<T: Real>: Sync;
    /// Likewise for the backward pass.
    type Backward<T: Real>: Sync;

    fn forward_plan<T: Real>(&self, weight: &[T]) -> Self::Forward<T>;

    /// Writes the activated output of one sample.
    fn forward<T: Real>(
        &self,
        plan: &Self::Forward<T>,
        x_and_bias: (&[T], &[T]),
        act: Activation,
        y: &mut [T],
        room: &mut Room<T>,
    );

    fn backward_plan<T: Real>(&self, weight: &[T], want_dx: bool) -> Self::Backward<T>;

    /// Adds one sample's share of the gradient to the weights to `dweight`, and that to the sample to `dx`.
    fn backward<T: Real>(
        &self,
        plan: &Self::Backward<T>,
        x_and_dy: (&[T], &[T]),
        dweight: &mut [T],
        dx: Option<&mut [T]>,
        room: &mut Room<T>,
    );

    /// Elements of `dweight`, at least as many as weights.
    fn dweight_len(&self) -> usize;

    /// The place in `dweight` of a filter's tap.
    fn dweight_place(&self, filter: usize, tap: usize) -> usize;
}

/// Room that one sample after the other uses.
pub(crate) struct Room<T> {
    /// Columns of patches, or a sample with its padding.
    pub(crate) cells: Vec<T>,
    /// The gradient of a sample's outputs as cells of many channels, among zeros.
    pub(crate) spread: Vec<[T; WIDTH]>,
}

impl<T> Default for Room<T> {
    fn default() -> Self {
        Self { cells: vec![], spread: vec![] }
    }
}
