//! The patches that a spectrogram is divided into.

use super::ExplainError;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, AxisDescription, Slice};
use std::ops::Range;

/// A rectangle of a spectrogram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patch {
    pub(super) frames: Range<usize>,
    pub(super) bands: Range<usize>,
}

impl Patch {
    /// Returns its part of a spectrogram or map.
    pub(super) fn view<'a, T>(&self, whole: &'a Array2<T>) -> ArrayView2<'a, T> {
        whole.slice_each_axis(|axis| self.along(&axis))
    }

    /// Returns its part of a spectrogram or map, to be changed.
    pub(super) fn view_mut<'a, T>(&self, whole: &'a mut Array2<T>) -> ArrayViewMut2<'a, T> {
        whole.slice_each_axis_mut(|axis| self.along(&axis))
    }

    fn along(&self, axis: &AxisDescription) -> Slice {
        Slice::from(if axis.axis.index() == 0 { self.frames.clone() } else { self.bands.clone() })
    }
}

/// Divides (frames, bands) into patches side by side, time outermost: `counts` of them along time and along
/// frequency, or one a frame and one a band where there are fewer.
pub(super) fn patches(size: (usize, usize), counts: (usize, usize)) -> Result<Vec<Patch>, ExplainError> {
    let positive = counts.0 > 0 && counts.1 > 0;
    ExplainError::check(positive, "patches", &format!("{} x {}", counts.0, counts.1), "at least 1 x 1")?;
    let rows = parts(size.0, counts.0);
    let row = |frames: Range<usize>| {
        parts(size.1, counts.1).map(move |bands| Patch { frames: frames.clone(), bands })
    };
    Ok(rows.flat_map(row).collect())
}

/// Divides 0..len into `count` ranges whose lengths differ by one at most.
fn parts(len: usize, count: usize) -> impl Iterator<Item = Range<usize>> {
    let count = count.min(len);
    (0..count).map(move |part| part * len / count..(part + 1) * len / count)
}
