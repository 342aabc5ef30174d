//! The rows of a map that a kernel reads at a time.

use super::Pixel;

/// The last rows of a map, as many as the kernel has, each with a margin of zeros on both sides.
pub(super) struct Rows {
    pixels: Vec<Pixel>,
    /// Pixels of a row with its margins, and of one margin.
    stride: usize,
    margin: usize,
    kept: usize,
}

impl Rows {
    /// Makes room for a kernel of `kept` rows and `columns` columns over rows of `w` pixels.
    pub(super) fn new((kept, columns): (usize, usize), w: usize) -> Self {
        let margin = columns / 2;
        let stride = w + 2 * margin;
        Self { pixels: vec![Pixel::ZERO; kept * stride], stride, margin, kept }
    }

    /// Returns the memory of row `row`, which was that of a row no longer needed.
    pub(super) fn row_mut(&mut self, row: usize) -> &mut [Pixel] {
        let start = row % self.kept * self.stride + self.margin;
        &mut self.pixels[start..start + self.stride - 2 * self.margin]
    }

    /// Returns row `row` shifted for column `column` of the kernel.
    pub(super) fn seen(&self, row: usize, column: usize) -> &[Pixel] {
        let start = row % self.kept * self.stride + column;
        &self.pixels[start..start + self.stride - 2 * self.margin]
    }
}
