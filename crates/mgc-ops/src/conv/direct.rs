//! Convolutions of stride 1, sample by sample, without a copy of the patches.
//!
//! All three products have the form of [`gathered`](crate::conv::gathered): the output is made of patches and weights, the
//! gradient to the weights of patches and the output's gradient, and that to the input of patches of the output's
//! gradient and weights.

use crate::activation::Activation;
use crate::conv::algorithm::{Room, SampleConv};
use crate::conv::gathered::{Term, Terms, WIDTH, multiply_add, reachable};
use crate::conv::im2col::Patches;
use crate::conv::interleave::{from_planes, to_planes};
use crate::kernels::rows;
use crate::scalar::real::Real;

/// Cells that one call of the product makes: their sums stay in the nearest cache.
const CELLS: usize = 16 * 12;

/// A convolution of stride 1 between maps of known size.
pub(crate) struct PatchConv {
    patches: Patches,
    out_c: usize,
    /// Height and width of the padded input.
    padded: (usize, usize),
    /// Height and width of an output's gradient with enough zeros around it for every patch of the way back.
    spread: (usize, usize),
}

/// One of the products: the packed right matrix where it is the weights, and lists of places.
pub(crate) struct Plan<T> {
    panels: Vec<T>,
    terms: Terms,
    rows: Vec<usize>,
}

impl PatchConv {
    /// None when the way over patches cannot do it.
    pub(crate) fn new(patches: Patches, out_c: usize) -> Option<Self> {
        let (window, input) = (patches.window, patches.input);
        let (kh, kw) = window.kernel;
        let padded = (
            input.h + window.padding.top + window.padding.bottom,
            input.w + window.padding.left + window.padding.right,
        );
        let spread = (input.h + kh - 1, input.w + kw - 1);
        let channels = input.c.max(out_c).next_multiple_of(WIDTH);
        let largest = channels * (padded.0 * padded.1).max(spread.0 * spread.1).max(kh * kw * channels);
        let fits =
            window.stride == (1, 1) && !window.is_pointwise() && reachable(largest.saturating_mul(WIDTH));
        fits.then_some(Self { patches, out_c, padded, spread })
    }

    fn in_c(&self) -> usize {
        self.patches.input.c
    }

    /// Channel, row and column of the taps.
    fn taps(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let (kh, kw) = self.patches.window.kernel;
        (0..self.patches.depth()).map(move |tap| (tap / (kh * kw), tap / kw % kh, tap % kw))
    }

    /// Where a tap of the patch at the origin lies in the padded input.
    fn tap_places(&self) -> Vec<usize> {
        let (h, w) = self.padded;
        self.taps().map(|(channel, i, j)| (channel * h + i) * w + j).collect()
    }

    /// Cells of one channel group of the spread gradient.
    fn spread_plane(&self) -> usize {
        self.spread.0 * self.spread.1
    }

    /// Cells of the spread gradient, each of [`WIDTH`] channels.
    fn spread_len(&self) -> usize {
        self.out_c.div_ceil(WIDTH) * self.spread_plane()
    }

    /// Rows and columns of zeros before the first output.
    fn margin(&self) -> (usize, usize) {
        let window = self.patches.window;
        (window.kernel.0 - 1 - window.padding.top, window.kernel.1 - 1 - window.padding.left)
    }

    /// From patches of the input to outputs.
    fn output_plan<T: Real>(&self, weight: &[T]) -> Plan<T> {
        let depth = self.patches.depth();
        let mut panels = vec![T::zero(); self.out_c.next_multiple_of(WIDTH) * depth];
        for (filter, weight) in weight.chunks(depth).enumerate() {
            let start = filter / WIDTH * depth * WIDTH + filter % WIDTH;
            weight.iter().enumerate().for_each(|(tap, weight)| panels[start + tap * WIDTH] = *weight);
        }
        let terms =
            self.tap_places().into_iter().enumerate().map(|(tap, place)| Term::new(place, tap * WIDTH));
        Plan { panels, terms: terms.collect(), rows: self.output_places() }
    }

    /// Where the patches of all outputs start in the padded input.
    fn output_places(&self) -> Vec<usize> {
        let Patches { out_h, out_w, .. } = self.patches;
        (0..out_h * out_w).map(|cell| cell / out_w * self.padded.1 + cell % out_w).collect()
    }

    /// From patches of the spread gradient to the gradient of inputs.
    fn input_plan<T: Real>(&self, weight: &[T]) -> Plan<T> {
        let ((kh, kw), input, (_, width)) = (self.patches.window.kernel, self.patches.input, self.spread);
        let (kernel, groups) = (kh * kw, self.out_c.div_ceil(WIDTH));
        let depth = kernel * groups * WIDTH;
        let mut panels = vec![T::zero(); input.c.next_multiple_of(WIDTH) * depth];
        for (i, weight) in weight.iter().enumerate() {
            let (filter, channel, tap) = (i / kernel / input.c, i / kernel % input.c, i % kernel);
            let term = (filter / WIDTH * kernel + tap) * WIDTH + filter % WIDTH;
            panels[(channel / WIDTH * depth + term) * WIDTH + channel % WIDTH] = *weight;
        }
        let term = |term: usize| {
            let (group, tap, lane) = (term / WIDTH / kernel, term / WIDTH % kernel, term % WIDTH);
            let cell = group * self.spread_plane() + (kh - 1 - tap / kw) * width + kw - 1 - tap % kw;
            Term::new(cell * WIDTH + lane, term * WIDTH)
        };
        let row = |cell: usize| (cell / input.w * width + cell % input.w) * WIDTH;
        // channels that only fill up the last group have no weight
        let used = |t: &usize| t / WIDTH / kernel * WIDTH + t % WIDTH < self.out_c;
        Plan {
            panels,
            terms: (0..depth).filter(used).map(term).collect(),
            rows: (0..input.plane()).map(row).collect(),
        }
    }

    /// From patches of the input and the spread gradient to the gradient of the weights.
    fn weight_plan<T>(&self) -> Plan<T> {
        let ((top, left), out_w) = (self.margin(), self.patches.out_w);
        let term = |(cell, place): (usize, usize)| {
            Term::new(place, ((top + cell / out_w) * self.spread.1 + left + cell % out_w) * WIDTH)
        };
        let terms = self.output_places().into_iter().enumerate().map(term).collect();
        Plan { panels: vec![], terms, rows: self.tap_places() }
    }

    /// The input with its padding, in `room` when it has any.
    fn pad<'a, T: Real>(&self, x: &'a [T], room: &'a mut Vec<T>) -> &'a [T] {
        let (input, (h, w), padding) = (self.patches.input, self.padded, self.patches.window.padding);
        if (h, w) == (input.h, input.w) {
            return x;
        }
        room.resize(input.c * h * w, T::zero());
        for (plane, x) in room.chunks_mut(h * w).zip(x.chunks(input.plane())) {
            let rows = plane.chunks_mut(w).skip(padding.top).zip(x.chunks(input.w));
            rows.for_each(|(to, from)| to[padding.left..][..input.w].copy_from_slice(from));
        }
        room
    }

    /// The gradient to one sample.
    fn input_gradient<T: Real>(&self, plan: &Plan<T>, spread: &[[T; WIDTH]], dx: &mut [T]) {
        let plane = self.patches.input.plane();
        let depth = plan.panels.len() / self.in_c().div_ceil(WIDTH);
        for (panel, dx) in plan.panels.chunks(depth).zip(dx.chunks_mut(plane * WIDTH)) {
            plan.product(spread.as_flattened(), panel, plane, [T::zero(); WIDTH], Activation::Identity, dx);
        }
    }

    /// Adds one padded sample's share of the gradient to the weights: group by group of filters, tap by tap.
    fn weight_gradient<T: Real>(
        &self,
        plan: &Plan<T>,
        x: &[T],
        spread: &[[T; WIDTH]],
        dweight: &mut [[T; WIDTH]],
    ) {
        let groups = spread.chunks(self.spread_plane()).zip(dweight.chunks_mut(self.patches.depth()));
        groups.for_each(|(group, dweight)| {
            multiply_add((x, &plan.rows), group.as_flattened(), &plan.terms, dweight);
        });
    }

    /// Lays out the gradient of one sample's outputs for both products.
    fn spread<T: Real>(&self, dy: &[T], spread: &mut [[T; WIDTH]]) {
        let (plane, (top, left)) = (self.patches.out_plane(), self.margin());
        let (out_w, width) = (self.patches.out_w, self.spread.1);
        for (dy, spread) in dy.chunks(plane * WIDTH).zip(spread.chunks_mut(self.spread_plane())) {
            let channels = dy.len() / plane;
            for (row, cells) in spread.chunks_mut(width).skip(top).take(self.patches.out_h).enumerate() {
                from_planes(&dy[row * out_w..], plane, channels, &mut cells[left..left + out_w]);
            }
        }
    }
}

impl SampleConv for PatchConv {
    type Forward<T: Real> = Plan<T>;
    /// The product for the weights, and that for the input when it is wanted.
    type Backward<T: Real> = (Plan<T>, Option<Plan<T>>);

    fn forward_plan<T: Real>(&self, weight: &[T]) -> Plan<T> {
        self.output_plan(weight)
    }

    fn forward<T: Real>(
        &self,
        plan: &Plan<T>,
        (x, bias): (&[T], &[T]),
        act: Activation,
        y: &mut [T],
        room: &mut Room<T>,
    ) {
        let (plane, depth) = (self.patches.out_plane(), self.patches.depth());
        let x = self.pad(x, &mut room.cells);
        let groups =
            plan.panels.chunks(depth * WIDTH).zip(bias.chunks(WIDTH)).zip(y.chunks_mut(plane * WIDTH));
        for ((panel, bias), y) in groups {
            let start = std::array::from_fn(|lane| bias.get(lane).copied().unwrap_or(T::zero()));
            plan.product(x, panel, plane, start, act, y);
        }
    }

    fn backward_plan<T: Real>(&self, weight: &[T], want_dx: bool) -> Self::Backward<T> {
        (self.weight_plan(), want_dx.then(|| self.input_plan(weight)))
    }

    fn backward<T: Real>(
        &self,
        (weight, input): &Self::Backward<T>,
        (x, dy): (&[T], &[T]),
        dweight: &mut [T],
        dx: Option<&mut [T]>,
        room: &mut Room<T>,
    ) {
        room.spread.resize(self.spread_len(), [T::zero(); WIDTH]);
        self.spread(dy, &mut room.spread);
        if let (Some(input), Some(dx)) = (input, dx) {
            self.input_gradient(input, &room.spread, dx);
        }
        let (dweight, _) = dweight.as_chunks_mut();
        self.weight_gradient(weight, self.pad(x, &mut room.cells), &room.spread, dweight);
    }

    fn dweight_len(&self) -> usize {
        self.out_c.next_multiple_of(WIDTH) * self.patches.depth()
    }

    /// Group by group of filters, tap by tap.
    fn dweight_place(&self, filter: usize, tap: usize) -> usize {
        (filter / WIDTH * self.patches.depth() + tap) * WIDTH + filter % WIDTH
    }
}

impl<T: Real> Plan<T> {
    /// Activated sums of one group of up to [`WIDTH`] channels, as planes.
    fn product(
        &self,
        map: &[T],
        panel: &[T],
        plane: usize,
        start: [T; WIDTH],
        act: Activation,
        planes: &mut [T],
    ) {
        let channels = planes.len() / plane;
        let mut cells = [start; CELLS];
        for (number, places) in self.rows.chunks(CELLS).enumerate() {
            let cells = &mut cells[..places.len()];
            cells.fill(start);
            multiply_add((map, places), panel, &self.terms, cells);
            rows::activate(act, cells.as_flattened_mut());
            to_planes(cells, &mut planes[number * CELLS..], plane, channels);
        }
    }
}
