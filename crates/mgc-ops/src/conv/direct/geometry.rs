//! The sizes of a direct convolution and the places of its patches.

use crate::conv::gathered::{WIDTH, reachable};
use crate::conv::im2col::Patches;

/// The sizes of a convolution of stride 1.
pub(super) struct Geometry {
    pub(super) patches: Patches,
    pub(super) out_c: usize,
    /// Height and width of the padded input.
    pub(super) padded: (usize, usize),
    /// Height and width of an output's gradient with enough zeros around it for every patch of the backward
    /// pass.
    pub(super) spread: (usize, usize),
}

impl Geometry {
    /// Returns none when the window moves by another step, reads one element only, or reaches too far for a
    /// term.
    pub(super) fn new(patches: Patches, out_c: usize) -> Option<Self> {
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

    /// Channel, row and column of the taps.
    fn taps(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        let (kh, kw) = self.patches.window.kernel;
        (0..self.patches.depth()).map(move |tap| (tap / (kh * kw), tap / kw % kh, tap % kw))
    }

    /// Where each tap of the patch at the origin lies in the padded input.
    pub(super) fn tap_places(&self) -> Vec<usize> {
        let (h, w) = self.padded;
        self.taps().map(|(channel, i, j)| (channel * h + i) * w + j).collect()
    }

    /// Where the patch of each output starts in the padded input.
    pub(super) fn output_places(&self) -> Vec<usize> {
        let Patches { out_h, out_w, .. } = self.patches;
        (0..out_h * out_w).map(|i| i / out_w * self.padded.1 + i % out_w).collect()
    }

    /// Elements of one channel group of the spread gradient.
    pub(super) fn spread_plane(&self) -> usize {
        self.spread.0 * self.spread.1
    }

    /// Elements of the spread gradient, each of [`WIDTH`] channels.
    pub(super) fn spread_len(&self) -> usize {
        self.out_c.div_ceil(WIDTH) * self.spread_plane()
    }

    /// Rows and columns of zeros before the first output.
    pub(super) fn margin(&self) -> (usize, usize) {
        let window = self.patches.window;
        (window.kernel.0 - 1 - window.padding.top, window.kernel.1 - 1 - window.padding.left)
    }
}
