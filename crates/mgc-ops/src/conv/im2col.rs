//! The patches of an image as the columns of a matrix, and the transpose of that map.

use crate::kernels::planes::Dims;
use crate::scalar::real::Real;
use crate::window::{Reach, Window, reach};
use std::ops::Range;

/// The geometry of one convolution: from `input` planes of `h` x `w` to `out_h` x `out_w`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patches {
    pub(crate) window: Window,
    pub(crate) input: Dims,
    pub(crate) out_h: usize,
    pub(crate) out_w: usize,
}

impl Patches {
    /// Rows of the patch matrix: one per channel and tap of the kernel.
    pub(crate) fn depth(&self) -> usize {
        self.input.c * self.window.kernel.0 * self.window.kernel.1
    }

    /// Elements of one output plane.
    pub(crate) fn out_plane(&self) -> usize {
        self.out_h * self.out_w
    }

    /// Fills `columns` (depth x rows * out_w) with what the output rows `rows` of one sample read.
    pub(crate) fn gather<T: Real>(&self, sample: &[T], rows: &Range<usize>, columns: &mut [T]) {
        columns.fill(T::zero());
        self.for_each_run(rows, |column, element, stride, len| {
            let target = &mut columns[column..column + len];
            match stride {
                1 => target.copy_from_slice(&sample[element..element + len]),
                _ => target.iter_mut().enumerate().for_each(|(i, t)| *t = sample[element + i * stride]),
            }
        });
    }

    /// Adds the columns to the elements from which they were read: the transpose of [`Self::gather`].
    pub(crate) fn scatter_add<T: Real>(&self, columns: &[T], rows: &Range<usize>, sample: &mut [T]) {
        self.for_each_run(rows, |column, element, stride, len| {
            let source = &columns[column..column + len];
            match stride {
                1 => sample[element..element + len].iter_mut().zip(source).for_each(|(s, c)| *s += *c),
                _ => source.iter().enumerate().for_each(|(i, c)| sample[element + i * stride] += *c),
            }
        });
    }

    /// Calls `f(first column element, first element, stride, length)` for every run of elements along a row.
    fn for_each_run(&self, rows: &Range<usize>, mut f: impl FnMut(usize, usize, usize, usize)) {
        let Window { kernel: (kh, kw), stride: (sh, sw), padding } = self.window;
        let width = rows.len() * self.out_w;
        for (tap, column) in (0..self.depth()).zip((0..).step_by(width)) {
            let (channel, i, j) = (tap / (kh * kw), tap / kw % kh, tap % kw);
            let down = reach(i, sh, padding.top, self.input.h, self.out_h);
            let across = reach(j, sw, padding.left, self.input.w, self.out_w);
            let (Some(down), Some(across)) = (down, across) else { continue };
            for row in clip(&down, rows) {
                let input_row = down.first + (row - down.outputs.start) * sh;
                let element = channel * self.input.plane() + input_row * self.input.w + across.first;
                let start = column + (row - rows.start) * self.out_w + across.outputs.start;
                f(start, element, sw, across.outputs.len());
            }
        }
    }
}

fn clip(reach: &Reach, rows: &Range<usize>) -> Range<usize> {
    let start = reach.outputs.start.max(rows.start);
    start..reach.outputs.end.min(rows.end).max(start)
}
