//! A window that slides over a plane, row by row.

use crate::window::{Reach, Window, reach};
use candle::Result;
use std::ops::Range;

/// A window over planes of known size.
pub(crate) struct Sweep {
    window: Window,
    h: usize,
    w: usize,
    pub(crate) out_h: usize,
    pub(crate) out_w: usize,
    /// The columns of the window that read input, and the outputs along a row that read it through them.
    across: Vec<(usize, Reach)>,
}

impl Sweep {
    pub(crate) fn new(window: &Window, h: usize, w: usize) -> Result<Self> {
        let (out_h, out_w) = window.output_size(h, w)?;
        let column = |j| Some((j, reach(j, window.stride.1, window.padding.left, w, out_w)?));
        let across = (0..window.kernel.1).filter_map(column).collect();
        Ok(Self { window: *window, h, w, out_h, out_w, across })
    }

    /// Elements of one output plane.
    pub(crate) fn out_plane(&self) -> usize {
        self.out_h * self.out_w
    }

    /// Elements of a row between those that neighbouring outputs read.
    pub(crate) fn stride(&self) -> usize {
        self.window.stride.1
    }

    /// Returns the taps of the window that read input from output row `row`, in row-major order: (tap,
    /// outputs along the row, first input element of the plane).
    pub(crate) fn taps(&self, row: usize) -> impl Iterator<Item = (usize, Range<usize>, usize)> {
        let Window { kernel: (kh, kw), stride: (sh, _), padding } = self.window;
        let input_row = move |i: usize| (row * sh + i).checked_sub(padding.top).filter(|r| *r < self.h);
        (0..kh).filter_map(move |i| Some((i, input_row(i)?))).flat_map(move |(i, input_row)| {
            let column = move |(j, reach): &(usize, Reach)| {
                (i * kw + j, reach.outputs.clone(), input_row * self.w + reach.first)
            };
            self.across.iter().map(column)
        })
    }
}
