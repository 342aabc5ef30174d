//! Convolutions of stride 1, sample by sample, without a copy of the patches.
//!
//! All three products have the form of [`gathered`](crate::conv::gathered): the outputs are patches of the
//! input times weights, the gradient of the weights is patches of the input times the outputs' gradient, and
//! the gradient of the input is patches of the outputs' gradient times weights.

mod geometry;
mod plan;

use crate::activation::Activation;
use crate::conv::algorithm::{SampleConv, Scratch};
use crate::conv::gathered::{WIDTH, multiply_add};
use crate::conv::im2col::Patches;
use crate::conv::interleave::from_planes;
use crate::scalar::real::Real;
use geometry::Geometry;
use plan::Plan;

/// A convolution of stride 1 between maps of known size.
pub(crate) struct DirectConv(Geometry);

impl DirectConv {
    /// Returns none when the algorithm does not cover this window.
    pub(crate) fn new(patches: Patches, out_c: usize) -> Option<Self> {
        Geometry::new(patches, out_c).map(Self)
    }

    /// Returns the input with its padding, in `scratch` when it has any.
    fn pad<'a, T: Real>(&self, x: &'a [T], scratch: &'a mut Vec<T>) -> &'a [T] {
        let (patches, (h, w)) = (self.0.patches, self.0.padded);
        let (input, padding) = (patches.input, patches.window.padding);
        if (h, w) == (input.h, input.w) {
            return x;
        }
        scratch.resize(input.c * h * w, T::zero());
        for (plane, x) in scratch.chunks_mut(h * w).zip(x.chunks(input.plane())) {
            let rows = plane.chunks_mut(w).skip(padding.top).zip(x.chunks(input.w));
            rows.for_each(|(to, from)| to[padding.left..][..input.w].copy_from_slice(from));
        }
        scratch
    }

    /// Writes the gradient of one sample.
    fn input_gradient<T: Real>(&self, plan: &Plan<T>, spread: &[[T; WIDTH]], dx: &mut [T]) {
        let input = self.0.patches.input;
        let (plane, depth) = (input.plane(), plan.panels.len() / input.c.div_ceil(WIDTH));
        for (panel, dx) in plan.panels.chunks(depth).zip(dx.chunks_mut(plane * WIDTH)) {
            plan.product(spread.as_flattened(), panel, plane, [T::zero(); WIDTH], Activation::Identity, dx);
        }
    }

    /// Adds one padded sample's share of the gradient of the weights: group by group of filters, tap by tap.
    fn weight_gradient<T: Real>(
        &self,
        plan: &Plan<T>,
        x: &[T],
        spread: &[[T; WIDTH]],
        dweight: &mut [[T; WIDTH]],
    ) {
        let depth = self.0.patches.depth();
        let groups = spread.chunks(self.0.spread_plane()).zip(dweight.chunks_mut(depth));
        groups.for_each(|(group, dweight)| {
            multiply_add((x, &plan.rows), group.as_flattened(), &plan.terms, dweight);
        });
    }

    /// Lays out the gradient of one sample's outputs for both products.
    fn spread<T: Real>(&self, dy: &[T], spread: &mut [[T; WIDTH]]) {
        let patches = self.0.patches;
        let (plane, (top, left)) = (patches.out_plane(), self.0.margin());
        let (out_w, width) = (patches.out_w, self.0.spread.1);
        for (dy, spread) in dy.chunks(plane * WIDTH).zip(spread.chunks_mut(self.0.spread_plane())) {
            let channels = dy.len() / plane;
            for (row, values) in spread.chunks_mut(width).skip(top).take(patches.out_h).enumerate() {
                from_planes(&dy[row * out_w..], plane, channels, &mut values[left..left + out_w]);
            }
        }
    }
}

impl SampleConv for DirectConv {
    type Forward<T: Real> = Plan<T>;
    /// The product for the weights, and that for the input when its gradient is wanted.
    type Backward<T: Real> = (Plan<T>, Option<Plan<T>>);

    fn forward_plan<T: Real>(&self, weight: &[T]) -> Plan<T> {
        Plan::outputs(&self.0, weight)
    }

    fn forward<T: Real>(
        &self,
        plan: &Plan<T>,
        (x, bias): (&[T], &[T]),
        act: Activation,
        y: &mut [T],
        scratch: &mut Scratch<T>,
    ) {
        let (plane, depth) = (self.0.patches.out_plane(), self.0.patches.depth());
        let x = self.pad(x, &mut scratch.values);
        let groups =
            plan.panels.chunks(depth * WIDTH).zip(bias.chunks(WIDTH)).zip(y.chunks_mut(plane * WIDTH));
        for ((panel, bias), y) in groups {
            let start = std::array::from_fn(|lane| bias.get(lane).copied().unwrap_or(T::zero()));
            plan.product(x, panel, plane, start, act, y);
        }
    }

    fn backward_plan<T: Real>(&self, weight: &[T], want_dx: bool) -> Self::Backward<T> {
        (Plan::weights(&self.0), want_dx.then(|| Plan::inputs(&self.0, weight)))
    }

    fn backward<T: Real>(
        &self,
        (weight, input): &Self::Backward<T>,
        (x, dy): (&[T], &[T]),
        dweight: &mut [T],
        dx: Option<&mut [T]>,
        scratch: &mut Scratch<T>,
    ) {
        assert_eq!(
            input.is_some(),
            dx.is_some(),
            "the input's product is planned when its gradient is wanted"
        );
        scratch.spread.resize(self.0.spread_len(), [T::zero(); WIDTH]);
        self.spread(dy, &mut scratch.spread);
        if let (Some(input), Some(dx)) = (input, dx) {
            self.input_gradient(input, &scratch.spread, dx);
        }
        let (dweight, _) = dweight.as_chunks_mut();
        self.weight_gradient(weight, self.pad(x, &mut scratch.values), &scratch.spread, dweight);
    }

    fn dweight_len(&self) -> usize {
        self.0.out_c.next_multiple_of(WIDTH) * self.0.patches.depth()
    }

    /// Group by group of filters, tap by tap.
    fn dweight_place(&self, filter: usize, tap: usize) -> usize {
        (filter / WIDTH * self.0.patches.depth() + tap) * WIDTH + filter % WIDTH
    }
}
