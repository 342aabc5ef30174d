//! The rows of a map that a kernel sees at a time.

use super::Cell;

/// Rows of a map with a margin of zeros on both sides, of which only a window's worth is kept.
pub(super) struct Rows {
    cells: Vec<Cell>,
    /// Cells of a row with margins, and of one margin.
    stride: usize,
    margin: usize,
    kept: usize,
}

impl Rows {
    /// For a kernel of so many rows and columns over rows of `w` cells.
    pub(super) fn new((kept, columns): (usize, usize), w: usize) -> Self {
        let margin = columns / 2;
        let stride = w + 2 * margin;
        Self { cells: vec![Cell::ZERO; kept * stride], stride, margin, kept }
    }

    /// Room for row `row`, in the place of one long passed.
    pub(super) fn room(&mut self, row: usize) -> &mut [Cell] {
        let start = row % self.kept * self.stride + self.margin;
        &mut self.cells[start..start + self.stride - 2 * self.margin]
    }

    /// Row `row`, as column `column` of the kernel sees it.
    pub(super) fn seen(&self, row: usize, column: usize) -> &[Cell] {
        let start = row % self.kept * self.stride + column;
        &self.cells[start..start + self.stride - 2 * self.margin]
    }
}
