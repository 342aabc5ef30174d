//! The interface of the convolution algorithms.

use crate::activation::Activation;
use crate::conv::gathered::WIDTH;
use crate::scalar::real::Real;

/// An algorithm that convolves single samples of known size.
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
        scratch: &mut Scratch<T>,
    );

    fn backward_plan<T: Real>(&self, weight: &[T], want_dx: bool) -> Self::Backward<T>;

    /// Adds one sample's share of the weights' gradient to `dweight`, and writes the gradient of the sample
    /// to `dx`.
    fn backward<T: Real>(
        &self,
        plan: &Self::Backward<T>,
        x_and_dy: (&[T], &[T]),
        dweight: &mut [T],
        dx: Option<&mut [T]>,
        scratch: &mut Scratch<T>,
    );

    /// Returns the length of `dweight`, at least the number of weights.
    fn dweight_len(&self) -> usize;

    /// Returns the place in `dweight` of a filter's tap.
    fn dweight_place(&self, filter: usize, tap: usize) -> usize;
}

/// Memory that the samples of one thread use in turn.
pub(crate) struct Scratch<T> {
    /// Columns of patches, or a sample with its padding.
    pub(crate) values: Vec<T>,
    /// The gradient of a sample's outputs, many channels per element, among zeros.
    pub(crate) spread: Vec<[T; WIDTH]>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self { values: vec![], spread: vec![] }
    }
}
