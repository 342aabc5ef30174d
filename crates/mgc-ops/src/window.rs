//! The positions of a sliding window (a convolution kernel or a pool) on a plane.

use candle::{Result, bail};

/// Elements added around a plane before the window slides over it.
///
/// Convolutions read zeros there; max pools skip these elements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Padding {
    /// Rows above the first row.
    pub top: usize,
    /// Rows below the last row.
    pub bottom: usize,
    /// Columns left of the first column.
    pub left: usize,
    /// Columns right of the last column.
    pub right: usize,
}

/// A window of `kernel` (rows, columns) that moves by `stride` over a padded plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Rows and columns of the window, each 1 to 32,768.
    pub kernel: (usize, usize),
    /// Steps down and to the right, each at least 1.
    pub stride: (usize, usize),
    /// Elements added around the plane.
    pub padding: Padding,
}

/// Larger than any map here.
const MAX_KERNEL: usize = 1 << 15;

impl Window {
    /// Returns a window without padding, Keras' `padding="valid"`: an output of `(n - kernel) / stride + 1`.
    ///
    /// ```
    /// use mgc_ops::Window;
    /// assert_eq!(Window::valid((4, 1), (4, 1)).output_size(647, 128)?, (161, 128));
    /// # Ok::<(), mgc_ops::candle::Error>(())
    /// ```
    pub const fn valid(kernel: (usize, usize), stride: (usize, usize)) -> Self {
        let padding = Padding { top: 0, bottom: 0, left: 0, right: 0 };
        Self { kernel, stride, padding }
    }

    /// Returns a window of stride 1 whose output is as large as its input, Keras' `padding="same"`.
    ///
    /// An even kernel gets its extra row at the bottom and its extra column on the right, as in TensorFlow.
    ///
    /// ```
    /// use mgc_ops::Window;
    /// assert_eq!(Window::same((5, 5)).output_size(161, 128)?, (161, 128));
    /// assert_eq!(Window::same((2, 1)).padding.bottom, 1);
    /// # Ok::<(), mgc_ops::candle::Error>(())
    /// ```
    pub const fn same(kernel: (usize, usize)) -> Self {
        let (h, w) = (kernel.0.saturating_sub(1), kernel.1.saturating_sub(1));
        let padding = Padding { top: h / 2, bottom: h - h / 2, left: w / 2, right: w - w / 2 };
        Self { kernel, stride: (1, 1), padding }
    }

    /// Returns the rows and columns of the output for a plane of `rows` x `cols`.
    ///
    /// # Errors
    /// When the kernel or the stride is out of range, when the padded plane is smaller than the window, or
    /// when the padding is as large as the kernel, so that a window could lie on padding alone.
    ///
    /// ```
    /// use mgc_ops::{Padding, Window};
    /// let padding = Padding { top: 1, bottom: 1, ..Padding::default() };
    /// let window = Window { kernel: (3, 2), stride: (2, 2), padding };
    /// assert_eq!(window.output_size(7, 7)?, (4, 3));
    /// assert!(window.output_size(7, 1).is_err());
    /// # Ok::<(), mgc_ops::candle::Error>(())
    /// ```
    pub fn output_size(&self, rows: usize, cols: usize) -> Result<(usize, usize)> {
        let Self { kernel: (kh, kw), stride: (sh, sw), padding: p } = *self;
        if !(1..=MAX_KERNEL).contains(&kh) || !(1..=MAX_KERNEL).contains(&kw) || sh == 0 || sw == 0 {
            bail!(
                "window: kernel {:?} must be 1 to {MAX_KERNEL} and stride {:?} at least 1",
                self.kernel,
                self.stride
            )
        }
        if p.top >= kh || p.bottom >= kh || p.left >= kw || p.right >= kw {
            bail!("window: padding {p:?} must be smaller than the kernel {:?}", self.kernel)
        }
        let padded = |size: usize, before, after| size.saturating_add(before).saturating_add(after);
        let (padded_rows, padded_cols) = (padded(rows, p.top, p.bottom), padded(cols, p.left, p.right));
        if rows == 0 || cols == 0 || padded_rows < kh || padded_cols < kw {
            bail!("window: a plane of {rows}x{cols} is too small for the kernel {:?}", self.kernel)
        }
        Ok(((padded_rows - kh) / sh + 1, (padded_cols - kw) / sw + 1))
    }

    /// Returns true for windows of 2x2 side by side, the usual pool.
    pub(crate) fn is_two_by_two(&self) -> bool {
        *self == Self::valid((2, 2), (2, 2))
    }

    /// Returns true when every output reads exactly the input at its own place.
    pub(crate) fn is_pointwise(&self) -> bool {
        self.kernel == (1, 1) && self.stride == (1, 1) && self.padding == Padding::default()
    }
}

/// The outputs along one axis that read an input through one tap of the window.
///
/// Output `i` of `outputs` reads input `first + (i - outputs.start) * stride`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) outputs: std::ops::Range<usize>,
    pub(crate) first: usize,
}

/// Returns what tap `tap` reads along an axis of `input` elements and `output` positions, if anything.
pub(crate) fn reach(tap: usize, stride: usize, pad: usize, input: usize, output: usize) -> Option<Reach> {
    let start = pad.saturating_sub(tap).div_ceil(stride);
    let end = input.saturating_add(pad).saturating_sub(tap).div_ceil(stride).min(output);
    (start < end).then(|| Reach { outputs: start..end, first: (start * stride + tap).saturating_sub(pad) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_sizes_of_the_published_networks() -> Result<()> {
        assert_eq!(Window::valid((4, 1), (4, 1)).output_size(647, 128)?, (161, 128));
        assert_eq!(Window::valid((4, 1), (4, 1)).output_size(646, 128)?, (161, 128));
        assert_eq!(Window::valid((2, 2), (2, 2)).output_size(161, 128)?, (80, 64));
        assert_eq!(Window::same((5, 5)).output_size(161, 128)?, (161, 128));
        Ok(())
    }

    #[test]
    fn a_window_larger_than_the_plane_is_an_error() {
        assert!(Window::valid((4, 1), (4, 1)).output_size(3, 128).is_err());
        assert!(Window::valid((0, 1), (1, 1)).output_size(3, 3).is_err());
    }

    proptest! {
        #[test]
        fn reach_is_what_counting_cells_gives(
            kernel in 1usize..6, stride in 1usize..4, pad in 0usize..5, input in 1usize..12, tap in 0usize..6,
        ) {
            prop_assume!(tap < kernel && pad < kernel && input + 2 * pad >= kernel);
            let output = (input + 2 * pad - kernel) / stride + 1;
            let seen: Vec<(usize, usize)> = (0..output)
                .filter_map(|o| (o * stride + tap).checked_sub(pad).filter(|i| *i < input).map(|i| (o, i)))
                .collect();
            let got = reach(tap, stride, pad, input, output).map(|Reach { outputs, first }| {
                outputs.clone().map(|o| (o, first + (o - outputs.start) * stride)).collect()
            });
            prop_assert_eq!(got, (!seen.is_empty()).then_some(seen));
        }
    }
}
