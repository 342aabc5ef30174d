//! The three products of a direct convolution, laid out for [`gathered`](crate::conv::gathered).

use super::geometry::Geometry;
use crate::activation::Activation;
use crate::conv::gathered::{Term, Terms, WIDTH, multiply_add};
use crate::conv::interleave::to_planes;
use crate::kernels::rows;
use crate::scalar::real::Real;

/// Rows of the product that one call computes: their sums stay in the first-level cache.
const ROWS: usize = 16 * 12;

/// One product: its right matrix, packed, where that is the weights, and the places of its factors.
pub(crate) struct Plan<T> {
    pub(super) panels: Vec<T>,
    pub(super) terms: Terms,
    pub(super) rows: Vec<usize>,
}

impl<T: Real> Plan<T> {
    /// From patches of the input to the outputs.
    pub(super) fn outputs(geometry: &Geometry, weight: &[T]) -> Self {
        let depth = geometry.patches.depth();
        let mut panels = vec![T::zero(); geometry.out_c.next_multiple_of(WIDTH) * depth];
        for (filter, weight) in weight.chunks(depth).enumerate() {
            let start = filter / WIDTH * depth * WIDTH + filter % WIDTH;
            weight.iter().enumerate().for_each(|(tap, weight)| panels[start + tap * WIDTH] = *weight);
        }
        let places = geometry.tap_places().into_iter().enumerate();
        let terms = places.map(|(tap, place)| Term::new(place, tap * WIDTH));
        Self { panels, terms: terms.collect(), rows: geometry.output_places() }
    }

    /// From patches of the spread gradient to the gradient of the input.
    pub(super) fn inputs(geometry: &Geometry, weight: &[T]) -> Self {
        let (input, (_, width)) = (geometry.patches.input, geometry.spread);
        let (kh, kw) = geometry.patches.window.kernel;
        let (kernel, groups) = (kh * kw, geometry.out_c.div_ceil(WIDTH));
        let depth = kernel * groups * WIDTH;
        let mut panels = vec![T::zero(); input.c.next_multiple_of(WIDTH) * depth];
        for (i, weight) in weight.iter().enumerate() {
            let (filter, channel, tap) = (i / kernel / input.c, i / kernel % input.c, i % kernel);
            let term = (filter / WIDTH * kernel + tap) * WIDTH + filter % WIDTH;
            panels[(channel / WIDTH * depth + term) * WIDTH + channel % WIDTH] = *weight;
        }
        let term = |term: usize| {
            let (group, tap, lane) = (term / WIDTH / kernel, term / WIDTH % kernel, term % WIDTH);
            let place = group * geometry.spread_plane() + (kh - 1 - tap / kw) * width + kw - 1 - tap % kw;
            Term::new(place * WIDTH + lane, term * WIDTH)
        };
        let row = |i: usize| (i / input.w * width + i % input.w) * WIDTH;
        // channels that only fill up the last group have no weight
        let used = |t: &usize| t / WIDTH / kernel * WIDTH + t % WIDTH < geometry.out_c;
        Self {
            panels,
            terms: (0..depth).filter(used).map(term).collect(),
            rows: (0..input.plane()).map(row).collect(),
        }
    }

    /// From patches of the input and the spread gradient to the gradient of the weights.
    pub(super) fn weights(geometry: &Geometry) -> Self {
        let ((top, left), out_w) = (geometry.margin(), geometry.patches.out_w);
        let term = |(i, place): (usize, usize)| {
            Term::new(place, ((top + i / out_w) * geometry.spread.1 + left + i % out_w) * WIDTH)
        };
        let terms = geometry.output_places().into_iter().enumerate().map(term).collect();
        Self { panels: vec![], terms, rows: geometry.tap_places() }
    }

    /// Writes the activated sums of one group of up to [`WIDTH`] channels as planes.
    pub(super) fn product(
        &self,
        map: &[T],
        panel: &[T],
        plane: usize,
        start: [T; WIDTH],
        act: Activation,
        planes: &mut [T],
    ) {
        let channels = planes.len() / plane;
        let mut sums = [start; ROWS];
        for (number, places) in self.rows.chunks(ROWS).enumerate() {
            let sums = &mut sums[..places.len()];
            sums.fill(start);
            multiply_add((map, places), panel, &self.terms, sums);
            rows::activate(act, sums.as_flattened_mut());
            to_planes(sums, &mut planes[number * ROWS..], plane, channels);
        }
    }
}
